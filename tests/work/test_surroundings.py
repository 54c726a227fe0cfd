"""The environment of the doctor: a proxy that does not answer is found before anything waits for it."""

import socket
from collections.abc import Iterator

import pytest

from wizard.work import breaking, diagnosing, diagnosis_text, starting, surroundings


@pytest.fixture
def silent() -> Iterator[str]:
    """The host and port of a socket that is bound, and accepts nothing."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture
def answering() -> Iterator[str]:
    """The host and port of a server."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("form", ["http://{}", "http://me:hunter2@{}/", "{}"])
def test_a_proxy_that_does_not_answer_is_named_without_its_password(silent: str, form: str) -> None:
    with pytest.raises(surroundings.NoWay) as raised:
        surroundings.check({"HTTPS_PROXY": form.format(silent)})
    finding = raised.value.finding
    assert finding.rule.code == "WIF0601"
    assert finding.cause == f"the proxy {silent}, which HTTPS_PROXY names, does not answer"
    assert "unset HTTPS_PROXY" in finding.fix
    assert "hunter2" not in str(raised.value) + str(finding)


def test_a_proxy_that_answers_or_that_google_cloud_does_not_need_is_no_fault(silent: str, answering: str) -> None:
    surroundings.check({})
    surroundings.check({"HTTPS_PROXY": f"http://{answering}"})
    surroundings.check({"https_proxy": f"http://{answering}", "HTTPS_PROXY": f"http://{silent}"})
    for names in ("*", "169.254.169.254,.googleapis.com", "*.googleapis.com"):
        surroundings.check({"HTTPS_PROXY": f"http://{silent}", "NO_PROXY": names})
    with pytest.raises(surroundings.NoWay):
        surroundings.check({"HTTPS_PROXY": f"http://{silent}", "NO_PROXY": "169.254.169.254"})


def test_an_error_text_needs_no_proxy(silent: str) -> None:
    text = "Traceback:\n  the given credential is rejected by the attribute condition"
    assert starting.start(text, environ={"HTTPS_PROXY": silent}) == text


def test_the_variables_of_a_fault_are_set_and_unset() -> None:
    environ = {"AWS_REGION": "eu-central-1", "HOME": "/home/pat"}
    breaking.set_variables({"AWS_REGION": None, "AWS_PROFILE": "x", "NEVER": None}, environ)
    assert environ == {"AWS_PROFILE": "x", "HOME": "/home/pat"}


def test_the_text_of_an_environment_without_a_way_has_no_empty_list(silent: str) -> None:
    with pytest.raises(surroundings.NoWay) as raised:
        surroundings.check({"HTTPS_PROXY": silent})
    lines = list(diagnosis_text.as_text(diagnosing.diagnosis_of_no_way(raised.value)))
    assert f"Cause: WIF0601  the proxy {silent}, which HTTPS_PROXY names, does not answer" in lines
    assert any("did not read any resources" in line for line in lines)
    assert not any("checks passed:" in line for line in lines)
