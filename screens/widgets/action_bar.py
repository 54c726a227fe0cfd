"""The row under a page: going forward, and what is missing for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.visual import VisualType
from textual.widget import Widget
from textual.widgets import Static


class Forward(Widget, can_focus=True):
    """A plain button: the styles of Textual's own take a good part of the first frame's time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "forward", "Go", id="forward.press", tooltip="Go forward", show=False)
    ]
    label: reactive[str] = reactive("Next", layout=True)

    class Pressed(Message):
        """The button was pressed."""

    def render(self) -> VisualType:
        """What it says."""
        return Content(self.label)

    def action_forward(self) -> None:
        """As by mouse."""
        self.post_message(self.Pressed())

    def on_click(self, event: events.Click) -> None:
        """As by key."""
        event.stop()
        self.action_forward()


class ActionBar(Horizontal):
    """One button, always enabled, and room for an explanation."""

    def compose(self) -> ComposeResult:
        """The button, and the explanation beside it."""
        button = Forward(id="next")
        button.tooltip = "Go forward (F8)"
        yield button
        yield Static("", id="missing", markup=False)

    @property
    def forward(self) -> str:
        """What going forward is called now; empty where there is nothing to go to."""
        return self.query_one(Forward).label

    def offer(self, label: str) -> None:
        """What the button says, and the footer beside F8; nothing to say, no button."""
        button = self.query_one(Forward)
        button.label = label
        button.display = bool(label)
        self.screen.refresh_bindings()

    def explain(self, problems: Sequence[str]) -> None:
        """Say what is missing; nothing clears it."""
        first = problems[0] if problems else ""
        count = f"(1 of {len(problems)}) " if len(problems) > 1 else ""
        self.query_one("#missing", Static).update(f"{count}{first}")
