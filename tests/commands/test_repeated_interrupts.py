"""Interrupts that are repeated: one burst counts as one, and what is being removed is left only on request."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from wizard.chain.tidy import Cleaning, insist
from wizard.clouds.errors import CloudError
from wizard.commands.interrupts import Interrupts
from wizard.language import speaking

WHAT = "one-off job wif-wizard-probe-1"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def cleaning(monkeypatch: pytest.MonkeyPatch) -> Cleaning:
    made = Cleaning()
    monkeypatch.setattr("wizard.chain.tidy.CLEANING", made)
    return made


def interrupts() -> tuple[Interrupts, list[str], Clock]:
    said: list[str] = []
    clock = Clock()
    return Interrupts(said.append, clock), said, clock


@pytest.mark.usefixtures("cleaning")
def test_thirty_interrupts_in_a_second_are_one() -> None:
    given, said, clock = interrupts()
    with pytest.raises(KeyboardInterrupt):
        given.interrupt()
    for _ in range(29):
        clock.now += 1 / 30
        given.interrupt()
    assert said == []
    clock.now += 1.5
    with pytest.raises(KeyboardInterrupt):
        given.interrupt()


def test_while_something_is_removed_the_second_says_what_would_stay_and_the_third_leaves_it(cleaning: Cleaning) -> None:
    given, said, clock = interrupts()
    with cleaning.of(WHAT):
        given.interrupt()
        assert WHAT in said[0]
        assert "press Ctrl-C again" in said[0]
        clock.now += 2
        with pytest.raises(KeyboardInterrupt):
            given.interrupt()
    assert said[1].strip().startswith(f"The wizard did not remove the {WHAT}.")
    assert cleaning.removing == []
    clock.now += 2
    with pytest.raises(KeyboardInterrupt):
        given.interrupt()
    assert len(said) == 2


def test_two_things_that_are_removed_are_joined_as_the_language_does(cleaning: Cleaning) -> None:
    given, said, _clock = interrupts()
    with speaking("ja"), cleaning.of("一時ジョブ a"), cleaning.of("一時ジョブ b"):
        given.interrupt()
    assert said[0].strip().startswith("一時ジョブ a と一時ジョブ b を削除しています。")


def test_a_removal_is_repeated_after_a_refusal_and_ends_with_the_last_one(cleaning: Cleaning) -> None:
    refusal = CloudError("batch", "terminate_job", 500, "Internal", "try again")
    refusals = [refusal, refusal]
    pauses: list[float] = []

    def remove() -> None:
        assert cleaning.removing == [WHAT]
        if refusals:
            raise refusals.pop()

    insist(remove, pauses.append, WHAT)
    assert len(pauses) == 2
    refusals[:] = [refusal] * 4
    with pytest.raises(CloudError):
        insist(remove, pauses.append, WHAT)
    assert cleaning.removing == []


PROGRAM = """
import sys, time
from wizard.chain.tidy import insist
from wizard.commands.interrupts import Interrupts

Interrupts(lambda text: print(text.strip(), flush=True)).install()
def remove():
    print("removing", flush=True)
    time.sleep(float(sys.argv[1]))
try:
    print("working", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    insist(remove, time.sleep, "one-off job x")
    print("removed", flush=True)
    raise SystemExit(130)
"""


def run(seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_a_held_key_and_a_lost_terminal_clean_up_like_one_interrupt(number: signal.Signals) -> None:
    with run(0.3) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "working\n"
            for _ in range(30):
                if process.poll() is None:
                    process.send_signal(number)
                time.sleep(0.01)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (out, err) == ("removing\nremoved\n", "")
    assert process.returncode in (130, -number), "a signal can still come when Python has ended its handlers"


def test_the_third_interrupt_leaves_what_is_being_removed() -> None:
    with run(30) as process:
        assert process.stdout is not None
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()))
        try:
            assert process.stdout.readline() == "working\n"
            reader.start()
            for _ in range(3):
                process.send_signal(signal.SIGINT)
                time.sleep(1.3)
            process.wait(timeout=30)
        finally:
            process.kill()
        reader.join()
    assert lines[0] == "removing\n"
    assert lines[1].startswith("The wizard is removing the one-off job x.")
    assert lines[2].startswith("The wizard did not remove the one-off job x.")
    assert "removed\n" not in lines
