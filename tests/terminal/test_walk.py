"""The whole walk in a real terminal: from welcome to a passed token test, on the sandbox cloud."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.in_full import first
from tests.terminal.terminal import Terminal

DEMO = [sys.executable, "-m", "wizard", "demo"]
SIZES = [pytest.param(80, 24, id="80x24"), pytest.param(120, 40, id="120x40")]
Open = Callable[..., Terminal]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open the demo in a terminal of a size, with more variables if wanted."""

    @contextmanager
    def kept(terminals: list[Terminal]) -> Iterator[None]:
        try:
            yield
        finally:
            for terminal in terminals:
                terminal.__exit__(None, None, None)

    terminals: list[Terminal] = []

    def open_(width: int, height: int, environ: Mapping[str, str] | None = None) -> Terminal:
        terminal = Terminal(DEMO, width, height, environ or {}, tmp_path).__enter__()
        terminals.append(terminal)
        terminal.wait_for("rds-to-bigquery in", "^q Quit")  # the setup file was found and read
        return terminal

    with kept(terminals):
        yield open_


STORY = (
    "Where does your workload run?",
    "Which Google Cloud project do you work in?",
    "Which AWS identities can get a Google token?",
    "Which Google Cloud product does your workload use?",
)
"""The first question of each page before Review."""


def _to_review(terminal: Terminal, forward: Callable[[], None]) -> None:
    for question in STORY:
        forward()
        terminal.wait_for(question)
    forward()
    terminal.wait_for("4 to create, 2 to change", "+ create")


def _to_the_end(terminal: Terminal, forward: Callable[[], None]) -> None:
    forward()
    terminal.wait_for("Everything is in place")
    forward()
    terminal.wait_for("Files to use")
    forward()
    terminal.wait_for("Run the live test", "t Test")
    terminal.keys("t")
    terminal.wait_for("Start a one-off job for this test?")
    terminal.keys("Tab", "Enter")
    terminal.wait_for("The live test passed")


@pytest.mark.parametrize(("width", "height"), first(1, SIZES))
def test_the_whole_walk_by_keyboard_alone(opened: Open, width: int, height: int) -> None:
    terminal = opened(width, height)
    _to_review(terminal, lambda: terminal.keys("F8"))
    _to_the_end(terminal, lambda: terminal.keys("F8"))
    terminal.keys("C-q")
    assert terminal.exit_code() == 0
    assert "in your own accounts" in terminal.screen()


def test_the_whole_walk_by_mouse(opened: Open) -> None:
    terminal = opened(120, 40)
    _to_review(terminal, lambda: terminal.click_on("   Next "))
    terminal.click_on("   Apply ")
    terminal.wait_for("Everything is in place")
    terminal.click_on("   Next ")
    terminal.wait_for("Files to use")
    terminal.click_on("   Next ")
    terminal.wait_for("Run the live test", "t Test")
    terminal.click_on("   Test ")
    terminal.wait_for("Start a one-off job for this test?")
    terminal.click_on(" Start and remove")
    terminal.wait_for("The live test passed")


def test_without_colour_every_state_is_still_said(opened: Open) -> None:
    terminal = opened(80, 24, {"NO_COLOR": "1"})
    _to_review(terminal, lambda: terminal.keys("F8"))
    assert "+ create" in terminal.screen()
    _to_the_end(terminal, lambda: terminal.keys("F8"))


def test_a_tiny_terminal_and_resizing_in_the_middle_do_not_crash(opened: Open) -> None:
    terminal = opened(120, 40)
    for width, height in ((40, 12), (80, 24), (40, 12), (120, 40)):
        terminal.resize(width, height)
        terminal.wait_for("wif-wizard", "─" * width, without="─" * (width + 1))  # drawn anew, as wide as it is now
    _to_review(terminal, lambda: terminal.keys("F8"))
    terminal.resize(40, 12)
    terminal.wait_for("wif-wizard", "─" * 40, without="─" * 41)
    terminal.keys("F8")
    terminal.resize(80, 24)
    terminal.wait_for("Everything is in place")
    terminal.keys("C-q")
    assert terminal.exit_code() == 0
