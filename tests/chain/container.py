"""A container's endpoints on loopback, and serve-credentials beside them."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from wizard.chain import serve_credentials
from wizard.federation.credential_config import credential_config
from wizard.federation.identifiers import PoolName, ProviderName

SCRIPT = Path(serve_credentials.__file__)
PYTHON = (sys.executable, "-I", "-S")
AUTHORIZATION = "made-up-authorization"
SECRET = "made-up-secret-access-key"
CONFIG = credential_config(ProviderName(PoolName("123456789012", "aws-prod"), "aws-111122223333"))
LIMIT = 30
"""Seconds that one process may take."""
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Endpoint:
    """What a container's endpoints say: `status` and `lifetime` (seconds) can be changed while it serves."""

    status: int = 200
    lifetime: float = 3600.0
    network_mode: str = "awsvpc"
    role: str | None = "arn:aws:iam::111122223333:role/team/loader"
    asked: int = 0
    """How often the credentials were asked for."""
    url: str = field(default="", init=False)

    def answer(self, path: str, authorization: str | None) -> tuple[int, Any]:
        """Status and document for a path."""
        if path.startswith("/v4"):
            arn = "arn:aws:ecs:ap-northeast-1:111122223333:task/default/0123456789abcdef0123456789abcdef"
            labels = {"com.amazonaws.ecs.task-arn": arn}
            return 200, {"Networks": [{"NetworkMode": self.network_mode}], "Labels": labels}
        if authorization != AUTHORIZATION:
            return 401, {"message": "no"}
        self.asked += 1
        expires = datetime.now(UTC) + timedelta(seconds=self.lifetime)
        document = {
            **({"RoleArn": self.role} if self.role else {}),
            "AccessKeyId": f"ASIAMADEUP{self.asked:06}",
            "SecretAccessKey": SECRET,
            "Token": "made-up-session-token",
            "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return self.status, document if self.status == 200 else {"message": SECRET}

    def environ(self, **more: str) -> dict[str, str]:
        """The variables of the container; with `None` text, without the variable."""
        variables = {
            "PATH": os.environ["PATH"],
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.url}/v2/credentials/made-up-path",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": AUTHORIZATION,
            "ECS_CONTAINER_METADATA_URI_V4": f"{self.url}/v4/task",
            "GOOGLE_CREDENTIAL_CONFIG": json.dumps(CONFIG),
        }
        return {**variables, **more}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        endpoint = cast(_Server, self.server).endpoint
        status, document = endpoint.answer(self.path, self.headers.get("authorization"))
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


class _Server(ThreadingHTTPServer):
    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.endpoint = endpoint


@contextmanager
def served(endpoint: Endpoint) -> Iterator[Endpoint]:
    """Serve the endpoints of a container."""
    with _Server(endpoint) as server:
        endpoint.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()


def run(environ: dict[str, str], *arguments: str, python: Sequence[str] = PYTHON) -> subprocess.CompletedProcess[str]:
    """Run serve-credentials to its end."""
    return subprocess.run(
        [*python, str(SCRIPT), *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def ask(
    port: int, method: str, path: str, headers: dict[str, str] | None = None, host: str | None = None
) -> tuple[int, str]:
    """One request: status and text."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", None, headers or {}, method=method)
    if host is not None:
        request.add_header("Host", host)
    try:
        with NO_PROXY.open(request, timeout=LIMIT) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def token(port: int) -> dict[str, str]:
    """The header with the session token."""
    header = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
    status, text = ask(port, "PUT", "/latest/api/token", header)
    assert status == 200, text
    return {"X-aws-ec2-metadata-token": text}


@contextmanager
def sidecar(environ: dict[str, str], *arguments: str) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """A sidecar on a free port, which it says: the port, and the process, which has ended at the end."""
    command = [*PYTHON, str(SCRIPT), *arguments]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            assert "listening on 127.0.0.1:" in line, line
            yield int(line.rpartition(":")[2]), process
        finally:
            process.kill()


def eventually(condition: Any) -> None:
    """Wait until a condition holds."""
    ends = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < ends, "the condition does not hold in time"
        time.sleep(0.02)
