"""Textual's own driver for terminals, with less waiting: for Esc alone, and at the end."""

from __future__ import annotations

import os
from codecs import getincrementaldecoder
from selectors import EVENT_READ, SelectSelector

from textual import constants
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

ESCAPE = "\x1b"
PAUSE = 0.1
"""Seconds between two looks whether the app has ended: what its end waits for at most."""


class TerminalDriver(LinuxDriver):
    """Looks whether Esc was all that came when that is known, not at the next tenth of a second."""

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
