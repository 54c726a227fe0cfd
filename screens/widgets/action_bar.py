"""The row under a page: going forward, and what is missing for it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static


class ActionBar(Horizontal):
    """One button, always enabled, and room for an explanation."""

    class Forward(Message):
        """The button was pressed."""

    def compose(self) -> ComposeResult:
        """The button, and the explanation beside it."""
        yield Button("Next", id="next", compact=True, tooltip="Go to the next page (F8)")
        yield Static("", id="missing", markup=False)

    def offer(self, label: str) -> None:
        """What the button says; nothing to say, no button."""
        button = self.query_one("#next", Button)
        button.label = Content(label)
        button.display = bool(label)

    def explain(self, problems: Sequence[str]) -> None:
        """Say what is missing; nothing clears it."""
        first = problems[0] if problems else ""
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        self.query_one("#missing", Static).update(f"{first}{more}")

    @on(Button.Pressed, "#next")
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Forward())
