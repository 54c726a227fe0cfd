"""The row under a page: the button that goes forward, and what is missing before it can."""

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

from screens.widgets.static_text import set_text
from wizard.language import _


class Forward(Widget, can_focus=True):
    """A button with few styles: reading those of Textual's Button takes a good part of the first frame's time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "forward", "Go", id="forward.press", tooltip="Go to the next page", show=False)
    ]
    label: reactive[str] = reactive("Next", layout=True)

    class Pressed(Message):
        """The button was pressed."""

    def render(self) -> VisualType:
        """Return the label."""
        return Content(self.label)

    def action_forward(self) -> None:
        """Post Pressed."""
        self.post_message(self.Pressed())

    def on_click(self, event: events.Click) -> None:
        """Post Pressed."""
        event.stop()
        self.action_forward()


class ActionBar(Horizontal):
    """One button, which is always enabled, and room for an explanation."""

    explains = False
    """Whether an explanation is shown."""

    def compose(self) -> ComposeResult:
        """Yield the button and the explanation."""
        button = Forward(id="next")
        button.tooltip = _("Go to the next page (F8)")
        yield button
        yield Static("", id="missing", markup=False)

    @property
    def forward(self) -> str:
        """The label of the button; empty if there is no next page."""
        return self.query_one(Forward).label

    def offer(self, label: str) -> None:
        """Set the label of the button, which the footer shows for F8 too. An empty label hides the button."""
        button = self.query_one(Forward)
        button.label = label
        button.display = bool(label)
        self.screen.refresh_bindings()

    def explain(self, problems: Sequence[str]) -> None:
        """Show the first of these problems, and how many there are. An empty list clears the explanation."""
        first = problems[0] if problems else ""
        count = _("(1 of {count})").format(count=len(problems)) + " " if len(problems) > 1 else ""
        self.explains = bool(problems)
        set_text(self.query_one("#missing", Static), f"{count}{first}")
