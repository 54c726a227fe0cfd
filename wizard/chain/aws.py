"""The live token test from AWS: runs the probe in a place, computes the principal, ends with the application's way."""

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from wizard.chain import application, child
from wizard.chain.explain import Known, explain
from wizard.chain.facts import AwsTest
from wizard.chain.hop import AWS_HOPS, Hop, Outcome, Refusal, Settling, hop, parse_line
from wizard.chain.places import Place
from wizard.chain.predict import predict

_PROBE = Path(__file__).with_name("probe.py")
_TIMEOUT = 300.0  # seconds, beside the waiting for young grants
_LONGEST_PAUSE = 0.8  # seconds

_MAY_SETTLE = re.compile(r"invalid_target|unauthorized_client|PERMISSION_DENIED|NOT_FOUND|HTTP 40[34]")
"""Refusals, as google-auth words them, that a young grant explains."""


def _nothing(_: object) -> None:
    """Listen to nobody."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Walk:
    """One test under way: `on_outcome` gets each hop as it happens, `on_event` tells of young grants waited for.

    Setting `stop` ends it at once: `run` raises Stopped.
    """

    test: AwsTest
    place: Place
    on_outcome: Callable[[Outcome], None] = _nothing
    on_event: Callable[[Settling], None] = _nothing
    now: Callable[[], datetime] = _utc_now
    pause: Callable[[float], None] = time.sleep
    stop: threading.Event | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    known: Known = field(init=False)

    def __post_init__(self) -> None:
        """Start with what the test itself says."""
        self.known = Known(self.test)

    def run(self) -> list[Outcome]:
        """Take every hop; the outcomes in their order. Nothing is raised for a hop that fails."""
        self._probe()
        failed = [outcome for outcome in self.outcomes if outcome.status == "failed" and outcome.hop.id != "principal"]
        if failed:
            self._deliver(_skipped(application.HOP, failed[0].hop))
        else:
            self._deliver(self._application())
        return self.outcomes

    def _probe(self) -> None:
        settle = self.test.settle(self.now())
        waiting = sum(each["limit"] - each["age"] for each in settle.values())
        request = json.dumps(self.test.probe_request(self.now(), self.place.link_local))
        options = ("-I", "-u")  # nothing but the standard library, lines at once
        ended = child.run(_PROBE, request, self.place.environment, self._line, _TIMEOUT + waiting, options, self.stop)
        reported = {outcome.hop.id for outcome in self.outcomes} | {application.HOP.id}
        missing = [each for each in AWS_HOPS if each.id not in reported]
        if missing:
            reason = f"the probe broke off (exit code {ended.code}): {ended.stderr.strip()[-500:]}"
            self._deliver(Outcome(missing[0], "failed", (reason,), reason))
            for each in missing[1:]:
                self._deliver(_skipped(each, missing[0]))

    def _line(self, line: str) -> None:
        if not line.startswith("{"):  # a site's own start-up code may print
            return
        said = parse_line(line)
        if isinstance(said, Settling):
            self.on_event(said)
            return
        if said.hop.id == "aws-credentials":
            said = self._as_given(said)
        self._deliver(said)
        if said.hop.id == "caller-identity":
            self._deliver(self._principal(said))

    def _as_given(self, found: Outcome) -> Outcome:
        """The credentials' hop, with how the place gave them, or why the runtime would give none."""
        withheld = self.place.withheld
        if found.status == "failed" and withheld:
            return replace(found, evidence=self.place.evidence, reason=withheld, refusal=Refusal("Withheld", withheld))
        return replace(found, evidence=(*self.place.evidence, *found.evidence))

    def _principal(self, identity: Outcome) -> Outcome:
        """The computed hop; the token exchange is tried whatever it says."""
        if identity.status != "ok":
            return _skipped(hop("principal"), _cause(self.outcomes))
        self.known = replace(self.known, caller=identity.received)
        prediction = predict(str(self.test.config.get("audience")), self.test.provider, identity.received)
        self.known = replace(self.known, identity=prediction.identity)
        return prediction.outcome

    def _application(self) -> Outcome:
        """The application's way, again while a young grant explains a refusal: not all servers settle at once."""
        credentials = next((each for each in self.outcomes if each.hop.id == "aws-credentials"), None)
        supplier = application.needs_supplier(self.place, credentials)
        wait, attempts = 0.2, 0
        while True:
            attempts += 1
            outcome = application.run(self.test, self.place, supplier, self.stop)
            settle = self.test.settle(self.now())
            if outcome.refusal is None or not settle or not _MAY_SETTLE.search(outcome.refusal.message):
                return outcome
            age = min(each["age"] for each in settle.values())
            self.on_event(Settling(outcome.hop, age, outcome.refusal, attempts))
            self.pause(wait)
            wait = min(wait * 2, _LONGEST_PAUSE)

    def _deliver(self, outcome: Outcome) -> None:
        if outcome.status == "failed":
            explanation = explain(outcome, self.known)
            if explanation:
                outcome = outcome.because(explanation.cause, explanation.fix)
        self.outcomes.append(outcome)
        self.on_outcome(outcome)


def run(
    test: AwsTest,
    place: Place,
    on_outcome: Callable[[Outcome], None] = _nothing,
    on_event: Callable[[Settling], None] = _nothing,
    stop: threading.Event | None = None,
) -> list[Outcome]:
    """Walk the chain in the place and give the outcomes in order; the callbacks are called while it goes on.

    A refusal that a grant younger than the deadline would explain is tried again, and told through `on_event`. Raises
    Stopped as soon as `stop` is set.
    """
    return Walk(test, place, on_outcome, on_event, stop=stop).run()


def _skipped(skipped: Hop, because_of: Hop) -> Outcome:
    reason = f"{because_of.id} failed"
    return Outcome(skipped, "skipped", (reason,), reason)


def _cause(outcomes: list[Outcome]) -> Hop:
    return next(outcome.hop for outcome in outcomes if outcome.status == "failed")
