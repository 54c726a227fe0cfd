"""HTTP/2 that no client of gRPC sends ends its connection and nothing else; calls that are whole are answered."""

from pathlib import Path
from random import Random
from typing import Any

import grpc
import pytest

from wizard.sandbox.google.grpc_server import SERVICES
from wizard.sandbox.process import Sandbox

from . import frames
from .conftest import ROUNDS, SEED
from .judging import Watch
from .sending import drained, through_tls, token

_NAMED = b"\n\x17projects/acme-analytics"


def _connection_ends(sandbox: Sandbox, sent: bytes) -> bool:
    """Whether the server closes, or has closed, once the client has said that no more comes."""
    with through_tls(sandbox, "iam.googleapis.com", ["h2"]) as connection:
        try:
            connection.sendall(sent)
            connection.unwrap()
        except OSError:
            return True
        return drained(connection) is not None


def _channel(sandbox: Sandbox) -> Any:
    """A channel of the real client."""
    roots = Path(sandbox.variables["SSL_CERT_FILE"]).read_bytes()
    options = [("grpc.http_proxy", sandbox.variables["HTTPS_PROXY"]), ("grpc.enable_http_proxy", 1)]
    return grpc.secure_channel("iam.googleapis.com:443", grpc.ssl_channel_credentials(roots), options)


def _survives(sandbox: Sandbox) -> None:
    """A call of a real client is answered still."""
    with _channel(sandbox) as channel:
        ask = channel.unary_unary("/google.iam.admin.v1.IAM/ListServiceAccounts")
        with pytest.raises(grpc.RpcError) as error:
            ask(_NAMED, timeout=5)
        assert error.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_garbage_ends_its_connection_only(aws_sandbox: Sandbox) -> None:
    with Watch(aws_sandbox) as watch:
        for sent in frames.garbage(token(aws_sandbox)):
            watch.note(sent, "" if _connection_ends(aws_sandbox, sent) else "the connection stays open")
        _survives(aws_sandbox)


def test_random_frames_are_survived(aws_sandbox: Sandbox) -> None:
    random = Random(SEED)
    with Watch(aws_sandbox) as watch:
        for _ in range(100 * ROUNDS):
            sent = frames.noise(random, token(aws_sandbox))
            watch.note(sent, "" if _connection_ends(aws_sandbox, sent) else "the connection stays open")
        _survives(aws_sandbox)


def test_a_method_that_is_not_utf_8_is_survived() -> None:
    with Sandbox() as sandbox:
        _connection_ends(sandbox, frames.opening() + frames.call(b"/google.iam.admin.v1.IAM/\xe5", b"", "x"))
        _survives(sandbox)


def test_random_messages_are_refused(aws_sandbox: Sandbox) -> None:
    """Whole calls with messages that are none, by a real client: each ends with a status that no failure caused."""
    random = Random(SEED)
    metadata = [("authorization", f"Bearer {token(aws_sandbox)}")]
    failures = (grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL, grpc.StatusCode.DEADLINE_EXCEEDED)
    with Watch(aws_sandbox) as watch, _channel(aws_sandbox) as channel:
        for name, service in SERVICES.items():
            for method in list(service.methods()) * ROUNDS:
                path = f"/{name}/{method}"
                for message in (random.randbytes(random.randint(1, 60)), _NAMED, b"\x0b" * 3_000):
                    try:
                        channel.unary_unary(path)(message, timeout=5, metadata=metadata)
                        problem = ""
                    except grpc.RpcError as error:
                        problem = f"{error.code()} {error.details()}" if error.code() in failures else ""
                    watch.note(path.encode() + b"\r\n\r\n" + message, problem)
