"""Where the probe finds AWS credentials, held against botocore in the same environment."""

from pathlib import Path

import botocore.exceptions
import botocore.session
import pytest

from tests.chain.fakes import KEY_ID, SECRET, TOKEN, Asked, FakeCloud, environment, without_keys
from wizard.chain import probe

PATH = "/v2/credentials/0123456789abcdef"
DOCUMENT = {
    "RoleArn": "arn:aws:iam::111122223333:role/rds-to-bigquery",
    "AccessKeyId": KEY_ID,
    "SecretAccessKey": SECRET,
    "Token": TOKEN,
    "Expiration": "2036-01-02T03:04:05Z",
}
ROLES = "/latest/meta-data/iam/security-credentials/"
SOURCE = {
    "url": "http://169.254.169.254/latest/meta-data/iam/security-credentials",
    "region_url": "http://169.254.169.254/latest/meta-data/placement/availability-zone",
}


def finder(environ: dict[str, str], cloud: FakeCloud | None = None) -> probe.Finder:
    return probe.Finder(environ, cloud.url if cloud else "http://169.254.170.2", link_local=False)


def botocores(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, str | None] | str | None:
    """What botocore finds in this environment: its keys, the name of its error, or None."""
    with monkeypatch.context() as patched:
        for name, value in environ.items():
            patched.setenv(name, value)
        try:
            found = botocore.session.Session().get_credentials()
        except (botocore.exceptions.BotoCoreError, ValueError) as error:
            return type(error).__name__
        return (found.access_key, found.secret_key, found.token) if found else None


def ours(environ: dict[str, str]) -> tuple[str, str, str | None] | str | None:
    try:
        keys = finder(environ).find()
    except probe.Refusal as refusal:
        return None if refusal.code == "NoCredentials" else refusal.code
    return keys.access_key_id, keys.secret_access_key, keys.token


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """A config file and a credentials file with profiles of several kinds."""
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(
        "[default]\nregion = eu-west-1\n"
        "[profile loader]\naws_access_key_id = AKIACONFIG\naws_secret_access_key = fromconfig\n"
        "[profile both]\naws_access_key_id = AKIACONFIG\naws_secret_access_key = fromconfig\n"
        '[profile "with blank"]\naws_access_key_id = AKIABLANK\naws_secret_access_key = blank\n'
        "[profile assumes]\nrole_arn = arn:aws:iam::111122223333:role/other\nsource_profile = loader\n"
        "[profile runs]\ncredential_process = /bin/false\n"
        "[profile empty]\nregion = eu-west-1\n"
    )
    credentials.write_text(
        "[default]\naws_access_key_id=AKIADEFAULT\naws_secret_access_key=fromdefault\naws_session_token=abc\n"
        "[both]\naws_access_key_id=AKIASHARED\naws_secret_access_key=fromshared\n"
        "[half]\naws_access_key_id=AKIAHALF\n"
    )
    return {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "fromenv"},
        {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "fromenv", "AWS_SECURITY_TOKEN": "older"},
        {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "fromenv"},
        {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "fromenv", "AWS_PROFILE": "loader"},
        {"AWS_PROFILE": "loader"},
        {"AWS_PROFILE": "both"},
        {"AWS_PROFILE": "with blank"},
        {"AWS_PROFILE": "empty"},
        {"AWS_DEFAULT_PROFILE": "loader"},
        {"AWS_PROFILE": "default"},
    ],
    ids=str,
)
def test_keys_and_profiles_are_those_that_botocore_takes(
    files: dict[str, str], more: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    environ = {**files, "AWS_EC2_METADATA_DISABLED": "true", **more}
    assert ours(environ) == botocores(environ, monkeypatch)


@pytest.mark.parametrize(
    ("more", "code", "botocore_error"),
    [
        ({"AWS_ACCESS_KEY_ID": "AKIAENV"}, "PartialCredentials", "PartialCredentialsError"),
        ({"AWS_PROFILE": "half"}, "PartialCredentials", "PartialCredentialsError"),
        ({"AWS_PROFILE": "nobody"}, "ProfileNotFound", "ProfileNotFound"),
        (
            {"AWS_PROFILE": "empty", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/x"},
            "UnsupportedHost",
            "ValueError",
        ),
    ],
    ids=str,
)
def test_what_botocore_refuses_is_refused(
    files: dict[str, str], more: dict[str, str], code: str, botocore_error: str, monkeypatch: pytest.MonkeyPatch
):
    environ = {**files, "AWS_EC2_METADATA_DISABLED": "true", **more}
    assert (ours(environ), botocores(environ, monkeypatch)) == (code, botocore_error)


def test_a_secret_key_alone_is_named_where_nothing_else_is_found(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    lone = {"AWS_SECRET_ACCESS_KEY": "fromenv", "AWS_EC2_METADATA_DISABLED": "true"}
    with pytest.raises(probe.Refusal, match="missing: AWS_ACCESS_KEY_ID") as caught:
        finder({**files, **lone, "AWS_PROFILE": "empty"}).find()
    assert caught.value.code == "PartialCredentials"
    assert ours({**files, **lone}) == botocores({**files, **lone}, monkeypatch)


def test_a_web_identity_token_comes_before_keys_of_a_profile_and_is_named(files: dict[str, str]):
    irsa = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/pod"}
    with pytest.raises(probe.Refusal, match=r"IRSA.*arn:aws:iam::111122223333:role/pod") as caught:
        finder({**files, **irsa}).find()
    assert caught.value.code == "WebIdentity"


def test_an_agent_for_pod_identity_that_gives_nothing_is_named(tmp_path: Path):
    uri = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials"}
    assert ours(uri) == "NotAsked"
    assert ours({**uri, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "nowhere")}) == "PodIdentity"


@pytest.mark.parametrize("profile", ["assumes", "runs"])
def test_a_profile_that_needs_a_program_or_a_call_is_named_not_followed(files: dict[str, str], profile: str):
    assert ours({**files, "AWS_PROFILE": profile, "AWS_EC2_METADATA_DISABLED": "true"}) == "UnfollowedProfile"


def test_a_file_that_is_no_ini_file_is_named(tmp_path: Path):
    broken = tmp_path / "config"
    broken.write_text("no section = here\n")
    assert ours({"AWS_CONFIG_FILE": str(broken)}) == "ConfigParse"


def container(cloud: FakeCloud, token: str | None = None) -> None:
    def answer(asked: Asked) -> tuple[int, object]:
        known = token is None or asked.headers.get("authorization") == token
        return (200, DOCUMENT) if known else (403, {"code": "AccessDenied"})

    cloud.answers[PATH] = answer


def test_the_relative_uri_is_asked_at_the_container_host(cloud: FakeCloud):
    container(cloud)
    environ = without_keys(cloud, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=PATH)
    keys = finder(environ, cloud).find()
    assert keys[:4] == (KEY_ID, SECRET, TOKEN, "container endpoint (relative URI)")
    assert keys.hints["role"] == DOCUMENT["RoleArn"]
    assert keys.hints["expires"] == "2036-01-02T03:04:05Z"


def test_the_full_uri_is_asked_with_its_token(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch):
    container(cloud, "a-token")
    uri = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": cloud.url + PATH, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a-token"}
    environ = without_keys(cloud, **uri)
    assert ours(environ) == botocores(environ, monkeypatch) == (KEY_ID, SECRET, TOKEN)


def test_the_token_file_comes_before_the_token(cloud: FakeCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    container(cloud, "from-the-file")
    file = tmp_path / "token"
    file.write_text("from-the-file")
    environ = without_keys(
        cloud,
        AWS_CONTAINER_CREDENTIALS_FULL_URI=cloud.url + PATH,
        AWS_CONTAINER_AUTHORIZATION_TOKEN="from-the-variable",
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(file),
    )
    assert ours(environ) == botocores(environ, monkeypatch) == (KEY_ID, SECRET, TOKEN)
    file.write_text("with a line break\n")
    assert ours(environ) == "TokenFile"


def test_a_wrong_token_is_the_containers_refusal(cloud: FakeCloud):
    container(cloud, "a-token")
    environ = without_keys(cloud, AWS_CONTAINER_CREDENTIALS_FULL_URI=cloud.url + PATH)
    with pytest.raises(probe.Refusal, match="Received non 200 response 403 from container metadata") as caught:
        finder(environ).find()
    assert caught.value.code == "ContainerCredentials"


def imds(cloud: FakeCloud, session: str = "imds-session") -> None:
    def guarded(body: object) -> object:
        def answer(asked: Asked) -> tuple[int, object]:
            return (200, body) if asked.headers.get("x-aws-ec2-metadata-token") == session else (401, "")

        return answer

    cloud.answers["/latest/api/token"] = lambda asked: (200, session) if asked.method == "PUT" else (405, "")
    cloud.answers[ROLES] = guarded("instance-role")
    cloud.answers[ROLES.rstrip("/")] = guarded("instance-role")
    cloud.answers[ROLES + "instance-role"] = guarded(DOCUMENT | {"Code": "Success"})
    cloud.answers["/latest/meta-data/placement/availability-zone"] = guarded("ap-northeast-1c")


def instance(cloud: FakeCloud) -> dict[str, str]:
    environ = without_keys(cloud, AWS_EC2_METADATA_SERVICE_ENDPOINT=cloud.url)
    return {**environ, "AWS_EC2_METADATA_DISABLED": "false"}


def test_the_instance_role_is_read_with_imdsv2(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch):
    imds(cloud)
    keys = finder(instance(cloud)).find()
    assert (keys.source, keys.hints["role"]) == ("instance metadata", "instance-role")
    assert ours(instance(cloud)) == botocores(instance(cloud), monkeypatch) == (KEY_ID, SECRET, TOKEN)


def test_the_container_comes_before_the_instance(cloud: FakeCloud):
    imds(cloud)
    container(cloud)
    environ = {**instance(cloud), "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": PATH}
    assert finder(environ, cloud).find().source == "container endpoint (relative URI)"


def test_a_switched_off_metadata_service_is_not_asked(cloud: FakeCloud):
    imds(cloud)
    assert ours({**instance(cloud), "AWS_EC2_METADATA_DISABLED": "TRUE"}) is None
    assert cloud.asked == []


def test_link_local_addresses_are_not_asked_from_another_machine():
    environ = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": PATH}
    with pytest.raises(probe.Refusal, match="the live test does not call"):
        finder(environ).find()


def test_google_auth_alone_reads_environment_keys(cloud: FakeCloud):
    assert finder(environment(cloud)).google_auth(SOURCE) == {"source": "environment"}


def test_google_auth_alone_finds_the_instances_role_on_ecs_with_ec2(cloud: FakeCloud):
    imds(cloud)
    source = {
        "url": cloud.url + ROLES.rstrip("/"),
        "imdsv2_session_token_url": cloud.url + "/latest/api/token",
    }
    assert finder(instance(cloud)).google_auth(source)["role"] == "instance-role"


def test_google_auth_alone_says_what_it_says_without_a_metadata_url(cloud: FakeCloud):
    words = finder(without_keys(cloud)).google_auth({})["words"]
    assert words == "Unable to determine the AWS metadata server security credentials endpoint"


def test_the_region_is_google_auths(cloud: FakeCloud):
    imds(cloud)
    source = {
        "region_url": cloud.url + "/latest/meta-data/placement/availability-zone",
        "imdsv2_session_token_url": cloud.url + "/latest/api/token",
    }
    assert finder({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "x"}).region(source) == ("eu-west-1", "AWS_REGION")
    assert finder({"AWS_DEFAULT_REGION": "eu-west-2"}).region(source) == ("eu-west-2", "AWS_DEFAULT_REGION")
    assert finder({}).region(source) == ("ap-northeast-1", "region_url")


@pytest.mark.parametrize(
    ("environ", "words"),
    [({}, "Unable to determine AWS region"), ({"AWS_REGION": ""}, "AWS_REGION is set but empty")],
)
def test_a_missing_region_is_said(environ: dict[str, str], words: str):
    with pytest.raises(probe.Refusal, match=words) as caught:
        finder(environ).region({})
    assert caught.value.code == "NoRegion"
