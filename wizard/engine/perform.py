"""Perform one change: read again, write, and wait until the change reads back."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from wizard.engine.events import Event, EventKind
from wizard.engine.journal import Journal
from wizard.engine.patience import Patience, Time
from wizard.engine.resource import Change, Clouds, Operation, Refused, State, is_deleted
from wizard.engine.stale import with_current_state
from wizard.language import N_, _, in_english, translated
from wizard.phrases import all_of

T = TypeVar("T")
Verify: TypeAlias = Callable[[State | None], str | None]
"""Returns what a state still lacks, as a text for the user; `None` if it lacks nothing."""

BeforeWrite: TypeAlias = Callable[[Clouds], AbstractContextManager[Clouds]]
"""Gives clouds that can share reads while the context lasts."""

_LOST = (
    "the wizard got no answer to the write request ({message}), so the wizard reads the resource to check the result"
)

_BESIDE_OTHERS = "{what}. {others}"
"""What happened to a change, and what others changed meanwhile, in sentences of their own."""
_STEADY = "{good} of {reads} consecutive reads succeeded"
_LEFT_RUNNING = "the wizard stopped waiting; the operation {name} continues in the cloud"
_UNFINISHED = "{operation} did not finish within {seconds} s"
_TIMED_OUT = "timed out after {seconds} s: {problem}"
_NOT_VISIBLE = "not visible yet: {reason}"
_NEW_VALUES = "waiting until reads return the new values of {keys}"

REMIND = 9.0
"""Seconds after which a wait for the same thing is reported again."""

DONE_TEXTS = {"create": N_("created"), "update": N_("updated"), "undelete": N_("undeleted"), "delete": N_("deleted")}


class TimedOut(Refused):
    """A wait reached its deadline. The change may still take effect later."""


class LeftRunning(Refused):
    """The user stopped the run during a long operation, which continues in the cloud."""


@dataclass
class Performer:
    """Performs one change. After `stop` is set, a long operation continues in its cloud without being waited for.

    `before_write` gives the clouds for the last read before a write and for the write, which can share that read.
    """

    change: Change
    clouds: Clouds
    journal: Journal
    run: str
    time: Time
    on_event: Callable[[Event], None]
    stop: threading.Event = field(default_factory=threading.Event)
    before_write: BeforeWrite = nullcontext

    def __post_init__(self) -> None:
        self.resource = self.change.resource
        self._started: float | None = None
        self._lost: list[tuple[int, str]] = []
        """The ordinal and the action of each write whose answer was lost."""
        self._last_report, self._last_time = "", 0.0
        self._others: list[str] = []
        """What others changed during the write, one sentence each."""
        self._writing: Clouds = None
        """The clouds of the last read before a write, for the first attempt to write."""
        self._sharing = ExitStack()

    def report(self, kind: EventKind, text: str) -> None:
        """Report an event. One that repeats the event before it is reported only every REMIND seconds."""
        report, now = f"{kind} {text}", self.time.clock()
        if report != self._last_report or now - self._last_time >= REMIND:
            self._last_report, self._last_time = report, now
            elapsed = 0.0 if self._started is None else now - self._started
            self.on_event(Event(kind, self.change, text, elapsed))

    def perform(self) -> bool:
        """Perform the change, and report its progress. Returns False if it was in place already.

        Raises Refused, after reporting it, if the change failed.
        Raises LeftRunning if the user stopped the run during a long operation.
        """
        self._started = self.time.clock()
        self.report("started", self.change.action)
        try:
            done = self._write_until_done()
        except LeftRunning as left:
            self.report("skipped", left.message)
            raise
        except Refused as error:
            self.report("failed", error.message)
            raise
        there = _("already deleted") if is_deleted(self.change.after) else _("already in place")
        self.report("done", _beside_others(all_of(map(translated, done)) or there, self._others))
        return bool(done)

    def _write_until_done(self) -> list[str]:
        """Write once, and again after an undelete or when another run wrote first. Returns what was done, as texts."""
        done: list[str] = []
        clashes = self._patience()
        while (change := self._read_again()).action != "none":
            if not self._write(change, clashes):
                continue
            done.append(DONE_TEXTS[change.action])
            if change.action != "undelete":
                return done
        return done + self._found_in_place()

    def _found_in_place(self) -> list[str]:
        """Record the writes whose answers were lost as done, now that what they wrote reads back. Returns texts."""
        if self._lost:
            self._wait_for(self._verify_values)
        for ordinal, _action in self._lost:
            self.journal.after_write(self.run, ordinal, "done")
        return [DONE_TEXTS[action] for _ordinal, action in self._lost[:1]]

    def _read_again(self) -> Change:
        """Return the change with the current state as its `before`. Raises StalePlan."""

        def read() -> State | None:
            self._sharing.close()
            self._writing = self._sharing.enter_context(self.before_write(self.clouds))
            return self.resource.read(self._writing)

        return with_current_state(self.change, self._retry(read, self._is_not_visible_yet))

    def _write(self, change: Change, clashes: Patience) -> bool:
        """Write, and wait until it reads back. Returns False if only a read can tell what is in place now.

        That is so if another run wrote first, when its write can be read; and if the answer to the write was lost.
        """
        ordinal = self.journal.before_write(self.run, change)
        try:
            operation = self._send(change)
            if operation is not None:
                self.journal.operation(self.run, ordinal, operation.name)
                self._follow(operation)
        except Refused as error:
            # After a transient refusal, and after a lost answer, it is not known whether the cloud wrote it.
            unknown = error.transient or error.lost
            self.journal.after_write(self.run, ordinal, "started" if unknown else "failed", in_english(error.message))
            if error.lost and self._settling(_(_LOST).format(message=error.message), clashes):
                self._lost.append((ordinal, change.action))
                return False
            if change.action == "delete" and self._is_gone():  # another run deleted it first
                return False
            if not (self.resource.moved(error) and self._settling(error.message, clashes)):
                raise
            if change.action == "create":
                self._wait_for(_verify_exists)
            return False
        self.journal.after_write(self.run, ordinal, "done")
        try:
            self._wait_for(_verify_undeleted if change.action == "undelete" else self._verify_values)
        except Refused as error:
            self.journal.after_write(self.run, ordinal, "done", in_english(error.message))
            raise
        self._others = self._changed_meanwhile()
        return True

    def _is_gone(self) -> bool:
        """Return whether the resource that the change deletes does not exist any more."""
        try:
            state = self.resource.read(self.clouds)
        except Refused:
            return False
        return state is None or is_deleted(state)

    def _send(self, change: Change) -> Operation | None:
        """Send the write. Repeats it while the cloud refuses it because what it needs is not visible yet."""

        def send() -> Operation | None:
            clouds, self._writing = self._writing or self.clouds, None
            try:
                if change.action == "create":
                    return self.resource.create(clouds)
                if change.action == "delete":
                    return self.resource.delete(clouds)
                return self.resource.update(clouds, change)
            finally:
                self._sharing.close()

        def not_yet(error: Refused) -> bool:
            return self.resource.not_yet(error) and not (change.action == "delete" and self._is_gone())

        return self._retry(send, not_yet)

    def _retry(self, call: Callable[[], T], not_visible_yet: Callable[[Refused], bool]) -> T:
        """Call until the answer is not such a refusal, or the deadline has passed. Raises the last refusal."""
        patience = self._patience()
        while True:
            try:
                return call()
            except Refused as error:
                if not (not_visible_yet(error) and self._settling(_not_visible(error), patience)):
                    raise

    def _follow(self, operation: Operation) -> None:
        """Poll until the operation is done. Raises TimedOut and LeftRunning."""
        patience = Patience(self.time, operation.deadline)
        while not operation.poll():
            self.report("progress", operation.progress() or operation.name)
            if operation.long and self.stop.is_set():
                name = operation.name.rpartition("/")[2]
                raise LeftRunning(_(_LEFT_RUNNING).format(name=name), transient=True)
            if not patience.wait():
                seconds = round(operation.deadline)
                raise TimedOut(_(_UNFINISHED).format(operation=operation.name, seconds=seconds), transient=True)

    def _wait_for(self, verify: Verify) -> None:
        """Read until `verify` finds nothing missing in `steady_reads` consecutive reads. Raises TimedOut."""
        patience, reads, good = self._patience(), self.resource.steady_reads, 0
        while True:
            missing = self._read_and_verify(verify)
            good = 0 if missing else good + 1
            if good == reads:
                return
            if good:
                patience.quicken()
            text = missing or _(_STEADY).format(good=good, reads=reads)
            if not self._settling(text, patience):
                problem = _(_TIMED_OUT).format(seconds=round(self.resource.deadline), problem=text)
                raise TimedOut(_beside_others(problem, self._changed_meanwhile()))

    def _changed_meanwhile(self) -> list[str]:
        """Return what others changed during the write; nothing if that cannot be read any more."""
        try:
            return self.resource.changed_meanwhile(self.clouds)
        except Refused:
            return []

    def _read_and_verify(self, verify: Verify) -> str | None:
        try:
            return verify(self.resource.read(self.clouds))
        except Refused as error:
            if not self._is_not_visible_yet(error):
                raise
            return _not_visible(error)

    def _is_not_visible_yet(self, error: Refused) -> bool:
        return self.resource.not_yet(error) or self.resource.unreadable(error) is not None

    def _settling(self, text: str, patience: Patience) -> bool:
        """Report what the change waits for, and pause. Returns False after the deadline."""
        self.report("settling", text)
        return patience.wait()

    def _patience(self) -> Patience:
        return Patience(self.time, self.resource.deadline)

    def _verify_values(self, state: State | None) -> str | None:
        now = Change(self.resource, state, self.change.after)
        if is_deleted(self.change.after):
            return _("waiting until the resource is deleted") if now.action == "delete" else None
        if now.action == "update":
            keys = ", ".join(field.key for field in now.fields)
            return _(_NEW_VALUES).format(keys=keys)
        return _verify_undeleted(state)


def _not_visible(error: Refused) -> str:
    return _(_NOT_VISIBLE).format(reason=error.message)


def _beside_others(what: str, others: Sequence[str]) -> str:
    for sentence in others:
        what = _(_BESIDE_OTHERS).format(what=what, others=sentence)
    return what


def _verify_exists(state: State | None) -> str | None:
    return _("waiting until the new resource is visible") if state is None else None


def _verify_undeleted(state: State | None) -> str | None:
    if state is not None and is_deleted(state):
        return _("waiting until the resource is undeleted")
    return _verify_exists(state)
