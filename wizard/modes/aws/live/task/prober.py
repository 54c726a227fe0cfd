"""The probe in a one-off workload: what it prints becomes outcomes and events, like that of the probe here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wizard.chain import carried_probe
from wizard.chain.hop import Hop, Outcome, Progress, Refusal, Waiting, parse_line
from wizard.chain.report import Report
from wizard.chain.slots import Stopped
from wizard.clouds.errors import CloudError
from wizard.engine.journal import Journal
from wizard.engine.patience import Patience, Time
from wizard.language import _, translated
from wizard.modes.aws.live.hops import TASK
from wizard.modes.aws.live.task.follow import End, Followed
from wizard.modes.aws.live.task.wanted import OneOff
from wizard.resources.trust_quota import AwsCalls

SECONDS = 180.0
"""How long the probe may take, in addition to the waiting for recent grants."""

Start = Callable[[list[str], int], OneOff]
"""Prepares a one-off workload for a command that takes at most so many seconds."""

_NEW_ROLE = "{title}: ECS cannot assume the role yet, because the role is new; the test tries again"
_PAUSE = 5.0  # seconds between two attempts

_ENDED = "the program of the {kind} ended unexpectedly (exit code {code}): {words}"


@dataclass(frozen=True)
class TaskProbe:
    """The probe in a one-off workload that `prepare` makes. `needed`: the operator's permissions that it takes.

    `is_settling` tells whether a refusal to assume the role can only mean that the role is new.
    """

    aws: AwsCalls
    prepare: Start
    needed: str
    is_settling: Callable[[], bool]
    journal: Journal
    time: Time = field(default_factory=Time)

    def run(
        self,
        request: Mapping[str, Any],
        hops: tuple[Hop, ...],
        report: Report,
        on_report: Callable[[Outcome | Progress], None],
        stop: threading.Event | None,
    ) -> None:
        """Let the probe take `hops`. Raises CloudError, Stopped, Left, JournalError, and what `on_report` raises."""
        waiting = sum(window["limit"] - window["age"] for window in request["settle"].values())
        seconds = SECONDS + waiting
        while True:
            started = self.time.clock()
            one_off = self.prepare(carried_probe.command(request, int(seconds)), int(seconds))
            end = self._once(one_off, seconds, hops, report, on_report, stop)
            elapsed = self.time.clock() - started
            if end.started or not end.cannot_assume or not self.is_settling():
                self._conclude(end, one_off, hops, report, elapsed)
                return
            on_report(Waiting(TASK, _(_NEW_ROLE).format(title=translated(TASK.title))))
            self._pause(stop)

    def _once(
        self,
        one_off: OneOff,
        seconds: float,
        hops: tuple[Hop, ...],
        report: Report,
        on_report: Callable[[Outcome | Progress], None],
        stop: threading.Event | None,
    ) -> End:
        """Run the one-off workload to its end."""
        started = self.time.clock()

        def on_line(line: str) -> None:
            if report.of(TASK) is None:
                outcome = Outcome.of(TASK, _evidence(one_off, followed.stream))
                report.add(replace(outcome, elapsed=self.time.clock() - started))
            on_report(parse_line(line, hops))

        followed = Followed(
            self.aws,
            one_off,
            seconds,
            on_line,
            lambda text: on_report(Waiting(TASK, f"{TASK.title}: {text}")),
            lambda: not report.missing(hops),
            self.journal,
            stop,
            self.time,
        )
        try:
            return followed.run()
        except CloudError as error:
            raise self._explained(error) from error

    def _pause(self, stop: threading.Event | None) -> None:
        patience = Patience(self.time, _PAUSE)
        while patience.wait():
            if stop is not None and stop.is_set():
                raise Stopped

    def _explained(self, error: CloudError) -> CloudError:
        """Return the error with the permissions that the test takes, if one of them is missing."""
        if error.reason not in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"):
            return error
        return replace(error, hint=self.needed)

    def _conclude(self, end: End, one_off: OneOff, hops: tuple[Hop, ...], report: Report, elapsed: float) -> None:
        """Add what the lines of the probe do not tell: that it never started, or did not come to its end."""
        missing = report.missing(hops)
        if not end.started:
            refusal = end.refusal or self._unexpected(end, one_off)
            outcome = Outcome.of(TASK, [*one_off.evidence(), *end.other], refusal)
            report.add(replace(outcome, elapsed=elapsed))
            report.skip(hops, TASK)
        elif missing:
            refusal = end.refusal or self._unexpected(end, one_off)
            report.add(Outcome.of(missing[0], end.other or (refusal.message,), refusal))
            report.skip(hops, missing[0])

    def _unexpected(self, end: End, one_off: OneOff) -> Refusal:
        words = " ".join(end.other)[-500:] or _("the program printed nothing")
        return Refusal("Ended", _ENDED.format(kind=one_off.kind, code=end.exit_code, words=words))


def _evidence(one_off: OneOff, stream: tuple[str, str] | None) -> list[str]:
    if stream is None:
        return one_off.evidence()
    group, name = stream
    return [
        *one_off.evidence(),
        _("the wizard reads the output from CloudWatch Logs: log group {group}, log stream {name}").format(
            group=group, name=name
        ),
    ]
