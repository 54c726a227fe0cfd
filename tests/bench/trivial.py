"""The smallest Textual app that shows a frame: what the wizard's first frame is measured beside."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Trivial(App[None]):
    """One text."""

    def compose(self) -> ComposeResult:
        """The text that the measurement waits for."""
        yield Static("trivial-frame")


if __name__ == "__main__":
    Trivial().run()
