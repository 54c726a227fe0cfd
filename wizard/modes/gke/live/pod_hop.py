"""The last hop on GKE: a one-off pod with the workload's KSA, in which the probe acts as the application will."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wizard.chain.hop import PERMISSION, Outcome, Progress, Refusal, Waiting, parse_line
from wizard.chain.project_policy import Names
from wizard.chain.report import utc_now
from wizard.chain.role_results import judged
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
"""The permissions that the operator needs in the namespace. They are checked before anything is created."""

_NO_NAME = (
    "the pod cannot resolve metadata.google.internal, the name by which most auth libraries call the metadata server",
    "fix the cluster's DNS, or set GCE_METADATA_HOST=169.254.169.254 in the workload",
)

_TIME = 180.0  # seconds to pull the image and run the hops, in addition to all waits


@dataclass
class PodHop:
    """The hop while it runs. `on_event` gets what it waits for."""

    test: GkeTest
    cluster: ClusterFacts
    account: AccountFacts
    kubernetes: Kubernetes
    names: Names
    on_event: Callable[[Progress], None]
    now: Callable[[], datetime] = utc_now
    time: Time = field(default_factory=Time)
    stop: threading.Event | None = None
    _inner: list[Outcome] = field(default_factory=list)
    _reported: str = ""

    def run(self) -> Outcome:
        """Run the hop, and return its outcome. Raises CloudError, Stopped, PodLeft."""
        forbidden = self._forbidden()
        if forbidden:
            return Outcome.of(POD, (), forbidden)
        self._remove_forgotten()
        around = gke_workloads.look(self.kubernetes, self.test.namespace, self.test.service_account)
        wanted = self._manifest()
        ended = pod.OneOff(
            self.kubernetes, wanted, self.test.limits, self._line, self._waiting, self.time, stop=self.stop
        ).run()
        return self._outcome(wanted, ended, around)

    def _forbidden(self) -> Refusal | None:
        """Return the first permission that the operator does not have, in the words of Kubernetes."""
        for verb, resource in _NEEDED:
            try:
                allowed = self.kubernetes.allowed(verb, resource, self.test.namespace)
            except CloudError:  # the attempt itself will show it
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
        waiting = sum(ages["limit"] - ages["age"] for ages in settle.values()) + self.test.limits.metadata_server
        return manifest(self.test, new_name(), request, int(_TIME + waiting), not self.cluster.autopilot)

    def _request(self) -> dict[str, Any]:
        """Return the probe's request. The metadata server exchanges and impersonates in one step."""
        settle = self.test.settle(self.now())
        recent = [settle[hop] for hop in ("exchange", "impersonation") if hop in settle]
        settle_in_pod = {"token": min(recent, key=lambda ages: ages["age"])} if recent else {}
        if "permission" in settle:
            settle_in_pod["permission"] = settle["permission"]
        return {
            "form": "gke",
            "identities": self._identities(),
            "metadata_patience": self.test.limits.metadata_server,
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
        reported = parse_line(line, IN_POD)
        if isinstance(reported, Outcome):
            is_last = reported.hop == PERMISSION
            self._inner.append(judged(reported, self.test.targets, self.names) if is_last else reported)
        else:
            self._waiting(reported.text)

    def _waiting(self, text: str) -> None:
        if text != self._reported:
            self._reported = text
            self.on_event(Waiting(POD, f"{POD.title}: {text}"))

    def _outcome(self, wanted: dict[str, Any], ended: pod.PodEnd, around: gke_workloads.Neighbourhood) -> Outcome:
        failed = next((outcome for outcome in self._inner if outcome.status == "failed"), None)
        refusal = self._pod_refusal(failed, ended, around) or self._users_refusal(around)
        name, image = wanted["metadata"]["name"], self.test.image
        evidence = [f"pod {name} ({image}) on node {ended.node}" if ended.node else f"pod {name} ({image}) on no node"]
        for inner in self._inner:
            evidence += inner.evidence if inner.status != "skipped" else ()
        evidence += [*self._users_evidence(around), *around.unread]
        received = {
            "node": ended.node,
            "hops": [inner.as_json() for inner in self._inner],
            "roles": list(failed.received.get("roles", [])) if failed else [],
        }
        outcome = Outcome.of(POD, evidence, refusal, {"manifest": _without_probe(wanted)}, received)
        not_proven = None if refusal else self._not_proven(around)
        return outcome.as_not_proven(*not_proven) if not_proven else outcome

    def _pod_refusal(
        self, failed: Outcome | None, ended: pod.PodEnd, around: gke_workloads.Neighbourhood
    ) -> Refusal | None:
        """Return why the pod could not use the target; None if it could."""
        if failed and failed.refusal:
            if failed.hop != METADATA_SERVER or failed.refusal.code != "UNREACHABLE":
                return failed.refusal
            policies = around.blocking(LABELS, self.cluster.metadata_address)
            if policies:
                return Refusal("NetworkPolicy", f"{', '.join(policies)}: the one-off pod ({failed.refusal.message})")
            return Refusal("NoMetadataServer", failed.refusal.message)
        if ended.refusal:
            return ended.refusal
        if not any(inner.hop == PERMISSION for inner in self._inner):
            return Refusal("Silent", "the pod ended without reporting a result")
        return None

    def _users_refusal(self, around: gke_workloads.Neighbourhood) -> Refusal | None:
        """Return why the workload's own pods would fail where the one-off pod did not; None if they should not."""
        if around.host_network:
            return Refusal("HostNetwork", ", ".join(around.host_network))
        blocked = self._blocked_users(around)
        return Refusal("NetworkPolicy", blocked) if blocked and self.cluster.enforces_policies else None

    def _not_proven(self, around: gke_workloads.Neighbourhood) -> tuple[str, str | None, tuple[str, ...]] | None:
        """Return why a hop that passed is not proven, the fix, and what is not proven; None if it is proven."""
        not_proven = {inner.hop: inner for inner in self._inner if inner.status == "not_proven"}
        if METADATA_SERVER in not_proven:
            return (*_NO_NAME, ())
        blocked = self._blocked_users(around)
        if blocked:
            address, port = self.cluster.metadata_address
            words = f"NetworkPolicies block pods from the metadata server if the cluster enforces them: {blocked}"
            return words, f"allow egress to {address}:{port} in these policies", ()
        for inner in not_proven.values():
            return str(inner.reason), None, inner.unproven
        return None

    def _blocked_users(self, around: gke_workloads.Neighbourhood) -> str:
        """Return the policies that block the workload's own pods from the metadata server, with the pods of each."""
        blocked = []
        for user in around.users:
            policies = around.blocking(user.labels, self.cluster.metadata_address)
            if policies:
                blocked.append(f"{', '.join(policies)}: the pods of {user.title}")
        return "; ".join(blocked)

    def _users_evidence(self, around: gke_workloads.Neighbourhood) -> list[str]:
        if around.users:
            users = ", ".join(user.title for user in around.users)
            return [f"{self.test.title} is used by {users}"]
        if around.unread:
            return []
        return [f"no pod uses {self.test.title} yet: set serviceAccountName: {self.test.service_account}"]


def _without_probe(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest without the text of the probe."""
    container = wanted["spec"]["containers"][0]
    short = {**container, "command": [*container["command"][:-1], "(the probe)"]}
    return {**wanted, "spec": {**wanted["spec"], "containers": [short]}}
