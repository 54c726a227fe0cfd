"""The terminal's driver: what is typed arrives whole, in order, and Esc without its long wait."""

import os
import sys
from pathlib import Path

from tests.bench.pseudo_terminal import PseudoTerminal

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
