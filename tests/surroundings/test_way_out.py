"""Without a way to the clouds, the program ends with one message that says what is in the way, and what to do."""

import os
import socket
from collections.abc import Callable, Mapping

import pytest

from tests.surroundings.conftest import CERTIFICATES, PROXIES, Machine
from wizard.clouds import kubernetes
from wizard.clouds.errors import CloudError, Unreachable
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName


def test_a_proxy_that_asks_for_a_password_is_named_at_once(machine: Machine, strict_proxy: str) -> None:
    change: dict[str, str | None] = dict.fromkeys(PROXIES, f"http://{strict_proxy}")
    for command in (("plan", machine.setup), ("apply", machine.setup, "--yes")):
        ended = machine.run(*command, change=change)
        ended.complaint(f"the proxy {strict_proxy}, which https_proxy names, asks for a user name and a password")
        assert f"set https_proxy to http://USER:PASSWORD@{strict_proxy}" in ended.err
        assert ended.seconds < 20
    assert machine.writes() == 0


def test_a_certificate_that_this_machine_does_not_trust_is_named_at_once(machine: Machine) -> None:
    ended = machine.run("plan", machine.setup, change=dict.fromkeys(CERTIFICATES))
    ended.complaint("this machine does not trust the certificate of cloudresourcemanager.googleapis.com")
    assert "set SSL_CERT_FILE to a PEM file" in ended.err
    assert ended.seconds < 20


@pytest.mark.parametrize("names", [("SSL_CERT_FILE",), ("REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")])
def test_the_certificates_of_one_variable_serve_all_clients(machine: Machine, names: tuple[str, ...]) -> None:
    bundle = machine.sandbox.variables["SSL_CERT_FILE"]
    change: dict[str, str | None] = {**dict.fromkeys(CERTIFICATES), **dict.fromkeys(names, bundle)}
    assert machine.run("apply", machine.setup, "--yes", "--accept-loss", change=change).code == 0


def test_a_file_of_certificates_that_cannot_be_read_is_named(aws_machine: Machine) -> None:
    ended = aws_machine.run("plan", aws_machine.setup, change={"REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"})
    ended.complaint("/nowhere/ca.pem, which REQUESTS_CA_BUNDLE names: No such file or directory")
    ended = aws_machine.run("plan", aws_machine.setup, change={"AWS_CA_BUNDLE": aws_machine.setup})
    ended.complaint("which AWS_CA_BUNDLE names: the file contains no certificate in the PEM format")


def test_without_a_network_the_name_that_is_not_resolved_is_told(machine: Machine) -> None:
    change: dict[str, str | None] = dict.fromkeys(PROXIES)
    ended = machine.run("plan", machine.setup, change=change, before=("unshare", "-rn"), is_quick=True)
    if "unshare" in ended.err:
        pytest.skip("this machine lets nobody make a network namespace")
    ended.complaint("this machine cannot resolve the name cloudresourcemanager.googleapis.com")
    assert "if this machine needs a proxy, set HTTPS_PROXY" in ended.err
    assert ended.seconds < 20, "it waits for no longer than it must"


def test_a_host_in_no_proxy_is_called_without_the_proxy(machine: Machine) -> None:
    """Where there is no network, the error tells which way was tried."""
    ways = {
        "example.com": "the proxy 127.0.0.1:9, which https_proxy names, does not answer",
        ".googleapis.com,.amazonaws.com": "this machine cannot resolve the name cloudresourcemanager.googleapis.com",
    }
    for excepted, words in ways.items():
        change: dict[str, str | None] = dict.fromkeys(PROXIES, "http://127.0.0.1:9")
        change |= dict.fromkeys(("NO_PROXY", "no_proxy"), excepted)
        ended = machine.run("plan", machine.setup, change=change, before=("unshare", "-rn"), is_quick=True)
        if "unshare" in ended.err:
            pytest.skip("this machine lets nobody make a network namespace")
        ended.complaint(words)


PAYMENTS = ClusterName("acme-payments", "asia-northeast1", "payments")
CALLS: dict[str, Callable[[Clouds], object]] = {
    "REST": lambda clouds: clouds.google.call("iam", "GET", "/v1/roles/viewer", retry_for=0.5),
    "gRPC": lambda clouds: clouds.google_iam.list_service_accounts("acme-analytics", retry_for=0.5),
    "botocore": lambda clouds: clouds.aws.call("sts", "get_caller_identity"),
    "Kubernetes": lambda clouds: clouds.kubernetes(PAYMENTS).allowed("list", "pods", "default"),
}
"""A call of each client stack."""

STACKS = [("aws", "REST"), ("aws", "gRPC"), ("aws", "botocore"), ("gke", "Kubernetes")]


@pytest.mark.parametrize(("machine", "stack"), STACKS, indirect=["machine"])
def test_each_client_names_the_proxy_that_asks_for_a_password(
    machine: Machine, strict_proxy: str, stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = _refusal(machine, stack, dict.fromkeys(PROXIES, f"http://{strict_proxy}"), monkeypatch)
    assert "asks for a user name and a password" in error.message
    assert strict_proxy in error.hint
    assert not error.transient


@pytest.mark.parametrize(("machine", "stack"), STACKS, indirect=["machine"])
def test_each_client_names_the_proxy_that_does_not_answer(
    machine: Machine, stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        proxy = f"127.0.0.1:{silent.getsockname()[1]}"
        error = _refusal(machine, stack, dict.fromkeys(PROXIES, f"http://{proxy}"), monkeypatch)
    assert f"the proxy {proxy}, which https_proxy names, does not answer" in error.message
    assert "unset https_proxy" in error.hint


@pytest.mark.parametrize(("machine", "stack"), STACKS[:3], indirect=["machine"])
def test_each_client_names_the_certificate_that_is_not_trusted(
    machine: Machine, stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = _refusal(machine, stack, dict.fromkeys(CERTIFICATES), monkeypatch)
    assert "this machine does not trust the certificate of" in error.message
    assert not error.transient


def _refusal(
    machine: Machine, stack: str, change: Mapping[str, str | None], monkeypatch: pytest.MonkeyPatch
) -> CloudError:
    """Call a cloud in other surroundings. Returns the error."""
    monkeypatch.setattr(kubernetes, "UNREACHABLE_FOR", 0.5)
    for name, value in {**machine.sandbox.variables, **change}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(Unreachable) as raised:
        CALLS[stack](Clouds("acme-analytics", "ap-northeast-1", environ=os.environ))
    return raised.value
