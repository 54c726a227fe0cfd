"""The sandbox as a process: how it starts, what it leaves, and when it stops."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.forked import REAL_SPAWN
from wizard.sandbox.env_file import UNSET, read_env_file
from wizard.sandbox.process import Sandbox, SandboxError

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def _real_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here, a sandbox is the process that the product starts, and not a fork."""
    monkeypatch.setattr(Sandbox, "_spawn", REAL_SPAWN)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether the process runs (one that has ended and was not waited for does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_start_waits_for_the_line_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    late = "import sys, time; open(sys.argv[1], 'w').close(); time.sleep(0.5); print('Sandbox', flush=True)"

    def spawn(arguments: list[str], output: Any) -> subprocess.Popen[bytes]:
        file = arguments[arguments.index("--env-file") + 1]
        return subprocess.Popen([sys.executable, "-P", "-c", late, file], stdin=subprocess.PIPE, stdout=output)

    monkeypatch.setattr(Sandbox, "_spawn", staticmethod(spawn))
    with Sandbox() as running:
        assert running.output.read_bytes() == b"Sandbox\n"


def test_the_env_file_leads_to_both_clouds(sandbox: Sandbox) -> None:
    names = set(sandbox.variables)
    assert {"CLOUDSDK_CONFIG", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", "JAVA_TOOL_OPTIONS", "WIF_WIZARD_SANDBOX"} < names
    assert sandbox.variables["CLOUDSDK_CORE_PROJECT"] == "acme-analytics"
    urls = {name for name, value in sandbox.variables.items() if value.startswith("http")}
    assert urls == {"HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"}
    assert all(sandbox.variables[name].startswith("http://127.0.0.1:") for name in urls)


def test_endpoints_are_written_in_place_of_a_proxy() -> None:
    with Sandbox(arguments=["--endpoints"]) as running:
        names = set(running.variables)
        apis = ("IAM", "IAMCREDENTIALS", "STS", "CLOUDRESOURCEMANAGER", "SERVICEUSAGE", "BIGQUERY")
        assert {"AWS_ENDPOINT_URL", *(f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}" for api in apis)} < names
        assert not {"HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE", "JAVA_TOOL_OPTIONS"} & names
        urls = [value for value in running.variables.values() if value.startswith("http")]
        assert all(url.startswith("http://127.0.0.1:") for url in urls)


def test_the_default_scenario_has_an_aws_account_too() -> None:
    with Sandbox() as running:
        assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONFIG_FILE"} < set(running.variables)
        assert running.variables["AWS_REGION"] == "ap-northeast-1"


def test_the_environment_for_children_drops_what_would_lead_away(sandbox: Sandbox) -> None:
    environ = sandbox.environ({"HOME": "/home/me", **dict.fromkeys(UNSET, "mine")})
    assert environ["HOME"] == "/home/me"
    assert "mine" not in environ.values()


def test_private_files_are_the_owners_only(sandbox: Sandbox) -> None:
    token = Path(sandbox.variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"])
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert stat.S_IMODE(token.parent.stat().st_mode) == 0o700


def test_the_request_log_tells_reads_from_writes_and_holds_no_token(sandbox: Sandbox, google: Any) -> None:
    google("GET", "/cloudresourcemanager/v1/projects/acme-analytics")
    google("POST", "/serviceusage/v1/projects/acme-analytics/services/sts.googleapis.com:enable", {})
    google("POST", "/cloudresourcemanager/v1/projects/acme-analytics:getIamPolicy", {})
    text = sandbox.request_log.read_text()
    lines = [json.loads(line) for line in text.splitlines()][-3:]
    assert [line["kind"] for line in lines] == ["read", "write", "read"]
    assert lines[0]["caller"] == "user:operator@acme.example"
    assert {"time", "caller", "service", "method", "path", "status", "kind"} == set(lines[0])
    assert google.token not in text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(scenario_file: Path, number: int, tmp_path: Path) -> None:
    env_file = tmp_path / "env"
    command = [sys.executable, "-m", "wizard.sandbox", "--scenario", str(scenario_file), "--env-file", str(env_file)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        wait_for(env_file.exists)
        private = Path(read_env_file(env_file)["CLOUDSDK_CONFIG"]).parent
        assert private.exists()
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read().decode().count("\n") == 1
    assert not private.exists()


def test_it_does_not_outlive_the_process_that_started_it(scenario_file: Path, tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from wizard.sandbox.process import Sandbox\n"
        "sandbox = Sandbox(sys.argv[1]).__enter__()\n"
        "print(sandbox.pid, sandbox.variables['CLOUDSDK_CONFIG'], flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(scenario_file)],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    pid, config = killed.stdout.split()
    wait_for(lambda: not alive(int(pid)))
    assert not Path(config).parent.exists()


def test_a_scenario_that_is_none_is_said_plainly(tmp_path: Path) -> None:
    with (
        pytest.raises(SandboxError, match=r"There is no scenario 'nothing'. There are: .*batch-bigquery"),
        Sandbox("nothing"),
    ):
        pass
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("- not a scenario")
    with pytest.raises(SandboxError, match="wrong is not a scenario"), Sandbox(str(wrong)):
        pass


@pytest.mark.parametrize(
    "arguments", [["--latency", "soon"], ["--port", "http"], ["--nothing"], ["--scenario", "none"]]
)
def test_bad_usage_is_exit_64_and_one_clear_error(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wizard.sandbox", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 64
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said(google: Any) -> None:
    port = google.base.rpartition(":")[2]
    command = [sys.executable, "-m", "wizard.sandbox", "--port", port]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_body_that_is_too_large_is_refused(google: Any) -> None:
    url = f"{google.base}/sts/v1/token"
    answer = requests.post(url, data=b"x" * (9 * 1024 * 1024), timeout=10)
    assert answer.status_code == 413
