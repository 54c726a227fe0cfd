"""Run the probe in a one-off pod that stands where some of the workload's pods stand."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wizard.chain import network
from wizard.chain import one_off_pod as pod
from wizard.chain.hop import NETWORK, PERMISSION, Outcome, Progress, Refusal, parse_line
from wizard.chain.pod_manifest import LABEL, Wanted, manifest, new_name
from wizard.chain.project_policy import Names
from wizard.chain.recorded import Recording
from wizard.chain.role_results import judged
from wizard.chain.target import product_hosts
from wizard.clouds.kubernetes import Kubernetes
from wizard.engine.journal import Journal
from wizard.engine.patience import Time
from wizard.federation.principals import principal
from wizard.language import N_, _, translated
from wizard.modes.gke.live.account import AccountFacts
from wizard.modes.gke.live.carried_labels import Surroundings
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import IN_POD, METADATA_SERVER
from wizard.modes.gke.live.placements import Placement

_NO_NAME = N_(
    "the pod cannot resolve metadata.google.internal, the name that some auth libraries use to call the metadata server"
)
_ALLOW_NAME = N_("fix the cluster's DNS, or set GCE_METADATA_HOST=169.254.169.254 in the workload")

_COPIED = "the probe script ran in a pod of the workload"
_TIME = 180.0  # seconds to pull the image and run the hops, in addition to all waits


_Unproven = tuple[str, str | None, tuple[str, ...]]


@dataclass(frozen=True)
class ProbeResult:
    """What a one-off pod showed for a placement: why it failed, or why that is not proven; neither if it passed."""

    placement: Placement
    evidence: tuple[str, ...] = ()
    refusal: Refusal | None = None
    received: Mapping[str, Any] = field(default_factory=dict)
    not_proven: str | None = None
    fix: str | None = None
    unproven: tuple[str, ...] = ()
    """What is not proven, if it is less than the whole step."""
    sent: Mapping[str, Any] | None = None
    code: str = ""
    """The code of the doctor's rule about why it is not proven; empty if it has none."""

    def lines(self, with_title: bool) -> list[str]:
        """Return the evidence, with the placement in front if there are several."""
        title = self.placement.title
        return [f"{title}: {line}" if title and with_title else line for line in self.evidence]


@dataclass
class PlacedProbe:
    """A one-off pod while it runs. `on_waiting` gets what it waits for; `labels` decide about NetworkPolicies."""

    test: GkeTest
    cluster: ClusterFacts
    account: AccountFacts
    kubernetes: Kubernetes
    names: Names
    placement: Placement
    labels: Mapping[str, str]
    on_waiting: Callable[[str], None]
    _inner: list[Outcome] = field(default_factory=list)

    def run(
        self, around: Surroundings, now: Callable[[], datetime], time: Time, stop: threading.Event | None
    ) -> ProbeResult:
        """Run the pod, and return what it showed. Raises CloudError, Stopped, PodLeft, JournalError."""
        job = self._manifest(now())
        one_off = pod.OneOff(
            self.kubernetes,
            job,
            self.test.limits,
            self._line,
            self.on_waiting,
            time,
            stop,
            Journal(),
            self.test.cluster.name,
        )
        ended = one_off.run()
        failed = next((outcome for outcome in self._inner if outcome.status == "failed"), None)
        refusal = self._refusal(failed, ended, around)
        not_proven = None if refusal else self._not_proven()
        if refusal and refusal.code == "Unschedulable" and self.placement.users:
            not_proven = (
                _("no node can run {title}: {message}").format(title=self.placement.title, message=refusal.message),
                None,
                (),
            )
            refusal = None
        received = {
            "placement": self.placement.title,
            "node": ended.node,
            "hops": [inner.as_json() for inner in self._inner],
            "roles": list(failed.received.get("roles", [])) if failed else [],
        }
        reason, fix, unproven = not_proven or (None, None, ())
        evidence, sent = self._evidence(job, ended), _shortened(job)
        return ProbeResult(self.placement, evidence, refusal, received, reason, fix, unproven, sent)

    def read(self, recording: Recording, now: datetime) -> ProbeResult:
        """Return what a printed probe wrote in one of the workload's pods. Raises BadInput if it is not about one."""
        for reported in list(recording.reported(IN_POD)):
            self._on_report(reported)
        failed = next((outcome for outcome in self._inner if outcome.status == "failed"), None)
        refusal = failed.refusal if failed else None
        if failed and failed.hop == METADATA_SERVER and refusal and refusal.code == "UNREACHABLE":
            refusal = Refusal("NoMetadataServer", refusal.message)
        reason, fix, unproven = (None if refusal else self._not_proven()) or (None, None, ())
        evidence = [_(_COPIED), *recording.evidence(now), *recording.notes(now), *self._shown()]
        received = {"placement": "", "hops": [inner.as_json() for inner in self._inner], "roles": []}
        received["roles"] = list(failed.received.get("roles", [])) if failed else []
        return ProbeResult(self.placement, tuple(evidence), refusal, received, reason, fix, unproven)

    def _shown(self) -> list[str]:
        """Return the evidence of the steps that were taken in the pod."""
        return [line for inner in self._inner if inner.status != "skipped" for line in inner.evidence]

    def _evidence(self, job: Mapping[str, Any], ended: pod.PodEnd) -> tuple[str, ...]:
        name, image = job["metadata"]["name"], self.test.image
        place = _("node {name}").format(name=ended.node) if ended.node else _("no node")
        return _("pod of job {name} ({image}) on {place}").format(name=name, image=image, place=place), *self._shown()

    def _manifest(self, now: datetime) -> dict[str, Any]:
        settle = self.test.settle(now)
        waiting = sum(ages["limit"] - ages["age"] for ages in settle.values()) + self.test.limits.metadata_server
        wanted = Wanted(
            self.test.namespace,
            self.test.service_account,
            self.test.image,
            self._request(settle),
            int(_TIME + waiting),
            int(self.test.limits.node),
            self.placement.spec,
            self.labels,
            self.test.pod_options,
        )
        return manifest(wanted, new_name())

    def _request(self, settle: Mapping[str, dict[str, float]]) -> dict[str, Any]:
        """Return the probe's request. The metadata server exchanges and impersonates in one step."""
        recent = [settle[hop] for hop in ("exchange", "impersonation") if hop in settle]
        settle_in_pod = {"token": min(recent, key=lambda ages: ages["age"])} if recent else {}
        if "permission" in settle:
            settle_in_pod["permission"] = settle["permission"]
        return {
            "form": "gke",
            "identities": self._identities(),
            "metadata_patience": self.test.limits.metadata_server,
            "network": {"hosts": product_hosts(self.test.targets)},
            "settle": settle_in_pod,
            **self.test.target_request(),
        }

    def _identities(self) -> list[str]:
        """Return the names that the metadata server can give the KSA: its GSA, or the workload identity pool."""
        if self.account.acts_as:
            return [self.account.acts_as]
        pool = self.cluster.workload_pool
        return [pool, principal(self.test.identity(pool).pool, self.test.subject)]

    def _line(self, line: str) -> None:
        if not line.startswith("{"):
            return
        self._on_report(parse_line(line, IN_POD))

    def _on_report(self, reported: Outcome | Progress) -> None:
        if isinstance(reported, Outcome):
            is_last = reported.hop == PERMISSION
            if reported.hop == NETWORK:
                reported = network.with_notes(reported)
            self._inner.append(judged(reported, self.test.targets, self.names) if is_last else reported)
        else:
            self.on_waiting(reported.text)

    def _refusal(self, failed: Outcome | None, ended: pod.PodEnd, around: Surroundings) -> Refusal | None:
        """Return why the pod could not use the target; None if it could."""
        if failed and failed.refusal:
            if failed.hop != METADATA_SERVER or failed.refusal.code != "UNREACHABLE":
                return failed.refusal
            policies = around.blocking({**self.labels, LABEL: "true"}, self.cluster.metadata_address)
            if policies:
                return Refusal("NetworkPolicy", f"{', '.join(policies)}: {self._whose()}")
            return Refusal("NoMetadataServer", failed.refusal.message)
        if ended.refusal:
            return ended.refusal
        if not any(inner.hop == PERMISSION for inner in self._inner):
            return Refusal("Silent", "the pod ended without reporting a result")
        return None

    def _whose(self) -> str:
        if not self.placement.users:
            return _("the one-off pod")
        return ", ".join(_("the pods of {title}").format(title=user.title) for user in self.placement.users)

    def _not_proven(self) -> _Unproven | None:
        """Return why a pod that passed proves too little, the fix, and what is not proven; None if it proves all."""
        not_proven = {inner.hop: inner for inner in self._inner if inner.status == "not_proven"}
        if METADATA_SERVER in not_proven:
            return translated(_NO_NAME), translated(_ALLOW_NAME), ()
        for inner in not_proven.values():
            return str(inner.reason), None, inner.unproven
        return None


def _shortened(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest without the text of the probe."""
    template = job["spec"]["template"]
    container = template["spec"]["containers"][0]
    short = {**container, "command": [*container["command"][:-1], _("(the probe)")]}
    spec = {**template["spec"], "containers": [short]}
    return {**job, "spec": {**job["spec"], "template": {**template, "spec": spec}}}
