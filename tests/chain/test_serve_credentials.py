"""The server of serve-credentials: what it serves, to whom, and for how long."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.utils import InstanceMetadataFetcher, InstanceMetadataRegionFetcher

from tests.chain.container import CONFIG, SECRET, Endpoint, ask, eventually, run, served, sidecar, token
from wizard.chain import serve_credentials

ROLES = "/latest/meta-data/iam/security-credentials"
OLDEST = Path("~/.pyenv/versions/3.8.18/bin/python").expanduser()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with served(Endpoint()) as serving:
        yield serving


@pytest.fixture
def port(endpoint: Endpoint) -> Iterator[int]:
    """A sidecar's port."""
    with sidecar(endpoint.environ(), "--port", free_port()) as (chosen, _):
        yield chosen


def free_port() -> str:
    """A port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_it_serves_what_imds_serves(port: int) -> None:
    session = token(port)
    assert ask(port, "GET", f"{ROLES}/", session) == (200, "loader")
    assert ask(port, "GET", ROLES, session) == (200, "loader")
    document = json.loads(ask(port, "GET", f"{ROLES}/loader", session)[1])
    assert (document["Code"], document["Type"]) == ("Success", "AWS-HMAC")
    assert (document["AccessKeyId"], document["SecretAccessKey"]) == ("ASIAMADEUP000001", SECRET)
    assert document["Token"] == "made-up-session-token"
    assert ask(port, "GET", "/latest/meta-data/placement/availability-zone", session) == (200, "ap-northeast-1a")
    assert ask(port, "GET", "/latest/meta-data/placement/region", session) == (200, "ap-northeast-1")
    identity = json.loads(ask(port, "GET", "/latest/dynamic/instance-identity/document", session)[1])
    assert identity["region"] == "ap-northeast-1"
    assert ask(port, "GET", "/health") == (200, "ok")


@pytest.mark.parametrize("path", [f"{ROLES}/another", "/latest/user-data", "/", "/latest/api/token"])
def test_it_serves_nothing_else(port: int, path: str) -> None:
    assert ask(port, "GET", path, token(port))[0] == 404


@pytest.mark.parametrize("headers", [{}, {"X-aws-ec2-metadata-token": "guessed"}])
def test_the_session_token_is_required(port: int, headers: dict[str, str]) -> None:
    status, text = ask(port, "GET", f"{ROLES}/loader", headers)
    assert status == 401
    assert "x-aws-ec2-metadata-token" in text


@pytest.mark.parametrize("ttl", [None, "0", "21601", "-5", "soon", "²"])
def test_a_session_token_needs_a_lifetime_as_imds_wants_it(port: int, ttl: str | None) -> None:
    headers = {} if ttl is None else {"X-aws-ec2-metadata-token-ttl-seconds": ttl.encode().decode("latin-1")}
    assert ask(port, "PUT", "/latest/api/token", headers)[0] == 400


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1", "127.0.0.1:1", "169.254.169.254", ""])
@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_another_host_is_refused(port: int, host: str, method: str) -> None:
    """A name of an attacker that leads to 127.0.0.1 gives a page in a browser nothing."""
    headers = {**token(port), "X-aws-ec2-metadata-token-ttl-seconds": "300"}
    path = "/latest/api/token" if method == "PUT" else f"{ROLES}/loader"
    assert ask(port, method, path, headers, host)[0] == 403
    assert ask(port, method, path, headers, f"localhost:{port}")[0] == 200


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Via"])
def test_a_forwarded_request_is_refused(port: int, name: str) -> None:
    headers = {**token(port), name: "10.0.0.1"}
    assert ask(port, "GET", f"{ROLES}/loader", headers)[0] == 403
    assert ask(port, "PUT", "/latest/api/token", headers)[0] == 403
    assert ask(port, "GET", "/health", headers)[0] == 403


def test_it_listens_on_loopback_only(port: int) -> None:
    found = Path("/proc/net/tcp").read_text(encoding="ascii").split()
    listening = [address for address in found if address.endswith(f":{port:04X}")]
    assert listening and set(listening) <= {f"0100007F:{port:04X}"}
    assert f":{port:04X}" not in Path("/proc/net/tcp6").read_text(encoding="ascii")


def test_the_credentials_are_renewed_before_they_expire(endpoint: Endpoint) -> None:
    endpoint.lifetime = 4
    with sidecar(endpoint.environ(), "--port", free_port()) as (port, _):
        session = token(port)

        def key() -> str:
            return str(json.loads(ask(port, "GET", f"{ROLES}/loader", session)[1])["AccessKeyId"])

        first = key()
        assert first == key() == "ASIAMADEUP000001"
        eventually(lambda: key() == "ASIAMADEUP000002")


def test_credentials_that_work_are_served_while_the_endpoint_fails(endpoint: Endpoint) -> None:
    endpoint.lifetime = 3
    with sidecar(endpoint.environ(), "--port", free_port()) as (port, process):
        session = token(port)
        assert ask(port, "GET", f"{ROLES}/loader", session)[0] == 200
        endpoint.status = 500
        statuses: list[int] = []

        def over() -> bool:
            statuses.append(ask(port, "GET", f"{ROLES}/loader", session)[0])
            return statuses[-1] == 503

        eventually(over)
        assert statuses[0] == 200
        assert ask(port, "GET", "/health")[0] == 503
        endpoint.status = 200
        assert ask(port, "GET", f"{ROLES}/loader", session)[0] == 200
        process.kill()
        assert process.stderr is not None
        printed = process.stderr.read()
    assert "could not renew the credentials" in printed
    assert "127.0.0.1 answered with status 500" in printed
    assert not [secret for secret in (SECRET, "made-up-session-token", "made-up-path") if secret in printed]


def test_a_failing_endpoint_is_told_without_its_words(endpoint: Endpoint) -> None:
    endpoint.status = 400
    with sidecar(endpoint.environ(), "--port", free_port()) as (port, _):
        assert ask(port, "GET", ROLES, token(port)) == (503, "127.0.0.1 answered with status 400")
        checked = run({}, "--check", "--port", str(port))
    assert (checked.returncode, checked.stderr) == (1, "serve-credentials: 127.0.0.1 answered with status 400\n")


def test_the_token_file_is_read_each_time(endpoint: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("an old token", encoding="ascii")
    environ = endpoint.environ(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(file))
    del environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    with sidecar(environ, "--port", free_port()) as (port, _):
        assert ask(port, "GET", "/health") == (503, "127.0.0.1 answered with status 401")
        file.write_text("made-up-authorization", encoding="ascii")
        assert ask(port, "GET", "/health") == (200, "ok")


def test_a_health_check_is_a_command(endpoint: Endpoint) -> None:
    with sidecar(endpoint.environ(), "--port", free_port()) as (port, process):
        healthy = run({}, "--check", "--port", str(port))
        process.terminate()
        assert process.wait(timeout=10) == 0
        gone = run({}, "--check", "--port", str(port))
    assert (healthy.returncode, healthy.stderr) == (0, "")
    assert (gone.returncode, gone.stderr) == (1, f"serve-credentials: no server answers on 127.0.0.1:{port}\n")


def test_the_host_network_is_refused(endpoint: Endpoint) -> None:
    endpoint.network_mode = "host"
    ended = run(endpoint.environ(), "--", "echo", "started")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "network mode host" in ended.stderr


def test_a_network_mode_that_cannot_be_read_is_refused(endpoint: Endpoint) -> None:
    ended = run(endpoint.environ(ECS_CONTAINER_METADATA_URI_V4="http://127.0.0.1:1/v4/task"), "--", "echo", "started")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "cannot determine the network mode" in ended.stderr


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "give the task a task role"),
        ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://attacker.example/"}, "names attacker.example"),
    ],
)
def test_without_an_endpoint_it_does_not_start(variables: dict[str, str], words: str) -> None:
    ended = run({"GOOGLE_CREDENTIAL_CONFIG": json.dumps(CONFIG), **variables}, "--", "echo", "started")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert words in ended.stderr


def test_access_keys_in_the_environment_are_warned_of(endpoint: Endpoint) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAMADEUP", "AWS_SECRET_ACCESS_KEY": SECRET}
    ended = run(endpoint.environ(**keys), "--", "echo", "started")
    assert (ended.returncode, ended.stdout) == (0, "started\n")
    assert "AWS_ACCESS_KEY_ID is set" in ended.stderr
    assert SECRET not in ended.stderr


def test_the_region_of_the_environment_comes_first(endpoint: Endpoint) -> None:
    with sidecar(endpoint.environ(AWS_REGION="eu-central-1"), "--port", free_port()) as (port, _):
        assert ask(port, "GET", "/latest/meta-data/placement/region", token(port)) == (200, "eu-central-1")


def test_the_expiry_that_cannot_be_read_is_near() -> None:
    assert serve_credentials.seconds_of("1970-01-01T00:01:00Z", 7) == 60
    assert serve_credentials.seconds_of(None, 7) == 67


def test_a_taken_port_is_told(port: int, endpoint: Endpoint) -> None:
    ended = run(endpoint.environ(), "--port", str(port))
    assert ended.returncode == 1
    assert f"cannot listen on port {port}" in ended.stderr


def test_the_configuration_that_names_the_server_keeps_everything_else(endpoint: Endpoint) -> None:
    ended = run(endpoint.environ(), "--print-config", "--port", "9000")
    printed = json.loads(ended.stdout)
    assert printed["credential_source"] == {
        **CONFIG["credential_source"],
        "region_url": "http://127.0.0.1:9000/latest/meta-data/placement/availability-zone",
        "url": "http://127.0.0.1:9000/latest/meta-data/iam/security-credentials",
        "imdsv2_session_token_url": "http://127.0.0.1:9000/latest/api/token",
    }
    assert {**printed, "credential_source": 0} == {**CONFIG, "credential_source": 0}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", "is not a credential configuration for AWS"),
        ("[]", "is not a credential configuration for AWS"),
        ('{"type": "service_account", "private_key": "made-up-secret"}', "is not a credential configuration for AWS"),
        ("{", "is not JSON"),
    ],
)
def test_another_file_is_refused(endpoint: Endpoint, content: str, words: str) -> None:
    ended = run(endpoint.environ(GOOGLE_CREDENTIAL_CONFIG=content), "--", "echo", "started")
    assert (ended.returncode, ended.stdout) == (64, "")
    assert words in ended.stderr
    assert "made-up-secret" not in ended.stderr


def test_wrong_usage_is_64(endpoint: Endpoint) -> None:
    assert run(endpoint.environ(), "--prt", "1").returncode == 64
    assert run(endpoint.environ(), "--").returncode == 64
    assert run({}, "--print-config").returncode == 64


@pytest.mark.skipif(not OLDEST.exists(), reason="Python 3.8 is not installed")
def test_it_runs_under_python_3_8(endpoint: Endpoint) -> None:
    ended = run(endpoint.environ(), "--", "sh", "-c", "exit 5", python=(str(OLDEST), "-I", "-S"))
    assert ended.returncode == 5, ended.stderr


def test_python_3_8_can_read_it() -> None:
    import ast

    ast.parse(Path(serve_credentials.__file__).read_text(encoding="utf-8"), feature_version=(3, 8))


def test_it_loads_only_the_standard_library(endpoint: Endpoint) -> None:
    """`-I -S`: no site-packages, as in an image that has nothing installed."""
    ended = run(endpoint.environ(), "--", "true")
    assert ended.returncode == 0, ended.stderr


def test_a_proxy_does_not_see_the_credentials(endpoint: Endpoint) -> None:
    program = "import os; print(os.environ['NO_PROXY'], os.environ['no_proxy'])"
    environ = endpoint.environ(HTTP_PROXY="http://127.0.0.1:1", NO_PROXY="internal.example")
    ended = run(environ, "--", "python3", "-c", program)
    assert ended.stdout == "internal.example,127.0.0.1 127.0.0.1\n", ended.stderr


def test_a_sidecar_writes_the_configuration_for_the_other_containers(endpoint: Endpoint, tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    with sidecar(endpoint.environ(), "--port", "0", "--write-config", str(file)) as (port, _):
        eventually(file.exists)
        written = json.loads(file.read_text(encoding="utf-8"))
    assert written["credential_source"]["url"] == f"http://127.0.0.1:{port}{ROLES}"
    assert [each.name for each in tmp_path.iterdir()] == ["credentials.json"]
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_sidecar_that_cannot_write_the_configuration_ends(endpoint: Endpoint) -> None:
    ended = run(endpoint.environ(), "--port", "0", "--write-config", "/nowhere/credentials.json")
    assert ended.returncode == 1
    assert "cannot write /nowhere/credentials.json" in ended.stderr
    assert run(endpoint.environ(), "--write-config", "file", "--", "true").returncode == 64


def test_a_role_that_the_endpoint_does_not_name_has_a_name(endpoint: Endpoint) -> None:
    """EKS Pod Identity gives no ARN of the role."""
    endpoint.role = None
    with sidecar(endpoint.environ(), "--port", free_port()) as (port, _):
        session = token(port)
        assert ask(port, "GET", ROLES, session) == (200, "container-role")
        assert json.loads(ask(port, "GET", f"{ROLES}/container-role", session)[1])["SecretAccessKey"] == SECRET


def test_the_aws_sdk_takes_it_for_an_instance(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore is not what it is for, but knows IMDSv2 better than anybody."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")  # of another service than that of this machine
    fetcher = InstanceMetadataFetcher(base_url=f"http://127.0.0.1:{port}/", num_attempts=1)
    found = fetcher.retrieve_iam_role_credentials()
    assert (found["role_name"], found["access_key"], found["secret_key"]) == ("loader", "ASIAMADEUP000001", SECRET)
    region = InstanceMetadataRegionFetcher(base_url=f"http://127.0.0.1:{port}/", num_attempts=1).retrieve_region()
    assert region == "ap-northeast-1"


@pytest.mark.parametrize(("host", "code"), [("10.0.0.7", 1), ("10.0.0.8", 0)])
def test_a_pod_in_the_network_of_its_node_is_refused(endpoint: Endpoint, host: str, code: int) -> None:
    addresses = {"SERVE_CREDENTIALS_POD_IP": "10.0.0.7", "SERVE_CREDENTIALS_HOST_IP": host}
    ended = run(endpoint.environ(**addresses), "--", "true")
    assert ended.returncode == code, ended.stderr
    assert ("the pod sets hostNetwork" in ended.stderr) is (code == 1)
