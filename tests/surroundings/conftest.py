"""The real program in bad surroundings: both modes on sandboxes, and child processes."""

import http.server
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.heartbeats import without_heartbeats
from tests.torture.world import scenario, setup_text
from wizard.sandbox.env_file import UNSET
from wizard.sandbox.process import Sandbox

ROOT = Path(__file__).parents[2]
CERTIFICATES = (
    *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"),
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
)
_QUICK = """
import sys
from wizard import cli
from wizard.clouds import retrying
retrying.retried.__defaults__ = (1.0, 1.0)
sys.exit(cli.main(sys.argv[1:]))
"""
"""The program, which waits for no longer than a second for what does not answer."""

PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit code, what it printed on each stream, and how many seconds it took."""

    code: int
    out: str
    err: str
    seconds: float

    def complaint(self, *words: str) -> None:
        """Check that it failed with one message, which has these words, and without a traceback."""
        assert self.code in (1, 64), self.err
        assert "Traceback" not in self.err
        said = without_heartbeats(self.err).splitlines()
        messages = [line for line in said if line.startswith("wif-wizard: ")]
        assert len(messages) == 1, self.err
        for word in words:
            assert word in self.err


@dataclass(frozen=True)
class Machine:
    """A sandbox and a folder, in which the program runs."""

    sandbox: Sandbox
    folder: Path

    def run(
        self,
        *arguments: str,
        change: dict[str, str | None] | None = None,
        before: tuple[str, ...] = (),
        is_quick: bool = False,
    ) -> Ended:
        """Run the program. `change` sets and unsets variables, and `before` is put in front of the command.

        If `is_quick`, it waits one second, and not half a minute, for what does not answer.
        """
        environ = {name: value for name, value in os.environ.items() if name not in UNSET}
        environ |= self.sandbox.variables
        environ |= {"HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state"), "PYTHONPATH": str(ROOT)}
        for name, value in (change or {}).items():
            environ.pop(name, None)
            if value is not None:
                environ[name] = value
        program = ["-c", _QUICK] if is_quick else ["-m", "wizard"]
        started = time.monotonic()
        answer = subprocess.run(
            [*before, sys.executable, "-P", *program, *arguments],
            env=environ,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        return Ended(answer.returncode, answer.stdout, answer.stderr, time.monotonic() - started)

    def writes(self) -> int:
        """Return how many calls have changed something in the clouds."""
        return self.sandbox.request_log.read_text(encoding="utf-8").count('"kind": "write"')

    @property
    def setup(self) -> str:
        """The path of the setup file."""
        return str(self.folder / "setup.yaml")


@pytest.fixture(params=["aws", "gke"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machine]:
    """A machine for each mode."""
    with _machine(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def aws_machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine with the AWS mode."""
    with _machine("aws", tmp_path) as made:
        yield made


@contextmanager
def _machine(mode: str, folder: Path) -> Iterator[Machine]:
    chosen = "aws" if mode == "aws" else "gke"
    (folder / "setup.yaml").write_text(setup_text(chosen), encoding="utf-8")
    (folder / "scenario.yaml").write_text(yaml.safe_dump(scenario(chosen)), encoding="utf-8")
    with Sandbox(str(folder / "scenario.yaml"), ["--steady"]) as sandbox:
        yield Machine(sandbox, folder)


class _AsksForPassword(http.server.BaseHTTPRequestHandler):
    def do_CONNECT(self) -> None:
        self.send_response(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="acme"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def strict_proxy() -> Iterator[str]:
    """The address of a proxy that asks for a password."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _AsksForPassword)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()
