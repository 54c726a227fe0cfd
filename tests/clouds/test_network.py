"""The proxy and the certificates of an environment, for every client the same."""

import socket

import pytest

from tests.chain.fakes import fake_clouds
from wizard.clouds import network
from wizard.clouds.logged_http import LoggedAdapter

URL = "https://iam.googleapis.com/v1"


@pytest.mark.parametrize(
    ("environ", "url", "proxy"),
    [
        ({}, URL, None),
        ({"HTTPS_PROXY": "http://proxy:1"}, URL, "http://proxy:1"),
        ({"https_proxy": "http://lower:1", "HTTPS_PROXY": "http://upper:1"}, URL, "http://lower:1"),
        ({"HTTP_PROXY": "http://proxy:1"}, URL, None),
        ({"ALL_PROXY": "http://all:1"}, URL, "http://all:1"),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "iam.googleapis.com"}, URL, None),
        ({"HTTPS_PROXY": "http://proxy:1", "no_proxy": "x.example, .googleapis.com"}, URL, None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "*.googleapis.com"}, URL, None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "leapis.com"}, URL, "http://proxy:1"),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "*"}, URL, None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": ""}, URL, "http://proxy:1"),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "10.0.0.0/8"}, "https://10.1.2.3", None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "10.0.0.0/8"}, "https://11.1.2.3", "http://proxy:1"),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "10.1.2.3:8443"}, "https://10.1.2.3:8443", None),
        ({"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "not/a/network"}, "https://11.1.2.3", "http://proxy:1"),
        ({"HTTPS_PROXY": "http://proxy:1"}, "https://127.0.0.1:8443", None),
        ({"HTTPS_PROXY": "http://proxy:1"}, "https://localhost", None),
        ({"HTTPS_PROXY": "http://proxy:1"}, "https://[::1]:6443", None),
    ],
)
def test_a_host_is_reached_the_way_that_the_environment_says(
    environ: dict[str, str], url: str, proxy: str | None
) -> None:
    assert network.proxy_for(url, environ) == proxy


def test_the_certificates_of_requests_win_over_those_of_openssl() -> None:
    assert network.certificates({}) is None
    assert network.certificates({"SSL_CERT_FILE": "s"}) == "s"
    assert network.certificates({"SSL_CERT_FILE": "s", "REQUESTS_CA_BUNDLE": "r"}) == "r"


def test_a_session_takes_its_own_way_and_not_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with fake_clouds() as cloud:
        cloud.answers["/iam/v1"] = (200, {"here": True})
        session = network.Session()
        session.environ = cloud.way_out
        assert session.get(URL, timeout=10).json() == {"here": True}


def test_a_post_through_a_proxy_does_not_wait_for_an_acknowledgement() -> None:
    manager = LoggedAdapter().proxy_manager_for("http://127.0.0.1:9")
    options = manager.connection_pool_kw["socket_options"]
    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in options
