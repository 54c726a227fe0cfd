"""The last hop on GKE: a one-off pod with the workload's KSA, in which the probe does what the application will do."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wizard.chain.hop import PERMISSION, Outcome, Progress, Refusal, Waiting, parse_line
from wizard.chain.report import utc_now
from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.engine.patience import Time
from wizard.federation.principals import principal
from wizard.modes.gke.live import neighbourhood as gke_workloads
from wizard.modes.gke.live import pod
from wizard.modes.gke.live.account import AccountFacts
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import IN_POD, METADATA_SERVER, POD
from wizard.modes.gke.live.pod_manifest import LABELS, manifest, new_name

_NEEDED = (("create", "pods"), ("get", "pods"), ("get", "pods/log"), ("delete", "pods"))
"""The permissions that the operator needs in the namespace; they are checked before anything is created."""

_NO_NAME = (
    "the pod cannot resolve metadata.google.internal, the name by which most auth libraries call the metadata server",
    "fix the cluster's DNS, or set GCE_METADATA_HOST=169.254.169.254 in the workload",
)

_TIME = 180.0  # seconds to fetch the image and to take the hops, in addition to all waiting


@dataclass
class PodHop:
    """The hop under way; `on_event` tells what it waits for."""

    test: GkeTest
    cluster: ClusterFacts
    account: AccountFacts
    kubernetes: Kubernetes
    on_event: Callable[[Progress], None]
    now: Callable[[], datetime] = utc_now
    time: Time = field(default_factory=Time)
    stop: threading.Event | None = None
    _inner: list[Outcome] = field(default_factory=list)
    _reported: str = ""

    def run(self) -> Outcome:
        """Take the hop. Raises CloudError, Stopped, PodLeft."""
        if forbidden := self._forbidden():
            return Outcome.of(POD, (), forbidden)
        self._remove_forgotten()
        around = gke_workloads.look(self.kubernetes, self.test.namespace, self.test.service_account)
        wanted = self._manifest()
        ended = pod.OneOff(
            self.kubernetes, wanted, self.test.limits, self._line, self._waiting, self.time, stop=self.stop
        ).run()
        return self._judged(wanted, ended, around)

    def _forbidden(self) -> Refusal | None:
        """The first permission that the operator does not have, in the words of Kubernetes."""
        for verb, resource in _NEEDED:
            try:
                allowed = self.kubernetes.allowed(verb, resource, self.test.namespace)
            except CloudError:  # then the attempt itself will show it
                continue
            if not allowed:
                where = f'in API group "" in the namespace "{self.test.namespace}"'
                return Refusal("Forbidden", f'you cannot {verb} resource "{resource}" {where}')
        return None

    def _remove_forgotten(self) -> None:
        try:
            pod.remove_forgotten(self.kubernetes, self.test.namespace, self.now())
        except CloudError:
            return  # the test does not depend on it

    def _manifest(self) -> dict[str, Any]:
        request, settle = self._request(), self.test.settle(self.now())
        waiting = sum(each["limit"] - each["age"] for each in settle.values()) + self.test.limits.metadata_server
        return manifest(self.test, new_name(), request, int(_TIME + waiting), not self.cluster.autopilot)

    def _request(self) -> dict[str, Any]:
        """What the probe is to do in the pod; the metadata server exchanges and impersonates in one."""
        settle = self.test.settle(self.now())
        recent = [settle[each] for each in ("exchange", "impersonation") if each in settle]
        token = {"token": min(recent, key=lambda each: each["age"])} if recent else {}
        return {
            "form": "gke",
            "identities": self._identities(),
            "metadata_patience": self.test.limits.metadata_server,
            "settle": {**token, **{key: settle[key] for key in ("permission",) if key in settle}},
            **self.test.target_request(),
        }

    def _identities(self) -> list[str]:
        """What the metadata server calls the KSA: the GSA that it acts as, or the workload identity pool."""
        if self.account.acts_as:
            return [self.account.acts_as]
        pool = self.cluster.workload_pool
        return [pool, principal(self.test.identity(pool).pool, self.test.subject)]

    def _line(self, line: str) -> None:
        if not line.startswith("{"):
            return
        reported = parse_line(line, IN_POD)
        if isinstance(reported, Outcome):
            self._inner.append(reported)
        else:
            self._waiting(reported.text)

    def _waiting(self, text: str) -> None:
        if text != self._reported:
            self._reported = text
            self.on_event(Waiting(POD, f"{POD.title}: {text}"))

    def _judged(self, wanted: dict[str, Any], ended: pod.PodEnd, around: gke_workloads.Neighbourhood) -> Outcome:
        failed = next((each for each in self._inner if each.status == "failed"), None)
        refusal = self._refusal(failed, ended, around) or self._of_users(around)
        evidence = [
            f"pod {wanted['metadata']['name']} ({self.test.image}) on node {ended.node or 'none'}",
            *(line for each in self._inner if each.status != "skipped" for line in each.evidence),
            *self._about_users(around),
            *around.unread,
        ]
        received = {
            "node": ended.node,
            "hops": [each.as_json() for each in self._inner],
            "missing": list(failed.received.get("missing", [])) if failed else [],
        }
        outcome = Outcome.of(POD, evidence, refusal, {"manifest": _shown(wanted)}, received)
        doubt = None if refusal else self._doubt(around)
        return outcome.unsure(*doubt) if doubt else outcome

    def _refusal(
        self, failed: Outcome | None, ended: pod.PodEnd, around: gke_workloads.Neighbourhood
    ) -> Refusal | None:
        """Why the pod did not reach the target; None if it did."""
        if failed and failed.refusal:
            if failed.hop != METADATA_SERVER or failed.refusal.code != "UNREACHABLE":
                return failed.refusal
            policies = around.keeping(LABELS, self.cluster.metadata_address)
            if policies:
                return Refusal("NetworkPolicy", f"{', '.join(policies)}: the one-off pod ({failed.refusal.message})")
            return Refusal("NoMetadataServer", failed.refusal.message)
        if ended.refusal:
            return ended.refusal
        if not any(each.hop == PERMISSION for each in self._inner):
            return Refusal("Silent", "the pod ended without reporting a result")
        return None

    def _of_users(self, around: gke_workloads.Neighbourhood) -> Refusal | None:
        """Why the workload's own pods do not reach what the one-off pod reached; None if they should."""
        if around.host_network:
            return Refusal("HostNetwork", ", ".join(around.host_network))
        kept = self._kept(around)
        return Refusal("NetworkPolicy", kept) if kept and self.cluster.enforces_policies else None

    def _doubt(self, around: gke_workloads.Neighbourhood) -> tuple[str, str | None] | None:
        """Why a hop that worked is not proven, and what to do."""
        unsure = {each.hop: each for each in self._inner if each.status == "unsure"}
        if METADATA_SERVER in unsure:
            return _NO_NAME
        if kept := self._kept(around):
            address, port = self.cluster.metadata_address
            words = f"NetworkPolicies block pods from the metadata server if the cluster enforces them: {kept}"
            return words, f"allow egress to {address}:{port} in these policies"
        return next(((str(each.reason), None) for each in unsure.values()), None)

    def _kept(self, around: gke_workloads.Neighbourhood) -> str:
        """The policies that keep the workload's own pods from the metadata server, and which pods these are."""
        found = {each.title: around.keeping(each.labels, self.cluster.metadata_address) for each in around.users}
        return "; ".join(f"{', '.join(policies)}: the pods of {title}" for title, policies in found.items() if policies)

    def _about_users(self, around: gke_workloads.Neighbourhood) -> list[str]:
        if around.users:
            return [f"{self.test.title} is used by {', '.join(each.title for each in around.users)}"]
        if around.unread:
            return []
        return [f"no pod uses {self.test.title} yet: set serviceAccountName: {self.test.service_account}"]


def _shown(wanted: dict[str, Any]) -> dict[str, Any]:
    """The manifest without the probe's own text."""
    container = wanted["spec"]["containers"][0]
    short = {**container, "command": [*container["command"][:-1], "(the probe)"]}
    return {**wanted, "spec": {**wanted["spec"], "containers": [short]}}
