"""The progress of more changes than can have a row each: those that run, and a list of all others that opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.widgets.disclosure import Disclosure
from wizard.language import _

if TYPE_CHECKING:
    from screens.widgets.event_rows import ChangeProgress

MOST = 40
"""Largest number of changes that have a row each: more rows would make every key slow."""


class EventCrowd(Vertical):
    """Shows all changes in a few widgets, however many changes there are."""

    def compose(self) -> ComposeResult:
        """Yield the running changes, and the list of the others, closed."""
        yield Static("", classes="crowd--running", markup=False)
        yield Disclosure(_("All other changes"), " ", classes="crowd--others")

    def show(self, changes: Sequence[ChangeProgress]) -> None:
        """Show this progress. The list of the others is made only while it is open."""
        if not self.is_mounted:
            return
        running = self.query_one(".crowd--running", Static)
        lines = [_line(change) for change in changes if change.is_running]
        running.update(Content("\n").join(lines))
        running.display = bool(lines)
        others = self.query_one(Disclosure)
        if others.is_open:
            text = Content("\n").join(_line(change) for change in changes if not change.is_running)
            others.set_texts(Content(_("All other changes")), text or Content(" "))


def _line(change: ChangeProgress) -> Content:
    return Content.assemble(change.lead, change.head)
