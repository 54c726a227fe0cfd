"""Bringing one change about: look again, write, wait, and believe only what reads back."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from wizard.engine.events import Event, Kind
from wizard.engine.journal import Journal
from wizard.engine.patience import Patience, Time
from wizard.engine.resource import Change, Clouds, Operation, Refused, State, is_deleted
from wizard.engine.stale import renewed

T = TypeVar("T")
Lacking: TypeAlias = Callable[[State | None], str | None]
"""What a state still lacks, as words; `None` if nothing."""

DONE = {"create": "created", "update": "updated", "undelete": "undeleted"}


class Overdue(Refused):
    """What was waited for did not come in time; it may still come."""


class LeftRunning(Refused):
    """A stop was asked for while a long operation ran: the cloud goes on with it."""


@dataclass
class Performer:
    """One change on its way; setting `stop` leaves a long operation to its cloud."""

    change: Change
    clouds: Clouds
    journal: Journal
    run: str
    time: Time
    on_event: Callable[[Event], None]
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.resource = self.change.resource
        self._started: float | None = None
        self._said = ""

    def tell(self, kind: Kind, text: str) -> None:
        """Report an event; the same words twice in a row are said once."""
        if (said := f"{kind} {text}") != self._said:
            self._said = said
            elapsed = 0.0 if self._started is None else self.time.clock() - self._started
            self.on_event(Event(kind, self.change, text, elapsed))

    def perform(self) -> None:
        """Make it so, and tell how it went; raises `Refused` (after telling) when it is not so in the end.

        Raises `LeftRunning` where that is not known, as a stop was asked for.
        """
        self._started = self.time.clock()
        self.tell("started", self.change.action)
        try:
            done = self._bring_about()
        except LeftRunning as left:
            self.tell("skipped", left.message)
            raise
        except Refused as error:
            self.tell("failed", error.message)
            raise
        self.tell("done", " and ".join(done) or "in place already")

    def _bring_about(self) -> list[str]:
        """Write until what is wanted is so: once, except after an undelete, or when another run came first."""
        done: list[str] = []
        clashes = self._patience()
        while (change := self._look_again()).action != "none":
            if not self._write(change, clashes):
                continue
            done.append(DONE[change.action])
            if change.action != "undelete":
                break
        return done

    def _look_again(self) -> Change:
        """The change as it is now; raises `StalePlan`."""
        return renewed(self.change, self._patiently(lambda: self.resource.read(self.clouds), self._only_late))

    def _write(self, change: Change, clashes: Patience) -> bool:
        """Write and see it hold; False if another run came first, once there is something to be read again."""
        ordinal = self.journal.before_write(self.run, change)
        try:
            operation = self._send(change)
            if operation is not None:
                self.journal.operation(self.run, ordinal, operation.name)
                self._follow(operation)
        except Refused as error:
            # After a transient refusal nobody knows whether it was written.
            self.journal.after_write(self.run, ordinal, "started" if error.transient else "failed", error.message)
            if not (self.resource.moved(error) and self._settling(error.message, clashes)):
                raise
            if change.action == "create":
                self._settle(_lacks_presence)
            return False
        self.journal.after_write(self.run, ordinal, "done")
        try:
            self._settle(_lacks_life if change.action == "undelete" else self._lacks)
        except Refused as error:
            self.journal.after_write(self.run, ordinal, "done", error.message)
            raise
        return True

    def _send(self, change: Change) -> Operation | None:
        """The write itself, made again while it is refused only because what it needs is not visible yet."""
        if change.action == "create":
            return self._patiently(lambda: self.resource.create(self.clouds), self.resource.not_yet)
        return self._patiently(lambda: self.resource.update(self.clouds, change), self.resource.not_yet)

    def _patiently(self, call: Callable[[], T], late: Callable[[Refused], bool]) -> T:
        """Call until it is not refused for being too early any more; then its answer, or its other refusal, counts."""
        patience = self._patience()
        while True:
            try:
                return call()
            except Refused as error:
                if not (late(error) and self._settling(_not_visible(error), patience)):
                    raise

    def _follow(self, operation: Operation) -> None:
        """Poll until the operation is done."""
        patience = Patience(self.time, operation.deadline)
        while not operation.poll():
            self.tell("progress", operation.progress() or operation.name)
            if operation.long and self.stop.is_set():
                name = operation.name.rpartition("/")[2]
                raise LeftRunning(f"stopped waiting: {name} goes on by itself", transient=True)
            if not patience.wait():
                raise Overdue(f"{operation.name} is not done after {operation.deadline:.0f} s", transient=True)

    def _settle(self, lacking: Lacking) -> None:
        """Read until nothing is lacking, several times in a row if the kind asks for it."""
        patience, reads, good = self._patience(), self.resource.steady_reads, 0
        while True:
            wanted = self._read_for(lacking)
            good = 0 if wanted else good + 1
            if good == reads:
                return
            if good:
                patience.quicken()
            text = wanted or f"at {good} of {reads} steady reads"
            if not self._settling(text, patience):
                raise Overdue(f"after {self.resource.deadline:.0f} s still {text}")

    def _read_for(self, lacking: Lacking) -> str | None:
        try:
            return lacking(self.resource.read(self.clouds))
        except Refused as error:
            if not self._only_late(error):
                raise
            return _not_visible(error)

    def _only_late(self, error: Refused) -> bool:
        return self.resource.not_yet(error) or self.resource.unreadable(error) is not None

    def _settling(self, text: str, patience: Patience) -> bool:
        """Say what is waited for, and wait a little; False when the time is up."""
        self.tell("settling", text)
        return patience.wait()

    def _patience(self) -> Patience:
        return Patience(self.time, self.resource.deadline)

    def _lacks(self, state: State | None) -> str | None:
        now = Change(self.resource, state, self.change.after)
        if now.action == "update":
            return f"waiting for {', '.join(field.key for field in now.fields)} to read as written"
        return _lacks_life(state)


def _not_visible(error: Refused) -> str:
    return f"not visible yet: {error.message}"


def _lacks_presence(state: State | None) -> str | None:
    return "waiting for it to appear" if state is None else None


def _lacks_life(state: State | None) -> str | None:
    if state is not None and is_deleted(state):
        return "waiting for it to be undeleted"
    return _lacks_presence(state)
