"""What the probe refuses in a credential configuration, before anything is sent anywhere."""

import json
from pathlib import Path

import pytest

from tests.chain.fakes import AUDIENCE, EMAIL, FakeCloud, config, environment, request
from wizard.chain import probe

IMPERSONATION = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{}:{}"


def first_line(document, environ):
    lines = []
    probe.Probe(document, environ, lines.append).run()
    return json.loads(lines[0])


def gcloud_config() -> dict[str, object]:
    """As gcloud writes it for the real Google Cloud, with impersonation and IMDSv2."""
    metadata = "http://169.254.169.254/latest"
    return {
        "universe_domain": "googleapis.com",
        "type": "external_account",
        "audience": AUDIENCE,
        "subject_token_type": "urn:ietf:params:aws:token-type:aws4_request",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {
            "environment_id": "aws1",
            "region_url": f"{metadata}/meta-data/placement/availability-zone",
            "url": f"{metadata}/meta-data/iam/security-credentials",
            "imdsv2_session_token_url": f"{metadata}/api/token",
            "regional_cred_verification_url": (
                "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
            ),
        },
        "service_account_impersonation_url": (
            f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
        ),
    }


def problems(**changes: object) -> list[str]:
    return list(probe.config_problems({**gcloud_config(), **changes}, "aws"))


def source(**changes: str) -> dict[str, object]:
    original = gcloud_config()["credential_source"]
    assert isinstance(original, dict)
    return {"credential_source": {**original, **changes}}


def test_what_gcloud_writes_is_accepted():
    assert problems() == []


@pytest.mark.parametrize(
    "url",
    [
        "https://sts.googleapis.com/v1/token",
        "https://sts.mtls.googleapis.com/v1/token",
        "https://sts.europe-west1.rep.googleapis.com/v1/token",
        "https://us-east1-sts.googleapis.com/v1/token",
        "https://sts-wif.p.googleapis.com/v1/token",
    ],
)
def test_googles_token_hosts_are_known(url: str):
    assert problems(token_url=url) == []


@pytest.mark.parametrize("account", [EMAIL, EMAIL.replace("@", "%40"), "123456789012345678901"])
def test_every_name_of_a_service_account_is_known(account: str):
    assert problems(service_account_impersonation_url=IMPERSONATION.format(account, "generateAccessToken")) == []


@pytest.mark.parametrize(
    "host", ["sts-fips.us-east-1.amazonaws.com", "sts.{region}.amazonaws.com.cn", "sts.us-east-1.api.aws"]
)
def test_every_token_host_of_aws_is_known(host: str):
    assert problems(**source(regional_cred_verification_url=f"https://{host}?Action=GetCallerIdentity")) == []


@pytest.mark.parametrize(
    "url",
    [
        "http://sts.googleapis.com/v1/token",
        "https://sts.googleapis.com.evil.example/v1/token",
        "https://evil.example/sts.googleapis.com",
        "https://sts.googleapis.com:8443/v1/token",
        "https://sts.googleapis.com@evil.example/v1/token",
        "https://storage.googleapis.com/v1/token",
        "http://127.0.0.1:8080/v1/token",
        None,
        17,
    ],
)
def test_another_token_host_is_refused(url: object):
    assert any("token_url" in problem for problem in problems(token_url=url))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"type": "service_account"}, "not external_account"),
        ({"type": None}, "not external_account"),
        ({"credential_source": {"executable": {"command": "id"}}}, "executable"),
        ({"credential_source": None}, "credential_source is missing"),
        ({"audience": AUDIENCE.replace("123456789012", "acme-analytics")}, "with the project number"),
        ({"audience": AUDIENCE.partition("/providers")[0]}, "provider"),
        ({"audience": "//iam.googleapis.com/" + AUDIENCE}, "audience"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:jwt"}, "aws4_request"),
        ({"service_account_impersonation_url": "https://evil.example/x"}, "does not name a known host"),
        (
            {"service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/x"},
            "does not name a service account",
        ),
        (
            {"service_account_impersonation_url": IMPERSONATION.format(EMAIL, "generateIdToken")},
            "returns ID tokens, not access tokens",
        ),
        ({"audience": "https:" + AUDIENCE}, "audience"),
        (source(url="http://169.254.170.2/v2/credentials"), "the credentials endpoint of ECS and EKS"),
        (source(environment_id="aws2"), "aws1"),
        (source(regional_cred_verification_url="https://evil.example?Action=GetCallerIdentity"), "AWS STS"),
        (source(regional_cred_verification_url="http://sts.us-east-1.amazonaws.com?x"), "AWS STS"),
        (source(url="http://192.0.2.7/latest"), "not the URL of a metadata service"),
    ],
    ids=str,
)
def test_a_bad_field_is_named(changes: dict[str, object], words: str):
    assert any(words in problem for problem in problems(**changes))


def test_nothing_is_sent_for_a_refused_file(cloud: FakeCloud):
    line = first_line(request(config={**config(), "token_url": f"{cloud.url}/sts/v1/token"}), environment(cloud))
    assert (line["status"], line["error"]["code"]) == ("failed", "ConfigError")
    assert cloud.asked == []


def test_the_file_is_read_from_where_the_application_reads_it(cloud: FakeCloud, tmp_path: Path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config()))
    asked = request()
    del asked["config"]
    assert first_line(asked, environment(cloud, GOOGLE_APPLICATION_CREDENTIALS=str(file)))["status"] == "ok"
    file.write_text("[]")
    assert first_line({**asked, "config_file": str(file)}, {})["error"]["message"] == f"{file} is not a JSON object"
    file.write_text("{")
    assert "is not a JSON file" in first_line({**asked, "config_file": str(file)}, {})["error"]["message"]
    file.unlink()
    assert first_line({**asked, "config_file": str(file)}, {})["error"]["message"] == f"File {file} was not found."
    assert "GOOGLE_APPLICATION_CREDENTIALS is not set" in first_line(asked, {})["error"]["message"]
