"""The live token test from AWS: runs the probe in a place, computes the principal, ends with the application's way."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from wizard.chain import probing
from wizard.chain.hop import Outcome, Progress, Refusal, Settling
from wizard.chain.report import Report, nothing, skipped, utc_now
from wizard.chain.rule import first
from wizard.engine.patience import Patience, Time
from wizard.modes.aws.live import application, hops
from wizard.modes.aws.live.facts import AwsTest
from wizard.modes.aws.live.known import AwsKnown
from wizard.modes.aws.live.places import Place
from wizard.modes.aws.live.predict import predict
from wizard.modes.aws.live.reasons import RULES

_MAY_SETTLE = re.compile(r"invalid_target|unauthorized_client|PERMISSION_DENIED|NOT_FOUND|HTTP 40[34]")
"""Refusals, as google-auth words them, that a young grant explains."""


@dataclass
class AwsChain:
    """One test under way: `on_outcome` gets each hop as it happens, `on_event` tells of young grants waited for.

    Setting `stop` ends it at once: `run` raises Stopped.
    """

    test: AwsTest
    place: Place
    on_outcome: Callable[[Outcome], None] = nothing
    on_event: Callable[[Settling], None] = nothing
    now: Callable[[], datetime] = utc_now
    time: Time = field(default_factory=Time)
    stop: threading.Event | None = None
    known: AwsKnown = field(init=False)
    report: Report = field(init=False)

    def __post_init__(self) -> None:
        """Start with what the test itself says."""
        self.known = AwsKnown(self.test)
        self.report = Report(lambda outcome: first(RULES, outcome, self.known.facts(outcome)), self.on_outcome)

    def run(self) -> list[Outcome]:
        """Take every hop; the outcomes in their order. Nothing is raised for a hop that fails."""
        self._probe()
        if failed := self.report.failed(but=hops.PRINCIPAL):
            self.report.skip(hops.HOPS, failed.hop)
        else:
            self.report.add(self._application())
        return self.report.outcomes

    def _probe(self) -> None:
        request = self.test.probe_request(self.now(), self.place.link_local)
        probing.walk(request, self.place.environment, hops.PROBED, self.report, self._said, self.stop)

    def _said(self, said: Outcome | Progress) -> None:
        if isinstance(said, Settling):
            self.on_event(said)
        if not isinstance(said, Outcome):
            return
        if said.hop == hops.AWS_CREDENTIALS:
            said = self._as_given(said)
        self.report.add(said)
        if said.hop == hops.CALLER_IDENTITY:
            self.report.add(self._principal(said))

    def _as_given(self, found: Outcome) -> Outcome:
        """The credentials' hop, with how the place gave them, or why the runtime would give none."""
        withheld = self.place.withheld
        if found.status == "failed" and withheld:
            return replace(found, evidence=self.place.evidence, reason=withheld, refusal=Refusal("Withheld", withheld))
        return replace(found, evidence=(*self.place.evidence, *found.evidence))

    def _principal(self, identity: Outcome) -> Outcome:
        """The computed hop; the token exchange is tried whatever it says."""
        if identity.status != "ok":
            failed = self.report.failed()
            return skipped(hops.PRINCIPAL, failed.hop if failed else identity.hop)
        self.known = replace(self.known, caller=identity.received)
        prediction = predict(str(self.test.config.get("audience")), self.test.provider, identity.received)
        self.known = replace(self.known, identity=prediction.identity)
        return prediction.outcome

    def _application(self) -> Outcome:
        """The application's way, again while a young grant explains a refusal: not all servers settle at once."""
        supplier = application.needs_supplier(self.place, self.report.of(hops.AWS_CREDENTIALS))
        patience = Patience(self.time, self.test.deadline)
        while True:
            outcome = application.run(self.test, self.place, supplier, self.stop)
            settle = self.test.settle(self.now())
            if outcome.refusal is None or not settle or not _MAY_SETTLE.search(outcome.refusal.message):
                return outcome
            age = min(each["age"] for each in settle.values())
            self.on_event(Settling(outcome.hop, age, outcome.refusal))
            if not patience.wait():
                return outcome


def run(
    test: AwsTest,
    place: Place,
    on_outcome: Callable[[Outcome], None] = nothing,
    on_event: Callable[[Settling], None] = nothing,
    stop: threading.Event | None = None,
) -> list[Outcome]:
    """Walk the chain in the place and give the outcomes in order; the callbacks are called while it goes on.

    A refusal that a grant younger than the deadline would explain is tried again, and told through `on_event`. Raises
    Stopped as soon as `stop` is set.
    """
    return AwsChain(test, place, on_outcome, on_event, stop=stop).run()
