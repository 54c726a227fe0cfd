"""The live test from AWS: the probe in a place, the predicted principal, and at last the application's library."""

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
"""Refusals, as google-auth words them, that a recent grant explains."""


@dataclass
class AwsChain:
    """One test under way: `on_outcome` gets each hop as it happens, `on_event` gets each wait for a recent grant.

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
        probing.run(request, self.place.environment, hops.PROBED, self.report, self._on_report, self.stop)

    def _on_report(self, reported: Outcome | Progress) -> None:
        if isinstance(reported, Settling):
            self.on_event(reported)
        if not isinstance(reported, Outcome):
            return
        if reported.hop == hops.AWS_CREDENTIALS:
            reported = self._as_given(reported)
        self.report.add(reported)
        if reported.hop == hops.CALLER_IDENTITY:
            self.report.add(self._principal(reported))

    def _as_given(self, found: Outcome) -> Outcome:
        """The outcome for the credentials, with how the place provides them, or why the runtime would provide none."""
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
        """The application's hop, retried while a recent grant explains a refusal: not all servers know it at once."""
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
    """Test in the place, and return the outcomes in order; the callbacks are called during the test.

    A refusal that a recent grant can explain is retried, and reported to `on_event`. Raises
    Stopped as soon as `stop` is set.
    """
    return AwsChain(test, place, on_outcome, on_event, stop=stop).run()
