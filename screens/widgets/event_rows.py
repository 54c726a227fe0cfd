"""What applying does, one row for each change: its state, how long it has taken, and what it waits for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer

from screens.telling import Told
from screens.widgets.chain_drawing import duration
from screens.widgets.dialogs import TextDialog
from screens.widgets.disclosure import Disclosure
from screens.widgets.trouble import words

if TYPE_CHECKING:
    from wizard.engine.events import Event
    from wizard.engine.resource import Change

TICK = 0.2
"""Seconds between two looks at the clock."""

_GLYPHS = {"waiting": "·", "started": "…", "progress": "…", "settling": "…", "done": "✓", "failed": "✗", "skipped": "·"}
_WORDS = {"started": "working", "progress": "working"}
_STYLES = {
    "waiting": "$text-muted",
    "started": "$text-accent",
    "progress": "$text-accent",
    "settling": "$text-warning",
    "done": "$text-success",
    "failed": "bold $text-error",
    "skipped": "$text-muted",
}
UNDER_WAY = frozenset({"started", "progress", "settling"})
_DOING = {"create": "being created", "update": "being changed", "undelete": "being undeleted"}


@dataclass
class Progress:
    """One change on its way: `elapsed` seconds were told at `told` (of `clock`)."""

    change: Change
    clock: Callable[[], float] = time.monotonic
    kind: str = "waiting"
    text: str = ""
    elapsed: float = 0.0
    told: float = field(default=0.0)
    begun: bool = False

    def hear(self, event: Event) -> None:
        """Take in what happened."""
        self.kind, self.elapsed, self.told = event.kind, event.elapsed, self.clock()
        self.begun = self.begun or event.kind in UNDER_WAY
        self.text = _DOING.get(event.text, event.text) if event.kind == "started" else event.text

    @property
    def seconds(self) -> float:
        """How long it has taken up to now."""
        return self.elapsed + (self.clock() - self.told if self.kind in UNDER_WAY else 0.0)

    @property
    def left(self) -> bool:
        """Whether the cloud goes on with it by itself, and nobody here waits for it."""
        return self.begun and self.kind == "skipped"

    @property
    def lead(self) -> Content:
        """Glyph, state and time."""
        if self.left:
            return Content.styled(f"{_GLYPHS['progress']} {'goes on':<15}  ", _STYLES["progress"])
        passed = duration(self.seconds) if self.kind in UNDER_WAY | {"done", "failed"} else ""
        said = f"{_GLYPHS[self.kind]} {_WORDS.get(self.kind, self.kind):<8}{passed:>7}  "
        return Content.styled(said, _STYLES[self.kind])

    @property
    def head(self) -> Content:
        """What it is about, and in the next line what it waits for."""
        from wizard.work.planning import label

        said = f"\n{self.text}" if self.text and self.kind not in ("done", "failed") else ""
        return Content.assemble(
            f"{self.change.resource.kind} ",
            (label(self.change), "bold"),
            (f" {self.text}" if self.kind == "done" else said, "$text-muted"),
        )


class EventRow(Disclosure):
    """A change on its way; one that failed keeps what the cloud said."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "raw", "Raw", id="event.raw", tooltip="Show everything that the cloud answered"),
    ]

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress.head, lead=progress.lead, classes="event")
        self.told: Told | None = None

    def show(self, progress: Progress) -> None:
        """How far it is now."""
        body = words(self.told) if self.told else Content("")
        copies = f"{progress.head.plain}\n{self.told.text}" if self.told else ""
        self.tell(progress.head, body, lead=progress.lead, copies=copies)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is an answer to show only where something failed."""
        return super().check_action(action, parameters) if action != "raw" else self.told is not None

    def action_raw(self) -> None:
        """Everything that was answered."""
        if self.told:
            self.app.push_screen(TextDialog("The answer as it came", self.told.raw))


class EventRows(Vertical):
    """A row for each change of a plan; those that run at the same time are seen running."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, id: str | None = None) -> None:
        """`clock` gives seconds."""
        super().__init__(id=id)
        self._clock = clock
        self._rows: dict[tuple[str, str], tuple[Progress, EventRow]] = {}
        self._timer: Timer | None = None

    def show(self, changes: Iterable[Change]) -> None:
        """Start with changes that all wait."""
        self.remove_children()
        self._rows = {}
        for change in changes:
            progress = Progress(change, self._clock)
            self._rows[change.resource.identity] = progress, EventRow(progress)
        self.mount_all([row for _, row in self._rows.values()])

    def on_mount(self) -> None:
        """The time of what is under way goes on by itself."""
        self._timer = self.set_interval(TICK, self.tick)

    def tick(self) -> None:
        """Show the time of what is under way."""
        for progress, row in self._rows.values():
            if progress.kind in UNDER_WAY:
                row.show(progress)

    def hear(self, event: Event) -> None:
        """Show what happened to a change."""
        progress, row = self._rows[event.change.resource.identity]
        progress.hear(event)
        row.show(progress)

    def fail(self, change: Change, told: Told) -> None:
        """Open the row of a change that failed, with everything that is known about it."""
        progress, row = self._rows[change.resource.identity]
        row.told = told
        row.show(progress)
        row.is_open = True

    def row(self, change: Change) -> EventRow:
        """The row of a change."""
        return self._rows[change.resource.identity][1]

    def left(self) -> list[Change]:
        """The changes that were begun, and that the cloud goes on with by itself."""
        return [progress.change for progress, _ in self._rows.values() if progress.left]

    def counts(self) -> dict[str, int]:
        """How many are done, failed, under way, waiting, left running, and not begun."""
        left = len(self.left())
        kinds = [progress.kind for progress, _ in self._rows.values()]
        return {
            "done": kinds.count("done"),
            "failed": kinds.count("failed"),
            "under way": sum(kind in UNDER_WAY for kind in kinds),
            "waiting": kinds.count("waiting"),
            "left running": left,
            "not begun": kinds.count("skipped") - left,
        }
