"""The live test of a pod on EKS: the probe with the pod's token, the predicted principal, the application's library."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from wizard.chain import network, probing
from wizard.chain.environment import without_identity
from wizard.chain.hop import NETWORK, PERMISSION, Hop, Outcome, Progress, Refusal, Settling
from wizard.chain.recorded import Recording
from wizard.chain.report import Report, nothing, skipped, utc_now
from wizard.chain.role_results import judged
from wizard.chain.rule import Explanation, first
from wizard.clouds.kubernetes import Kubernetes
from wizard.language import _
from wizard.modes import grant_ages, live_grants
from wizard.modes.aws.eks import account_token, hops
from wizard.modes.aws.eks.facts import EksKnown, EksTest
from wizard.modes.aws.eks.reasons import RULES
from wizard.modes.aws.live import application
from wizard.modes.aws.live.facts import AwsTest
from wizard.modes.aws.live.hops import APPLICATION, CONFIG, PRINCIPAL
from wizard.modes.aws.live.places import Place
from wizard.secret import Secret

_VALID = "the credential configuration is valid, and names the provider {provider}"
_NO_LIBRARY = "the probe runs in the pod without the application and its auth library"
_NO_LIBRARY_IN_IMAGE = "the image of the one-off pod has no auth library ({missing})"
_NOT_INSTALLED = "the Python installation that ran the probe script has no auth library ({missing})"
_NAME_IMAGE = "write the application's own image in the setup (probe: {image: IMAGE}), or run the application itself"
_RUN_APPLICATION = "run the application itself in the pod"
_MOUNTED = (
    "the test did not check whether the workload's pods mount a token: make sure that their manifest contains the "
    "fragment from the Result page"
)


class InVain(Exception):  # noqa: N818 (it ends the probe, and is an outcome)
    """A refusal that is not waited for, since it was computed: the outcome of the hop."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.hop.id)
        self.outcome = outcome


@dataclass
class EksChain:
    """One running test. `on_outcome` gets the outcome of each hop, `on_event` gets each wait for a recent grant.

    Once `stop` is set, `run_here` and `run_inside` raise Stopped.
    """

    test: EksTest
    on_outcome: Callable[[Outcome], None] = nothing
    on_event: Callable[[Progress], None] = nothing
    now: Callable[[], datetime] = utc_now
    stop: threading.Event | None = None
    known: EksKnown = field(init=False)
    report: Report = field(init=False)
    _token_step: Outcome | None = None
    """What is known of the step of the token before the probe takes it."""
    _recorded: bool = False
    """Whether a printed probe wrote what is judged."""
    _can_run_again: bool = False
    """Whether the probe runs on this machine or in the pod itself, so that it can run a second time."""

    def __post_init__(self) -> None:
        """Create the report, whose causes come from the rules for EKS."""
        self.known = EksKnown(self.test)
        self.report = Report(self._explain, self.on_outcome)

    def run_here(self, kubernetes: Kubernetes, environ: dict[str, str]) -> list[Outcome]:
        """Test on this machine, with a token that the operator requests for the service account."""
        token, step = account_token.request(self.test, kubernetes)
        if token is None:
            provider = self.test.provider_name.rpartition("/")[2]
            self.report.add(Outcome.of(CONFIG, (_(_VALID).format(provider=provider),)))
            self.report.add(step)
            self.report.skip(hops.HOPS, hops.SUBJECT_TOKEN)
            return self.report.outcomes
        self._token_step = replace(step, notes=(_(_MOUNTED),))
        with _token_file(token) as file:
            source = {**self.test.config["credential_source"], "file": str(file)}
            test = replace(self.test, config={**self.test.config, "credential_source": source})
            environment = without_identity(environ)
            self._probe(test, environment, hops.PROBED, in_workload=False)
            return self._end(hops.PROBED, lambda: self._application(test, Place(environment, False)))

    def run_inside(self, environ: dict[str, str]) -> list[Outcome]:
        """Test in the pod itself, with the token that it mounts."""
        place = Place(environ, in_workload=True)
        self._probe(self.test, environ, hops.PROBED_INSIDE, in_workload=True)
        return self._end(hops.PROBED_INSIDE, lambda: self._application(self.test, place))

    def read(self, recording: Recording) -> list[Outcome]:
        """Judge what a probe wrote in a pod. Raises BadInput if it is not about this test."""
        self._recorded = True
        tried = hops.PROBED_IN_POD if recording.has(APPLICATION) else hops.PROBED_INSIDE
        probed = tuple(hop for hop in tried if hop != PRINCIPAL)
        for reported in list(recording.reported(probed)):
            if isinstance(reported, Outcome) and reported.hop == CONFIG:
                evidence = (*reported.evidence, *recording.evidence(self.now()))
                reported = replace(reported, evidence=evidence, notes=recording.notes(self.now()))
            self.on_report(reported)
        return self._end(hops.PROBED_INSIDE, lambda: _not_run(_(_NO_LIBRARY), _(_RUN_APPLICATION)))

    def end_in_pod(self) -> list[Outcome]:
        """Add the application's step to what a one-off pod reported, and return all outcomes."""
        return self._end(hops.PROBED_INSIDE, lambda: _not_run(_(_NO_LIBRARY), _(_NAME_IMAGE)))

    def on_report(self, reported: Outcome | Progress) -> None:
        """Add what the probe reported."""
        if isinstance(reported, Settling) and reported.failed and self.known.predicts_refusal(reported.hop):
            raise InVain(reported.failed)
        if not isinstance(reported, Outcome):
            self.on_event(reported)
            return
        if self.report.of(reported.hop):
            return
        if reported.hop == hops.SUBJECT_TOKEN:
            reported = self._checked_token(reported)
        if reported.hop == NETWORK:
            reported = network.with_notes(reported)
        if reported.hop == PERMISSION:
            reported = judged(reported, self.test.targets, self.known.names)
        if reported.hop == APPLICATION and "missing" in reported.received:
            reported = self._without_library(str(reported.received["missing"]))
        if self._can_run_again:
            grant_ages.raise_if_settling(self.report, reported, self.test.grants, self.test.deadline, self.now())
        self.report.add(live_grants.with_conditions(reported, self.known.conditions(reported.hop)))
        if reported.hop == hops.SUBJECT_TOKEN:
            self.report.add(self._principal(reported))

    def _explain(self, outcome: Outcome) -> Explanation | None:
        facts, test = self.known.facts(outcome), self.test
        found = first(RULES, outcome, facts)
        audit = None if self._recorded else test.audit  # the refusal is as old as the recording
        return grant_ages.explained(found, outcome, facts, test.grants, audit, self.known.is_holder, self.now())

    def _probe(self, test: EksTest, environ: dict[str, str], probed: tuple[Hop, ...], *, in_workload: bool) -> None:
        request, self._can_run_again = test.probe_request(self.now(), in_workload=in_workload), True
        try:
            probing.run(request, environ, probed, self.report, self.on_report, self.stop)
        except InVain as vain:
            self.report.add(vain.outcome)
            self.report.skip(probed, vain.outcome.hop)
        except grant_ages.Settles as settles:
            test = replace(test, grants=(*test.grants, settles.grant))
            self.test = replace(self.test, grants=test.grants)
            self._probe(test, environ, probed, in_workload=in_workload)

    def _end(self, probed: tuple[Hop, ...], application_: Callable[[], Outcome]) -> list[Outcome]:
        failed = self.report.failed(but=PRINCIPAL)
        if failed:
            self.report.skip((*probed, APPLICATION), failed.hop)
        elif self.report.of(APPLICATION) is None:
            self.report.add(application_())
        return self.report.outcomes

    def _without_library(self, missing: str) -> Outcome:
        if self._recorded:
            return _not_run(_(_NOT_INSTALLED).format(missing=missing), _(_RUN_APPLICATION))
        return _not_run(_(_NO_LIBRARY_IN_IMAGE).format(missing=missing), _(_NAME_IMAGE))

    def _checked_token(self, outcome: Outcome) -> Outcome:
        """Return the outcome of the token's step: failed if it is the token of another cluster or service account."""
        step = self._token_step
        if step is not None:
            shown = outcome.evidence[1:]  # the first line names the file, which is not the pod's
            outcome = replace(outcome, evidence=(*step.evidence, *shown), sent=step.sent, notes=step.notes)
        if outcome.status != "ok":
            return outcome
        issuer, subject = outcome.received.get("iss"), outcome.received.get("sub")
        if issuer != self.test.issuer:
            refusal = Refusal("OtherIssuer", f"{issuer}")
        elif subject != self.test.identity.subject:
            refusal = Refusal("OtherSubject", f"{subject}")
        else:
            return outcome
        reason = f"{refusal.code}: {refusal.message}"
        return replace(outcome, status="failed", refusal=refusal, reason=reason)

    def _principal(self, token: Outcome) -> Outcome:
        if token.status != "ok":
            return skipped(PRINCIPAL, token.hop)
        claims: dict[str, Any] = {
            **{name: value for name, value in token.received.items() if value is not None},
            "kubernetes.io": {
                "namespace": self.test.namespace,
                "serviceaccount": {"name": self.test.service_account},
            },
        }
        outcome, self.known = self.known.predict(claims)
        return outcome

    def _application(self, test: EksTest, place: Place) -> Outcome:
        """Return the outcome of google-auth with the credential configuration, which reads the token's file itself."""
        asked = AwsTest(test.config, test.targets, test.bigquery_project, endpoints=test.endpoints)
        return application.run(asked, place, False, self.stop)


def _not_run(reason: str, fix: str) -> Outcome:
    return Outcome(APPLICATION, "not_proven", (reason,), reason, fix)


@contextmanager
def _token_file(token: Secret) -> Iterator[Path]:
    """Yield a file of this user's with the token, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="wif-wizard-") as folder:  # mode 0700
        file = Path(folder, "token")
        file.touch(mode=0o600)
        file.write_text(token.reveal(), encoding="utf-8")
        yield file
