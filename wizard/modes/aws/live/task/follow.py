"""Follow a one-off workload from its start to its end, and remove it in any case."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from wizard.chain import tidy
from wizard.chain.hop import Refusal
from wizard.chain.slots import Stopped
from wizard.clouds.errors import CloudError
from wizard.engine.journal import Journal
from wizard.engine.patience import Patience, Time
from wizard.language import _, translated
from wizard.modes.aws.live.task import removal
from wizard.modes.aws.live.task.logs import LogReader
from wizard.modes.aws.live.task.wanted import OneOff, Seen
from wizard.phrases import named
from wizard.resources.trust_quota import AwsCalls

START = 900.0
"""Seconds to wait for a place to run: a compute environment on EC2 may have to start an instance first."""
_LATE_LOG = 30.0
"""Seconds to wait for the last lines of a container that has ended."""


class Left(tidy.LeftBehind):
    """Something of the one-off workload could not be removed. The next command tries it again."""

    def __init__(self, kind: str, name: str, error: CloudError) -> None:
        """Take what it is, its name, and the error of the last attempt to remove it."""
        super().__init__(
            _(
                "the wizard could not remove the {kind} {name} ({reason}: {message}). The next wif-wizard command for "
                "this account tries again. In any case, the {kind} ends after a few minutes"
            ).format(kind=kind, name=name, reason=error.reason, message=error.message)
        )


@dataclass(frozen=True)
class End:
    """How a one-off workload ended. `refusal`: why it did not run its program to the end; None if it did.

    `started` tells whether its program printed anything. `other` are the last lines that are not of the probe.
    """

    started: bool
    refusal: Refusal | None = None
    other: tuple[str, ...] = ()
    exit_code: int | None = None

    @property
    def cannot_assume(self) -> bool:
        """Whether it did not run because ECS could not assume a role."""
        return self.refusal is not None and "unable to assume the role" in self.refusal.message


@dataclass
class Followed:
    """One run. `on_line` gets each line of the probe; `is_complete` tells whether its last line was among them.

    `seconds`: for how long the program can run.
    """

    aws: AwsCalls
    one_off: OneOff
    seconds: float
    on_line: Callable[[str], None]
    on_waiting: Callable[[str], None]
    is_complete: Callable[[], bool]
    journal: Journal
    stop: threading.Event | None = None
    time: Time = field(default_factory=Time)
    stream: tuple[str, str] | None = None
    """The log group and the log stream of its container, once known."""
    _reported: str = ""

    def run(self) -> End:
        """Start it, follow it to its end, and remove it.

        Raises CloudError if it cannot be started or followed, Stopped once `stop` is set, Left if it cannot be
        removed, JournalError, and what the callbacks raise.
        """
        record = self.journal.remember(self.one_off.kind, self.one_off.name, self.one_off.place())
        try:
            self.one_off.start()
            return self._follow()
        finally:
            self._remove(record)

    def _remove(self, record: str) -> None:
        what = named(self.one_off.kind, self.one_off.name)
        try:
            removal.but_for_logs(lambda: tidy.insist(self.one_off.remove, self.time.pause, what))
        except CloudError as error:
            self.journal.release(record)
            raise Left(translated(self.one_off.kind), self.one_off.name, error) from error
        self.journal.forget(record)

    def _follow(self) -> End:
        reader = LogReader(self.aws, self.on_line)
        patience = Patience(self.time, START)
        running_since: float | None = None
        while True:
            if self.stop is not None and self.stop.is_set():
                raise Stopped
            seen = self._look()
            if seen.stream:
                if running_since is None:
                    running_since, patience = self.time.clock(), Patience(self.time, self.seconds)
                self.stream = seen.stream
                reader.read(seen.stream)
            if not reader.count:
                self._report(seen.words)
            if seen.ended:
                return self._ended(seen, reader)
            if not patience.wait():
                return self._end(replace(seen, refusal=self._late(seen, running_since is not None)), reader)

    def _look(self) -> Seen:
        while True:
            try:
                return self.one_off.look()
            except CloudError as error:
                if not error.transient:
                    raise
                self.time.pause(1.0)

    def _late(self, seen: Seen, was_running: bool) -> Refusal:
        if was_running:
            return Refusal("Late", f"the {self.one_off.kind} did not end within {self.seconds:.0f} s")
        return Refusal("NotStarted", f"the {self.one_off.kind} did not start within {START:.0f} s: {seen.words}")

    def _ended(self, seen: Seen, reader: LogReader) -> End:
        """Read the last lines, which CloudWatch Logs gets a moment after the container ended."""
        if seen.stream and not seen.refusal:
            patience = Patience(self.time, _LATE_LOG)
            while not self.is_complete() and patience.wait():
                reader.read(seen.stream)
        return self._end(seen, reader)

    def _end(self, seen: Seen, reader: LogReader) -> End:
        return End(reader.count > 0, seen.refusal, tuple(reader.other), seen.exit_code)

    def _report(self, text: str) -> None:
        if text != self._reported:
            self._reported = text
            self.on_waiting(text)
