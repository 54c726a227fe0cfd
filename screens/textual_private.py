"""The only module that uses Textual beyond its documented API.

A release of Textual may change any of it without notice. Each function and class here therefore says what it relies
on, and a test fails when that changes: in tests/screens/test_driver.py for the driver, in test_textual_private.py
beside it for the rest.
"""

from __future__ import annotations

import asyncio
import os
from codecs import getincrementaldecoder
from collections.abc import Iterable
from pathlib import Path
from selectors import EVENT_READ, SelectSelector
from time import monotonic
from typing import Any

import rich.text
import textual.content
from rich._wrap import divide_line
from rich.text import Text
from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.css.styles import RulesMap
from textual.dom import DOMNode
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import ModalScreen, ScreenResultType
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

from wizard import columns
from wizard.outside.text import visible

ESCAPE = "\x1b"
STILL = 0.5
"""Seconds for which a modal screen shows the page behind it as it was."""
PAUSE = 0.1
"""Longest time in seconds between two checks whether the app has ended."""


class TerminalDriver(LinuxDriver):
    """Textual's driver for terminals, with shorter waits: for Esc alone, and when the app ends.

    Textual's own loop checks every 0.1 s whether Esc is a key or begins a sequence; this one checks when that is known.
    Relies on: `LinuxDriver` runs `run_input_thread` in a thread of its own, and has `_debug`, `fileno`, `exit_event`
    and `process_message`; `XTermParser` turns text into messages (`feed`), and an Esc that nothing followed for
    `ESCAPE_DELAY` seconds into a key (`tick`).
    """

    def run_input_thread(self) -> None:
        """Read what is typed until the app ends."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")().decode
        pause = PAUSE
        with SelectSelector() as selector:
            selector.register(self.fileno, EVENT_READ)
            while not self.exit_event.is_set():
                ready = selector.select(pause)
                pause = PAUSE
                if ready:
                    typed = decode(os.read(self.fileno, 4096))
                    if not typed:
                        break
                    for message in parser.feed(typed):
                        self.process_message(message)
                    if typed.endswith(ESCAPE):
                        pause = constants.ESCAPE_DELAY
                for message in parser.tick():
                    self.process_message(message)


def faster_driver(driver: type[Driver]) -> type[Driver]:
    """Return the driver to use instead of the one that Textual chose: TerminalDriver in a terminal, else the same.

    Relies on: Textual chooses `LinuxDriver` in a terminal.
    """
    return TerminalDriver if driver is LinuxDriver else driver


class HookedApp(App[int]):
    """An app whose subclasses decide when a key is dispatched, and what an unhandled error prints."""

    async def take_key(self, key: events.Key) -> None:
        """Called once for each key pressed. Override it to call `dispatch_key` later."""
        await self.dispatch_key(key)

    async def dispatch_key(self, key: events.Key) -> None:
        """Let Textual handle a key now: priority bindings first, then the focused widget, then other bindings."""
        await super().on_event(key)

    async def on_event(self, event: events.Event) -> None:
        """Relies on: all keys reach the app here first; a forwarded one comes back from a widget, for bindings."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self.take_key(event)
        else:
            await super().on_event(event)

    def crash_report(self, error: Exception) -> str:
        """Return the text to print after the terminal is restored. Called for the first unhandled error only."""
        return str(error)

    def crash(self, error: Exception) -> None:
        """End the app as an unhandled error in a message handler does."""
        self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """Print the crash report where Textual would print a traceback with local variables, which may be secret.

        Relies on: Textual calls this for every unhandled error; `_return_code` is what `return_code` returns; tests
        raise `_exception` when `_exception_event` is set.
        """
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self.panic(Text(self.crash_report(error)))
            self._exception_event.set()


def show_control_characters() -> None:
    """Make control characters visible in every text of a widget, where Textual and Rich would drop or send them.

    Relies on: the texts of widgets pass `_strip_control_codes` of textual.content, and those that Rich draws pass
    `strip_control_codes` of rich.text.
    """
    modules: list[tuple[Any, str]] = [(textual.content, "_strip_control_codes"), (rich.text, "strip_control_codes")]
    for module, name in modules:
        assert hasattr(module, name)
        setattr(module, name, visible)


def wrap_wide_characters() -> None:
    """Wrap a text that has characters of two columns between any two of them, as Japanese is wrapped.

    Textual breaks lines at blanks only, of which Japanese has few.
    Relies on: textual.content wraps each line of a text at the indices that its `divide_line` returns.
    """
    assert hasattr(textual.content, "divide_line")
    setattr(textual.content, "divide_line", _breaks)  # noqa: B010 (it is no public name of the module)


def _breaks(text: str, width: int, fold: bool = True) -> list[int]:
    if not fold or columns.cells(text) == len(text):
        return divide_line(text, width, fold=fold)
    return columns.breaks(text, width)


def is_busy(nodes: Iterable[DOMNode]) -> bool:
    """Return whether any of the nodes has messages that it has not handled yet.

    Relies on: `message_queue_size` counts a node's messages until it takes them up.
    """
    return any(node.message_queue_size for node in nodes)


async def wait_until_handled(node: DOMNode) -> None:
    """Wait until a node has handled all messages that it has now. Returns at once if the node is closed.

    Relies on: `call_later` puts its callback behind the messages in the node's queue, and answers False if the node
    is closed.
    """
    reached = asyncio.Event()
    if node.call_later(reached.set):
        await reached.wait()


def is_text(app: App[Any], key: events.Key) -> bool:
    """Return whether the focused widget takes the key as text.

    Relies on: `check_consume_key` of an input answers True for what can be typed into it, and False for other keys.
    """
    return app.focused is not None and app.focused.check_consume_key(key.key, key.character)


def start_with_theme(app: App[Any], theme: str) -> None:
    """Use a registered theme from the first frame on. Call this in the app's constructor.

    Assigning `app.theme` there would make Textual read all styles twice.
    Relies on: `set_reactive` sets `theme` without its watcher, which leaves only the stylesheet's variables to set.
    """
    app.set_reactive(App.theme, theme)
    app.stylesheet.set_variables(app.get_css_variables())


class StillBehind(ModalScreen[ScreenResultType]):
    """A modal screen that draws the dimmed page behind it at most twice a second.

    Textual draws the page again each time that something on the modal screen changes.
    Relies on: `_render` returns a visual of what is behind the screen, and `render_strips` draws it.
    """

    _behind: Still | None = None

    def _render(self) -> Visual:
        """Return the page behind the screen as it was a moment ago."""
        if self._behind is None or monotonic() - self._behind.made > STILL:
            self._behind = Still(super()._render())
        return self._behind


class Still(Visual):
    """A visual that is drawn once for each size."""

    def __init__(self, visual: Visual) -> None:
        self.made = monotonic()
        self._visual = visual
        self._drawn: dict[tuple[int, int | None], list[Strip]] = {}

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return what was drawn."""
        if (width, height) not in self._drawn:
            self._drawn[width, height] = self._visual.render_strips(width, height, style, options)
        return list(self._drawn[width, height])

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the width of the visual."""
        return self._visual.get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the height of the visual."""
        return self._visual.get_height(rules, width)


def add_styles(app: App[Any], files: Iterable[Path]) -> None:
    """Read style files while the app runs, except those that it has read; widgets mounted from now on have them.

    Relies on: `app.stylesheet` knows a file by its path and an empty class variable (`has_source`), and reads and
    parses files on demand (`read_all`, `parse`).
    """
    new = [file for file in files if not app.stylesheet.has_source(str(file))]
    if new:
        app.stylesheet.read_all(new)
        app.stylesheet.parse()
