"""The live test from AWS: the probe in a place, the predicted principal, and the application's library."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from wizard.chain import network, own_words, probing
from wizard.chain.hop import NETWORK, PERMISSION, Hop, Outcome, Progress, Refusal, Settling, Waiting
from wizard.chain.recent_grants import patience_with_prediction
from wizard.chain.recorded import Recording
from wizard.chain.report import Report, nothing, skipped, utc_now
from wizard.chain.role_results import judged
from wizard.chain.rule import Explanation, first
from wizard.engine.patience import Patience, Time
from wizard.federation.config_source import local_server
from wizard.language import _, in_english
from wizard.modes import grant_ages, live_grants
from wizard.modes.aws import auth_libraries
from wizard.modes.aws.live import application, hops
from wizard.modes.aws.live.facts import AwsTest
from wizard.modes.aws.live.known import AwsKnown
from wizard.modes.aws.live.places import Place
from wizard.modes.aws.live.predict import predict
from wizard.modes.aws.live.reasons import RULES
from wizard.modes.aws.runtimes import RUNTIMES, Packaging

_MAY_SETTLE = re.compile(r"invalid_target|unauthorized_client|PERMISSION_DENIED|NOT_FOUND|HTTP 40[34]")
"""Refusals in google-auth's words that a recent grant can explain."""


_PREDICTED = (
    "the test did not try again, because cloud settings cause the failure, and waiting cannot fix these settings"
)
_SERVED = (
    "wif-wizard serve-credentials provides the AWS credentials at {server} in the workload, but is not running on "
    "this machine"
)
_SEE_SERVED = "run the test in the workload, with --from inside"
_NO_LIBRARY_IN_IMAGE = (
    "the image of the one-off task has no auth library ({missing}). To test the library too, write the application's "
    "own image in the setup (probe: {{image: IMAGE}}), or run the test with --from here"
)
_NO_LIBRARY_THERE: dict[Packaging, str] = {
    "deployment package": (
        "the one-off function has no auth library. To test the library too, run the test with --from here"
    ),
    "machine": (
        "the test on the instance runs without an auth library. To test the library too, run the test with --from "
        "here, or with --from inside on the instance"
    ),
}
_NOT_INSTALLED = "the Python installation that ran the probe script has no auth library ({missing})"
_NO_LIBRARY = "the probe script runs without the application and its auth library"
_RUN_APPLICATION = (
    "run the application itself, or install wif-wizard in the image and run wif-wizard test with --from inside"
)
_SEE_INSIDE = "run the test in the workload, with --from inside, because the workload's runtime can assume the role"


class _InVain(Exception):  # noqa: N818 (it ends the probe, and is an outcome)
    """A refusal that is not waited for: the outcome of the hop."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.hop.id)
        self.outcome = outcome


@dataclass
class AwsChain:
    """One running test. `on_outcome` gets the outcome of each hop, `on_event` gets each wait for a recent grant.

    Once `stop` is set, `run` raises Stopped.
    """

    test: AwsTest
    place: Place
    on_outcome: Callable[[Outcome], None] = nothing
    on_event: Callable[[Progress], None] = nothing
    now: Callable[[], datetime] = utc_now
    time: Time = field(default_factory=Time)
    stop: threading.Event | None = None
    recording: Recording | None = None
    """What a printed probe wrote in the workload. It is judged instead of running the probe."""
    known: AwsKnown = field(init=False)
    report: Report = field(init=False)
    gives_up: dict[str, float] = field(init=False, default_factory=dict)
    """Until when (on the clock) a predicted refusal is retried, by the ID of the hop."""

    def __post_init__(self) -> None:
        """Create the report, whose causes come from the rules for AWS."""
        self.known = AwsKnown(self.test)
        self.report = Report(self._explain, self.on_outcome)

    def run(self) -> list[Outcome]:
        """Run every hop, and return the outcomes in their order. A failed hop is an outcome, not an exception.

        Raises BadInput if a recording is not one of this test.
        """
        if self.recording:
            self._read(self.recording)
        else:
            self._probe()
        failed = self.report.failed(but=hops.PRINCIPAL)
        if failed:
            self.report.skip((*self._probed, hops.APPLICATION), failed.hop)
        elif self.report.of(hops.APPLICATION):
            pass  # the probe has taken it
        elif self.recording:
            self.report.add(_not_run(_(_NO_LIBRARY)))
        elif self.place.remote:
            self.report.add(_skipped(_(_NO_LIBRARY_THERE[self._packaging])))
        else:
            self.report.add(self._application())
        if self.test.definition:
            self.report.add(self.test.definition)
        return self.report.outcomes

    @property
    def _probed(self) -> tuple[Hop, ...]:
        if self._tries_library:
            return (*hops.PROBED_INSIDE, hops.APPLICATION)
        return hops.PROBED_INSIDE if self.place.in_workload else hops.PROBED

    @property
    def _packaging(self) -> Packaging:
        return RUNTIMES[str(self.place.runtime)].packaging

    @property
    def _tries_library(self) -> bool:
        """Whether the probe tries the application's library: in an image, which can be the application's own."""
        return self.place.remote is not None and self._packaging == "image"

    def _explain(self, outcome: Outcome) -> Explanation | None:
        facts, test = self.known.facts(outcome), self.test
        found = first(RULES, outcome, facts)
        audit = None if self.recording else test.audit  # the refusal is as old as the recording
        return grant_ages.explained(found, outcome, facts, test.grants, audit, self.known.is_holder, self.now())

    def _probe(self) -> None:
        in_workload = self.place.in_workload
        request = self.test.probe_request(self.now(), self.place.link_local, in_workload=in_workload)
        if self._tries_library:
            request["application"] = {"supplier": RUNTIMES[str(self.place.runtime)].needs_supplier}
        try:
            if self.place.remote:
                self.place.remote.run(request, self._probed, self.report, self._on_report, self.stop)
            else:
                probing.run(request, self.place.environment, self._probed, self.report, self._on_report, self.stop)
        except _InVain as vain:
            self.report.add(vain.outcome)
            self.report.skip(self._probed, vain.outcome.hop)
        except grant_ages.Settles as settles:
            self.test = replace(self.test, grants=(*self.test.grants, settles.grant))
            self.known = replace(self.known, test=self.test)
            self._probe()

    def _read(self, recording: Recording) -> None:
        """Judge what the probe wrote. The predicted principal is computed here, as in any other place."""
        probed = tuple(hop for hop in self._probed if hop != hops.PRINCIPAL)
        if recording.has(hops.APPLICATION):  # the probe of a configuration without a setup does not try it
            probed = (*probed, hops.APPLICATION)
        for reported in list(recording.reported(probed)):
            if isinstance(reported, Outcome) and reported.hop == hops.CONFIG:
                evidence = (*reported.evidence, *recording.evidence(self.now()))
                reported = replace(reported, evidence=evidence, notes=recording.notes(self.now()))
            self._on_report(reported)

    def _on_report(self, reported: Outcome | Progress) -> None:
        if isinstance(reported, Settling):
            if reported.failed and self._in_vain(reported.hop):
                raise _InVain(replace(reported.failed, evidence=(*reported.failed.evidence, _(_PREDICTED))))
            self.on_event(reported)
        if isinstance(reported, Waiting):
            self.on_event(reported)
        if not isinstance(reported, Outcome) or self.report.of(reported.hop):
            return
        if reported.hop == hops.CONFIG:
            reported = replace(reported, evidence=(*reported.evidence, *self.test.found))
        if reported.hop == hops.AWS_CREDENTIALS:
            reported = self._with_place(reported)
            source, host = (str(reported.received.get(key, "")) for key in ("source", "host"))
            self.known = replace(self.known, source=source, host=host)
        if reported.hop == NETWORK:
            reported = network.with_notes(reported)
        if reported.hop == PERMISSION:
            reported = judged(reported, self.test.targets, self.known.names)
        if reported.hop == hops.APPLICATION and "missing" in reported.received:
            reported = self._without_library(str(reported.received["missing"]))
        reported = live_grants.with_conditions(reported, self.known.conditions(reported.hop))
        if not self.place.remote and not self.recording:  # a one-off task is started once
            grant_ages.raise_if_settling(self.report, reported, self.test.grants, self.test.deadline, self.now())
        self.report.add(reported)
        if reported.hop == hops.CALLER_IDENTITY:
            self.report.add(self._principal(reported))

    def _without_library(self, missing: str) -> Outcome:
        if not self.recording:
            return _skipped(_(_NO_LIBRARY_IN_IMAGE).format(missing=missing))
        return _not_run(_(_NOT_INSTALLED).format(missing=missing))

    def _in_vain(self, hop: Hop) -> bool:
        """Return whether the refusal at a hop was computed, so that to try again does not help."""
        if not self.known.predicts_refusal(hop):
            return False
        clock = self.time.clock()
        patience = patience_with_prediction(self.test.grants, hop.id, self.now())
        return clock >= self.gives_up.setdefault(hop.id, clock + patience)

    def _with_place(self, outcome: Outcome) -> Outcome:
        """Add evidence of how the place provides the credentials, or the reason why the runtime would provide none."""
        withheld, evidence = self.place.withheld, (*self.place.evidence, *self.test.roles)
        if outcome.status == "failed" and withheld:
            reason, refusal = own_words.in_language(withheld), Refusal("Withheld", withheld)
            return replace(outcome, evidence=evidence, reason=reason, refusal=refusal)
        libraries = auth_libraries.evidence(outcome.received) if outcome.status == "ok" else []
        outcome = replace(outcome, evidence=(*evidence, *outcome.evidence, *libraries))
        if self.test.container_role and self.place.in_workload:
            outcome = self.test.container_role.checked(outcome)
        if outcome.status == "ok" and self.place.unproven:
            return outcome.as_not_proven(self.place.unproven, _(_SEE_INSIDE))
        return outcome

    def _principal(self, identity: Outcome) -> Outcome:
        """Return the outcome of the computed hop. The token exchange runs in any case."""
        if identity.status != "ok":
            failed = self.report.failed()
            return skipped(hops.PRINCIPAL, failed.hop if failed else identity.hop)
        self.known = replace(self.known, caller=identity.received)
        prediction = predict(str(self.test.config.get("audience")), self.test.provider, identity.received)
        refused = prediction.outcome.status == "failed"
        self.known = replace(self.known, identity=prediction.identity, refused=refused)
        return prediction.outcome

    def _application(self) -> Outcome:
        """Return the outcome of the application's hop. A refusal is retried while a recent grant can explain it."""
        server = local_server(self.test.config)
        if server and self.place.runtime is not None:
            return Outcome(hops.APPLICATION, "not_proven", reason=_(_SERVED).format(server=server), fix=_(_SEE_SERVED))
        supplier = not server and application.needs_supplier(self.place, self.report.of(hops.AWS_CREDENTIALS))
        patience = Patience(self.time, self.test.deadline)
        while True:
            outcome = application.run(self.test, self.place, supplier, self.stop)
            settle = self.test.settle(self.now())
            if outcome.refusal is None or not settle or not _MAY_SETTLE.search(in_english(outcome.refusal.message)):
                return outcome
            age = min(ages["age"] for ages in settle.values())
            self.on_event(Settling(outcome.hop, age, outcome.refusal))
            if not patience.wait():
                return outcome


def _not_run(reason: str) -> Outcome:
    return Outcome(hops.APPLICATION, "not_proven", (reason,), reason, _(_RUN_APPLICATION))


def _skipped(reason: str) -> Outcome:
    return Outcome(hops.APPLICATION, "skipped", (reason,), reason)


def run(
    test: AwsTest,
    place: Place,
    on_outcome: Callable[[Outcome], None] = nothing,
    on_event: Callable[[Progress], None] = nothing,
    stop: threading.Event | None = None,
) -> list[Outcome]:
    """Test in the place, and return the outcomes in order; the callbacks are called during the test.

    A refusal that a recent grant can explain is retried, and reported to `on_event`. Raises
    Stopped as soon as `stop` is set.
    """
    return AwsChain(test, place, on_outcome, on_event, stop=stop).run()
