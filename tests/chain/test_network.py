"""The network step of the probe: real sockets on loopback, and the causes of what they say."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chain.fakes import EMAIL, FakeCloud, config, environment, request
from wizard.chain import network, probe
from wizard.chain.hop import NETWORK, Outcome, Refusal
from wizard.chain.rule import Facts, first
from wizard.sandbox.authority import Authority

FACTS = Facts(impersonating=False, service_account="", member="", missing="")
RULES = network.rules((NETWORK,), "add a NAT gateway")
HOST = "sts.googleapis.com"
PROXIES = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy")

Serve = Callable[[socket.socket], None]


@pytest.fixture
def own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(probe, "CONNECT_SECONDS", 0.3)


@contextmanager
def listening(serve: Serve) -> Iterator[int]:
    """A server on loopback that serves each connection in a thread of its own; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=served, args=(connection,), daemon=True).start()

        def served(connection: socket.socket) -> None:
            with connection, suppress(OSError):  # a client that does not trust the certificate hangs up
                serve(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)


@pytest.fixture
def authority() -> Authority:
    return Authority("Acme TLS Inspection CA", datetime.now(UTC), timedelta(hours=1))


@pytest.fixture
def speaks_tls(authority: Authority, tmp_path: Path) -> Serve:
    """Shake hands with a certificate for Google's token service that this authority issued."""
    context = authority.context([HOST], tmp_path)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(1)

    return serve


@pytest.fixture
def trusted(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


def lead(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Every name is this machine, and port 443 is another one."""
    found = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [found])


@pytest.mark.usefixtures("own_network", "trusted")
def test_a_host_that_answers_has_its_address_and_its_issuer(speaks_tls: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(speaks_tls) as port:
        lead(monkeypatch, port)
        found = probe.reach(HOST)
    assert found == {"host": HOST, "address": "127.0.0.1", "issuer": "Acme TLS Inspection CA"}
    words = "sts.googleapis.com answered at 127.0.0.1; the TLS certificate is from Acme TLS Inspection CA"
    assert probe.reach_words(found) == words


@pytest.mark.usefixtures("own_network")
def test_the_issuer_of_a_certificate_that_is_not_trusted_is_named(
    speaks_tls: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(speaks_tls) as port:
        lead(monkeypatch, port)
        found = probe.reach(HOST)
    assert (found["code"], found["issuer"]) == ("UnknownIssuer", "Acme TLS Inspection CA")
    assert "unable to get local issuer certificate" in found["words"]


@pytest.mark.usefixtures("own_network")
def test_a_server_that_is_silent_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = threading.Event()
    with listening(lambda _: bool(silent.wait(5)) and None) as port:
        lead(monkeypatch, port)
        found = probe.reach(HOST)
        silent.set()
    assert (found["code"], found["address"]) == ("Timeout", "127.0.0.1")


@pytest.mark.usefixtures("own_network")
def test_a_closed_port_and_a_name_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    assert probe.reach("does-not-exist.invalid")["code"] == "NoName"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    lead(monkeypatch, port)
    found = probe.reach(HOST)
    assert (found["code"], found["words"]) == ("Unreachable", "Connection refused")


@pytest.mark.usefixtures("own_network", "trusted")
def test_a_host_with_addresses_that_lead_nowhere_is_reached_by_its_other_family(
    speaks_tls: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (f"2001:db8::{each}", 443, 0, 0)) for each in range(1, 5)]
    with listening(speaks_tls) as port:
        here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [*nowhere, here])
        found = probe.reach(HOST)
    assert found == {"host": HOST, "address": "127.0.0.1", "issuer": "Acme TLS Inspection CA"}


def through(answer: str, then: Serve | None = None) -> tuple[Serve, list[str]]:
    """A proxy that gives this answer to CONNECT, and what it was asked."""
    heads: list[str] = []

    def serve(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        heads.append(head.decode())
        connection.sendall(answer.encode())
        if then:
            then(connection)

    return serve, heads


@pytest.mark.usefixtures("own_network", "trusted")
def test_a_proxy_opens_a_tunnel_and_its_password_is_never_shown(
    speaks_tls: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve, heads = through("HTTP/1.1 200 Connection established\r\n\r\n", speaks_tls)
    with listening(serve) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://someone:s%40cret@127.0.0.1:{port}")
        found = probe.reach(HOST)
    assert heads[0].splitlines()[0] == "CONNECT sts.googleapis.com:443 HTTP/1.1"
    assert "Proxy-Authorization: Basic c29tZW9uZTpzQGNyZXQ=" in heads[0]
    assert (found["proxy"], found["issuer"]) == (f"127.0.0.1:{port}", "Acme TLS Inspection CA")
    assert "cret" not in json.dumps(found)


@pytest.mark.usefixtures("own_network")
def test_a_proxy_that_refuses_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    serve, _ = through("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    with listening(serve) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{port}")
        found = probe.reach(HOST)
    assert (found["code"], found["words"]) == ("ProxyRefused", "HTTP/1.1 407 Proxy Authentication Required")


@pytest.mark.parametrize(
    ("address", "vip"),
    [
        ("199.36.153.4", "restricted"),
        ("199.36.153.7", "restricted"),
        ("199.36.153.8", "private"),
        ("199.36.153.12", None),
        ("2600:2d00:2:1000::5", "restricted"),
        ("2600:2d00:2:2000::5", "private"),
        ("fe80::1%eth0", None),
        (None, None),
    ],
)
def test_the_addresses_for_private_access_are_known(address: str | None, vip: str | None) -> None:
    assert probe.vip_of(address) == vip


@pytest.mark.parametrize("cut", [b"", b"\x30", b"\x30\x82", b"\x30\x03\x30\x84\xff"])
def test_a_damaged_certificate_has_no_issuer(cut: bytes) -> None:
    with pytest.raises((LookupError, ValueError, StopIteration)):
        probe.issuer_in(cut)


def step(monkeypatch: pytest.MonkeyPatch, **by_host: dict[str, Any]) -> dict[str, Any]:
    """The line of the step, where connections to hosts end so; `ok` for others."""

    def reach(host: str) -> dict[str, Any]:
        return {"host": host, "address": "192.0.2.1", "issuer": "Google Trust Services", **by_host.get(host[:3], {})}

    monkeypatch.setattr(probe, "reach", reach)
    lines: list[dict[str, Any]] = []
    asked = request(network={"hosts": ["spanner.googleapis.com"]}, config=config(EMAIL))
    run = probe.Probe(asked, {}, lambda line: lines.append(json.loads(line)))
    run.config = config(EMAIL)
    run.take("network", run.network)
    return lines[0]


TIMEOUT = {"code": "Timeout", "words": "the host did not answer within 5 s"}
NO_NAME = {"code": "NoName", "words": "Name or service not known", "address": None}
NO_PROXY = {"code": "Unreachable", "words": "Connection refused", "proxy": "proxy:8080"}
INSPECTED = {"code": "UnknownIssuer", "words": "unable to get local issuer certificate", "issuer": "Acme CA"}


def test_the_hosts_of_the_tokens_and_of_the_target_are_tested_and_no_host_of_aws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = step(monkeypatch)
    assert line["status"] == "ok"
    assert line["sent"]["hosts"] == [
        "sts.googleapis.com",
        "iamcredentials.googleapis.com",
        "cloudresourcemanager.googleapis.com",
        "spanner.googleapis.com",
    ]


@pytest.mark.parametrize(
    ("by_host", "code", "cause", "fix"),
    [
        (dict.fromkeys(("sts", "iam", "clo", "spa"), TIMEOUT), "NoWayOut", "no route to Google Cloud", "a NAT gateway"),
        (dict.fromkeys(("sts", "iam", "clo", "spa"), NO_NAME), "NoNames", "cannot resolve the names", "port 53"),
        (dict.fromkeys(("sts", "iam", "clo", "spa"), NO_PROXY), "NoWayOut", "the proxy proxy:8080", "HTTPS_PROXY"),
        ({"spa": TIMEOUT}, "Timeout", "cannot reach spanner.googleapis.com, but", "allow HTTPS"),
        ({"iam": NO_NAME}, "NoName", "cannot resolve the name iamcredentials.googleapis.com", "a private zone"),
        ({"sts": INSPECTED}, "UnknownIssuer", "that Acme CA issued for sts.googleapis.com", "REQUESTS_CA_BUNDLE"),
        (
            {"sts": {"code": "ProxyRefused", "words": "HTTP/1.1 403 Forbidden"}},
            "ProxyRefused",
            "the proxy refused the connection to sts.googleapis.com: HTTP/1.1 403 Forbidden",
            "allow sts.googleapis.com:443 in the proxy",
        ),
    ],
    ids=["no way out", "no names", "no proxy", "one host", "one name", "a company's CA", "a proxy"],
)
def test_each_failure_has_its_own_cause_and_fix(
    monkeypatch: pytest.MonkeyPatch, by_host: dict[str, dict[str, Any]], code: str, cause: str, fix: str
) -> None:
    line = step(monkeypatch, **by_host)
    assert (line["status"], line["error"]["code"]) == ("failed", code)
    explained = first(RULES, Outcome.of(NETWORK, line["evidence"], Refusal(**line["error"])), FACTS)
    assert explained
    assert cause in explained.cause
    assert fix in explained.fix


@pytest.mark.parametrize(
    ("address", "note"), [("199.36.153.5", "VPC Service Controls"), ("199.36.153.9", "private.googleapis.com")]
)
def test_what_private_access_does_not_reach_is_a_note(monkeypatch: pytest.MonkeyPatch, address: str, note: str) -> None:
    line = step(monkeypatch, sts={"address": address})
    outcome = network.with_notes(Outcome.of(NETWORK, line["evidence"], received=line["received"]))
    assert note in outcome.notes[0]
    assert "sts.googleapis.com" in outcome.notes[0]


def test_aws_sts_out_of_reach_is_not_proven_in_the_workload_which_never_calls_it(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = probe.fetch

    def fetch(method: str, url: str, *arguments: Any, **named: Any) -> probe.Answer:
        if "amazonaws" in url:
            raise probe.Refusal("UNREACHABLE", "sts.ap-northeast-1.amazonaws.com: timed out")
        return working(method, url, *arguments, **named)

    monkeypatch.setattr(probe, "fetch", fetch)
    lines: list[dict[str, Any]] = []
    asked = request(network={"hosts": []})
    assert probe.Probe(asked, environment(cloud), lambda line: lines.append(json.loads(line))).run()
    assert {line["hop"]: line["status"] for line in lines if line["status"] != "ok"} == {
        "caller-identity": "not_proven",
        "impersonation": "skipped",
    }
