"""The sandbox's edge, asked as clients ask a proxy: by CONNECT, and with whole URLs."""

import http.client
import json
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from tests.operators import http as through_proxy
from wizard.sandbox.edge.hosts import google_api, is_aws, matches
from wizard.sandbox.process import Sandbox

ROLES = "/v1/roles"


@pytest.fixture(scope="module")
def outside() -> Iterator[str]:
    """A server that is not of the sandbox: HOST:PORT."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = f"outside {self.path} {self.headers['Host']}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def variables() -> Iterator[dict[str, str]]:
    with Sandbox("batch-bigquery", ["--pass-through", "127.0.0.1", "mirror.example"]) as sandbox:
        yield sandbox.variables


@pytest.fixture
def proxy(variables: dict[str, str]) -> Iterator[socket.socket]:
    """A connection to the edge."""
    with socket.create_connection(("127.0.0.1", urlsplit(variables["HTTPS_PROXY"]).port or 0), timeout=10) as made:
        yield made


def connect(proxy: socket.socket, target: str) -> bytes:
    """Ask for a tunnel; the status line."""
    proxy.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += proxy.recv(1)
    return answer.partition(b"\r\n")[0]


def secured(proxy: socket.socket, host: str, variables: dict[str, str], *protocols: str) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=variables["SSL_CERT_FILE"])
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context.wrap_socket(proxy, server_hostname=host)


def get(connection: socket.socket, host: str, path: str) -> tuple[int, str]:
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.read().decode()


def test_every_host_has_a_certificate_of_its_own(proxy: socket.socket, variables: dict[str, str]) -> None:
    assert connect(proxy, "iam.googleapis.com:443") == b"HTTP/1.1 200 Connection established"
    with secured(proxy, "iam.googleapis.com", variables) as connection:
        status, body = get(connection, "iam.googleapis.com", ROLES)
        shown = x509.load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")
    assert (status, json.loads(body)["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert (shown.not_valid_after_utc - shown.not_valid_before_utc).days <= 2


def test_what_the_sandbox_lacks_is_said_and_goes_nowhere(variables: dict[str, str]) -> None:
    session = through_proxy(variables)
    for host in ("compute.googleapis.com", "www.example.com", "accounts.youtube.com"):
        for scheme in ("https", "http"):
            answer = session.get(f"{scheme}://{host}/x", timeout=10)
            said = answer.json()["error"]["message"]
            assert (answer.status_code, said) == (501, f"the sandbox has no {host}; nothing left this machine")


def test_without_an_account_aws_refuses_in_the_words_of_its_service() -> None:
    with Sandbox("gke-spanner") as sandbox:
        answer = through_proxy(sandbox.variables).get("https://sts.amazonaws.com/?Action=GetCallerIdentity", timeout=10)
        lines = sandbox.request_log.read_text().splitlines()
    assert answer.status_code == 501
    assert "<Message>the sandbox has no sts.amazonaws.com; nothing left this machine</Message>" in answer.text
    assert (json.loads(lines[-1])["service"], json.loads(lines[-1])["status"]) == ("sts.amazonaws.com", 501)


def test_a_tunnel_to_port_80_carries_plain_http(proxy: socket.socket) -> None:
    connect(proxy, "iam.googleapis.com:80")
    assert get(proxy, "iam.googleapis.com", ROLES)[0] == 401


def test_a_request_with_a_whole_url_is_answered(proxy: socket.socket) -> None:
    assert get(proxy, "iam.googleapis.com", f"http://iam.googleapis.com{ROLES}")[0] == 401


def test_a_request_that_comes_in_pieces_is_understood(proxy: socket.socket) -> None:
    for part in ("CON", "NECT iam.googleapis.com:443 HTTP/1.1\r\n", "Host: x\r\n"):
        proxy.sendall(part.encode())
        sleep(0.05)
    proxy.sendall(b"\r\n")
    assert proxy.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"CONNECT nothing\r\n\r\n", b"400"),
        (b"CONNECT " + b"x" * 20_000, b"431"),
        (b"CONNECT a:b HTTP/1.1\r\n\r\n", b"400"),
    ],
)
def test_what_is_no_request_is_refused(proxy: socket.socket, head: bytes, status: bytes) -> None:
    proxy.sendall(head)
    assert proxy.recv(1024).startswith(b"HTTP/1.1 " + status)


def test_a_client_that_speaks_http_1_gets_it_and_one_of_grpc_gets_http_2(
    variables: dict[str, str],
) -> None:
    for offered, chosen in ((("h2", "http/1.1"), "http/1.1"), (("h2",), "h2"), ((), None)):
        address = ("127.0.0.1", urlsplit(variables["HTTPS_PROXY"]).port or 0)
        with socket.create_connection(address, timeout=10) as proxy:
            connect(proxy, "iam.googleapis.com:443")
            with secured(proxy, "iam.googleapis.com", variables, *offered) as connection:
                assert connection.selected_alpn_protocol() == chosen


def test_a_client_that_does_not_trust_it_leaves_the_others_alone(
    proxy: socket.socket, variables: dict[str, str]
) -> None:
    connect(proxy, "iam.googleapis.com:443")
    with pytest.raises(ssl.SSLError):
        ssl.create_default_context().wrap_socket(proxy, server_hostname="iam.googleapis.com")
    assert through_proxy(variables).get(f"https://iam.googleapis.com{ROLES}", timeout=10).status_code == 401


def test_a_host_that_may_pass_is_reached_outside(proxy: socket.socket, variables: dict[str, str], outside: str) -> None:
    assert connect(proxy, outside) == b"HTTP/1.1 200 Connection established"
    assert get(proxy, "name.example", "/tunnelled") == (200, "outside /tunnelled name.example")
    answer = through_proxy(variables).get(f"http://{outside}/plain", timeout=10)
    assert answer.text == f"outside /plain {outside}"


def test_a_host_that_may_pass_and_does_not_answer_is_a_bad_gateway(
    proxy: socket.socket, variables: dict[str, str]
) -> None:
    assert connect(proxy, "127.0.0.1:9") == b"HTTP/1.1 502 Bad Gateway"
    assert through_proxy(variables).get("http://127.0.0.1:9/", timeout=10).status_code == 502


def test_public_certificates_are_trusted_only_where_something_may_pass(variables: dict[str, str]) -> None:
    assert Path(variables["SSL_CERT_FILE"]).read_text().count("BEGIN CERTIFICATE") > 10
    with Sandbox("batch-bigquery") as sandbox:
        bundle = Path(sandbox.variables["SSL_CERT_FILE"])
        assert bundle.read_text().count("BEGIN CERTIFICATE") == 1
        assert stat.S_IMODE(bundle.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("host", "path", "api"),
    [
        ("iam.googleapis.com", "/", "iam"),
        ("sts.us-east1.rep.googleapis.com", "/", "sts"),
        ("www.googleapis.com", "/bigquery/v2/projects", "bigquery"),
        ("www.googleapis.com", "/drive/v3", "www"),
        ("accounts.google.com", "/", "accounts"),
        ("googleapis.com", "/", ""),
        ("iam.googleapis.com.attacker.example", "/", ""),
    ],
)
def test_hosts_of_google(host: str, path: str, api: str) -> None:
    assert google_api(host, path) == api


@pytest.mark.parametrize(
    ("host", "of_aws"),
    [
        ("sts.amazonaws.com", True),
        ("sts.cn-north-1.amazonaws.com.cn", True),
        ("sts-fips.us-east-1.amazonaws.com", True),
        ("ecs.us-east-1.api.aws", True),
        ("sts.eusc-de-east-1.amazonaws.eu", True),
        ("bucket.name.s3.eu-west-1.amazonaws.com", True),
        ("amazonaws.com", False),
        ("sts.amazonaws.com.attacker.example", False),
    ],
)
def test_hosts_of_aws(host: str, of_aws: bool) -> None:
    assert is_aws(host) is of_aws


def test_a_host_below_a_name_matches_and_one_that_only_ends_like_it_does_not() -> None:
    assert matches("a.mirror.example", ("mirror.example",))
    assert not matches("amirror.example", ("mirror.example",))
