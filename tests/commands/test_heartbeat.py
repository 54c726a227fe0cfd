"""A command that waits for long says so, and only then."""

import threading

import pytest

from wizard.commands import output
from wizard.commands.heartbeat import heartbeat


def _said(silences: list[float], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What is said while the silence lasts for so many seconds, one after the other."""
    left, ended = list(silences), threading.Event()

    def silence() -> float:
        if len(left) == 1:
            ended.set()
        return left.pop(0) if len(left) > 1 else left[0]

    with heartbeat(silence, check=0.001):
        assert ended.wait(10)
    return capsys.readouterr().err.splitlines()


def test_a_long_silence_is_broken_every_nine_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    said = _said([3, 8, 9.2, 10, 18.3, 19, 0], capsys)
    assert said == [f"wif-wizard is still waiting. Nothing has changed for {n} s ..." for n in (9, 18)]


def test_a_command_that_speaks_is_not_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    assert _said([3, 8, 1, 5, 8.9, 0], capsys) == []


def test_the_silence_begins_with_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.complain("something")
    assert output.silence() < 5
    output.complain("no news", is_news=False)
    assert capsys.readouterr().err.splitlines() == ["something", "no news"]


def test_a_question_is_not_a_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []

    def answer() -> str:
        seen.append(output.silence())
        return "y"

    monkeypatch.setattr("builtins.input", answer)
    assert output.Console().ask("Continue? ") == "y"
    assert seen == [0.0]
