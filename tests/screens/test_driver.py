"""The terminal's driver: what is typed arrives whole, in order, and Esc without its long wait.

The tests with a pipe fail when a release of Textual changes what the driver relies on.
"""

import inspect
import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from screens.textual_private import TerminalDriver, faster_driver
from tests.bench.pseudo_terminal import PseudoTerminal
from tests.screens.driving import parameters

LIMIT = 5
"""Longest time in seconds to wait for what happens at once, unless Textual has changed."""

TYPED = """
from textual.app import App
from textual.widgets import Static
from screens.textual_private import TerminalDriver

class Typed(App):
    keys = ["began"]

    def compose(self):
        yield Static()

    def on_mount(self):
        self.show()

    def on_key(self, event):
        self.keys = [*self.keys, event.key]
        self.show()

    def show(self):
        self.query_one(Static).update("-".join([*self.keys, "end"]))

Typed(driver_class=TerminalDriver).run()
"""


def test_keys_arrive_whole_and_in_order_and_esc_at_once() -> None:
    environ = {**os.environ, "ESCDELAY": "25", "PYTHONPATH": str(Path(__file__).parents[2])}
    with PseudoTerminal([sys.executable, "-c", TYPED], environ) as terminal:
        terminal.wait_for("began-end")
        terminal.send(b"\x1b[19~a\xc3")
        terminal.wait_for("f8-a-end")
        terminal.send(b"\xa9")
        terminal.wait_for("a-é-end")
        terminal.send(b"\x1b")
        terminal.wait_for("é-escape-end")
        terminal.send(b"\x1b\x1bOP")
        terminal.wait_for("escape-escape-f1-end")
        terminal.send(b"\x11")
        terminal.wait_for_exit()


class Typist(TerminalDriver):
    """Collects keys, and ends at "q"."""

    def __init__(self, app: App[None]) -> None:
        super().__init__(app)
        self.keys: list[str] = []

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.Key):
            self.keys.append(message.key)
            if message.key in ("q", "escape"):
                self.exit_event.set()


@pytest.fixture
def typist(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], Typist]]:
    """Make a driver whose terminal is a pipe that has these bytes in it, and stays open."""
    with ExitStack() as pipes:

        def make(typed: bytes) -> Typist:
            reading, writing = os.pipe()
            pipes.callback(os.close, writing)
            terminal = pipes.enter_context(os.fdopen(reading, "rb", buffering=0))
            monkeypatch.setattr("sys.__stdin__", terminal)
            monkeypatch.setattr("sys.__stderr__", io.StringIO())
            os.write(writing, typed)
            driver = Typist(App())
            limit = threading.Timer(LIMIT, driver.exit_event.set)
            limit.start()
            pipes.callback(limit.cancel)
            return driver

        yield make


def test_the_driver_and_its_parser_have_the_parameters_that_ours_passes() -> None:
    assert parameters(LinuxDriver.run_input_thread) == ["self"]
    assert parameters(LinuxDriver.process_message) == ["self", "message"]
    assert parameters(XTermParser) == ["debug"]
    assert parameters(XTermParser.feed) == ["self", "data"]
    assert parameters(XTermParser.tick) == ["self"]


async def test_the_driver_runs_our_loop_as_its_input_thread(typist: Callable[[bytes], Typist]) -> None:
    driver = typist("aé\x1b[19~q".encode())
    driver._run_input_thread()
    assert driver.keys == ["a", "é", "f8", "q"]
    assert "target=self._run_input_thread" in inspect.getsource(LinuxDriver.start_application_mode)


async def test_the_parser_makes_a_key_of_an_escape_that_nothing_follows(typist: Callable[[bytes], Typist]) -> None:
    driver = typist(b"\x1b")
    driver._run_input_thread()
    assert driver.keys == ["escape"]


def test_ours_replaces_the_driver_that_textual_chooses_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.DRIVER", None)
    chosen: type[Driver] = App[None]().get_driver_class()
    assert faster_driver(chosen) is TerminalDriver
    assert faster_driver(HeadlessDriver) is HeadlessDriver
