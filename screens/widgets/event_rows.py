"""The progress of applying a plan, one row for each change: its state, its time, and what it waits for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer

from screens.error_text import ErrorText
from screens.widgets.chain_drawing import duration
from screens.widgets.dialogs import TextDialog
from screens.widgets.disclosure import Disclosure
from screens.widgets.error_panel import labelled_parts
from screens.widgets.event_crowd import MOST, EventCrowd
from wizard.columns import left
from wizard.language import N_, _, translated
from wizard.outside.text import one_line

if TYPE_CHECKING:
    from wizard.engine.events import Event
    from wizard.engine.resource import Change

TICK = 0.2
"""Seconds between two updates of the times shown."""

_GLYPHS = {"waiting": "·", "started": "…", "progress": "…", "settling": "…", "done": "✓", "failed": "✗", "skipped": "·"}
_WORDS = {
    "waiting": "waiting",
    "started": "working",
    "progress": "working",
    "settling": "settling",
    "done": "done",
    "failed": "failed",
    "skipped": "skipped",
}
COUNTED = {
    "failed": N_("{count} failed"),
    "running": N_("{count} running"),
    "waiting": N_("{count} waiting"),
    "left running": N_("{count} still running in the cloud"),
    "not started": N_("{count} not started"),
}
"""The states of `EventRows.counts` other than done, and how many changes are in them."""
_STYLES = {
    "waiting": "$text-muted",
    "started": "$text-accent",
    "progress": "$text-accent",
    "settling": "$text-warning",
    "done": "$text-success",
    "failed": "bold $text-error",
    "skipped": "$text-muted",
}
RUNNING = frozenset({"started", "progress", "settling"})
_STARTED = {"create": "creating", "update": "changing", "undelete": "undeleting", "delete": "deleting"}


@dataclass
class ChangeProgress:
    """The progress of one change. `elapsed` is in seconds, as reported when `clock` read `reported`."""

    change: Change
    clock: Callable[[], float] = time.monotonic
    kind: str = "waiting"
    text: str = ""
    elapsed: float = 0.0
    reported: float = 0.0
    started: bool = False

    def hear(self, event: Event) -> None:
        """Update the progress from an event of this change."""
        self.kind, self.elapsed, self.reported = event.kind, event.elapsed, self.clock()
        self.started = self.started or event.kind in RUNNING
        if event.kind == "started":
            self.text = _(_STARTED[event.text]) if event.text in _STARTED else event.text
        else:
            self.text = one_line(event.text)

    @property
    def seconds(self) -> float:
        """The time that the change has taken so far, in seconds."""
        return self.elapsed + (self.clock() - self.reported if self.kind in RUNNING else 0.0)

    @property
    def is_running(self) -> bool:
        """Whether the change runs now, also without the wizard."""
        return self.kind in RUNNING or self.left

    @property
    def left(self) -> bool:
        """Whether the cloud continues the change, and the wizard no longer waits for it."""
        return self.started and self.kind == "skipped"

    @property
    def lead(self) -> Content:
        """The glyph, the state and the time."""
        if self.left:
            return Content.styled(f"{_GLYPHS['progress']} {left(_('continues'), 15)}  ", _STYLES["progress"])
        passed = duration(self.seconds) if self.kind in RUNNING | {"done", "failed"} else ""
        state = f"{_GLYPHS[self.kind]} {left(_(_WORDS[self.kind]), 8)}{passed:>7}  "
        return Content.styled(state, _STYLES[self.kind])

    @property
    def head(self) -> Content:
        """The resource, and on the next line what the change waits for."""
        from wizard.work.planning import label

        waits_for = f"\n{self.text}" if self.text and self.kind not in ("done", "failed") else ""
        return Content.assemble(
            f"{translated(self.change.resource.kind)} ",
            (label(self.change), "bold"),
            (f" {self.text}" if self.kind == "done" else waits_for, "$text-muted"),
        )


class EventRow(Disclosure):
    """Shows one change; if it failed, its body has the error."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "raw", "Raw", id="event.raw", tooltip="Show the full error"),
    ]

    def __init__(self, progress: ChangeProgress) -> None:
        super().__init__(progress.head, lead=progress.lead, classes="event")
        self.error: ErrorText | None = None

    def show(self, progress: ChangeProgress) -> None:
        """Show this progress."""
        body = labelled_parts(self.error) if self.error else Content("")
        copies = f"{progress.head.plain}\n{self.error.text}" if self.error else ""
        self.set_texts(progress.head, body, lead=progress.lead, copies=copies)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the raw error only if the change failed."""
        return super().check_action(action, parameters) if action != "raw" else self.error is not None

    def action_raw(self) -> None:
        """Show the raw error."""
        if self.error:
            self.app.push_screen(TextDialog(_("Full error"), self.error.raw))


class EventRows(Vertical):
    """One row for each change of a plan, or a crowd without rows. Several changes may run at the same time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, id: str | None = None) -> None:
        """`clock` returns seconds."""
        super().__init__(id=id)
        self._clock = clock
        self._progress: dict[tuple[str, str], ChangeProgress] = {}
        self._rows: dict[tuple[str, str], EventRow] = {}
        self._crowd: EventCrowd | None = None
        self._timer: Timer | None = None

    def show(self, changes: Sequence[Change]) -> None:
        """Show these changes, all waiting."""
        self.remove_children()
        self._progress = {change.resource.identity: ChangeProgress(change, self._clock) for change in changes}
        self._rows, self._crowd = {}, None
        if len(changes) > MOST:
            self._crowd = EventCrowd()
            self.mount(self._crowd)
        else:
            self.mount_all([self.row(change) for change in changes])

    def on_mount(self) -> None:
        """Start to update the times of running changes."""
        self._timer = self.set_interval(TICK, self.tick)

    def tick(self) -> None:
        """Update the times of running changes."""
        if self._crowd:
            self._crowd.show(list(self._progress.values()))
        for identity, row in self._rows.items():
            if self._progress[identity].kind in RUNNING:
                row.show(self._progress[identity])

    def hear(self, event: Event) -> None:
        """Update the row of the event's change. In a crowd, the next tick shows it."""
        identity = event.change.resource.identity
        self._progress[identity].hear(event)
        if identity in self._rows:
            self._rows[identity].show(self._progress[identity])

    def fail(self, change: Change, error: ErrorText) -> None:
        """Show the error in the row of a change that failed, and open the row."""
        row = self.row(change)
        if self._crowd:
            self.mount(row, before=self._crowd)
        row.error = error
        row.show(self._progress[change.resource.identity])
        row.is_open = True

    def row(self, change: Change) -> EventRow:
        """Return the row of a change."""
        identity = change.resource.identity
        if identity not in self._rows:
            self._rows[identity] = EventRow(self._progress[identity])
        return self._rows[identity]

    def left(self) -> list[Change]:
        """Return the changes that the cloud continues, and the wizard no longer waits for."""
        return [progress.change for progress in self._progress.values() if progress.left]

    def counts(self) -> dict[str, int]:
        """Return how many changes are done, failed, running, waiting, left running, and not started."""
        left = len(self.left())
        kinds = [progress.kind for progress in self._progress.values()]
        return {
            "done": kinds.count("done"),
            "failed": kinds.count("failed"),
            "running": sum(kind in RUNNING for kind in kinds),
            "waiting": kinds.count("waiting"),
            "left running": left,
            "not started": kinds.count("skipped") - left,
        }
