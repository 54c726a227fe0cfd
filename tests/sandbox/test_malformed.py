"""Malformed requests to a sandbox: the refusal of each cloud, and nothing on standard error."""

import time

import pytest

from tests.fuzz.sending import connected, proxy_port, send
from tests.sandbox.clients import Google
from wizard.sandbox.json_value import DEEPEST, parsed
from wizard.sandbox.process import Sandbox


def test_json_of_google_that_is_too_deep_is_an_invalid_argument(google: Google) -> None:
    for body in (b'{"policy": ' * 5_000, b'{"policy": ' + b"[" * 950 + b"]" * 950 + b"}", b"NaN", b"[" * 5_000):
        answer = google.session.post(
            f"{google.base}/cloudresourcemanager/v1/projects/acme-analytics:setIamPolicy",
            data=body,
            headers={"authorization": f"Bearer {google.token}", "content-type": "application/json"},
        )
        assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_the_deepest_json_is_taken() -> None:
    assert parsed("[" * DEEPEST + "]" * DEEPEST)
    with pytest.raises(ValueError, match="too deep"):
        parsed("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1))


@pytest.mark.parametrize(
    "target", ["x:99999", "x:443:443", "[::1:443", "a..b:443", "\xff:443", "x" * 64 + ":443", "", "/", "x"]
)
def test_a_tunnel_to_no_host_and_port_is_a_bad_request(sandbox: Sandbox, target: str) -> None:
    answer = send(proxy_port(sandbox), f"CONNECT {target} HTTP/1.1\r\n\r\n".encode("latin-1"))
    assert answer.status == 400


def test_a_tunnel_is_opened_also_when_its_request_comes_in_pieces(sandbox: Sandbox) -> None:
    with connected(proxy_port(sandbox)) as connection:
        for piece in (b"CON", b"NECT iam.googleapis", b".com:443 HTTP/1.1\r\nHost: x\r", b"\n\r", b"\n"):
            connection.sendall(piece)
            time.sleep(0.03)  # so that each comes alone
        assert connection.recv(1024).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "head",
    [
        "GET http://xn--/ HTTP/1.1\r\nHost: x",
        "GET http://[::1/ HTTP/1.1\r\nHost: x",
        "GET /iam/v1/roles HTTP/1.1\r\nHost: [",
        "GET /iam/v1/roles HTTP/1.1\r\nHost: \xff",
        "GET http://sts.amazonaws.com/ HTTP/1.1\r\nHost: [",
        "POST /iam/v1/roles HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 2",
        "GET /iam/v1/roles HTTP/1.1",
    ],
)
def test_a_host_or_a_body_that_cannot_be_read_is_a_bad_request(sandbox: Sandbox, head: str) -> None:
    before = sandbox.output.read_bytes()
    answer = send(proxy_port(sandbox), head.encode("latin-1") + b"\r\n\r\n{}")
    assert answer.status == 400
    assert sandbox.output.read_bytes() == before
