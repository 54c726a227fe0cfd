"""The last hop on GKE: one-off pods with the workload's KSA, in which the probe acts as the application will."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from wizard.chain import one_off_pod as pod
from wizard.chain.hop import Outcome, Progress, Refusal, Waiting
from wizard.chain.pod_manifest import LABEL
from wizard.chain.project_policy import Names
from wizard.chain.report import utc_now
from wizard.clouds.errors import CloudError
from wizard.engine.patience import Time
from wizard.modes.gke.live import carried_labels
from wizard.modes.gke.live.account import AccountFacts
from wizard.modes.gke.live.carried_labels import Surroundings
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import POD
from wizard.modes.gke.live.placed_probe import PlacedProbe, ProbeResult
from wizard.modes.gke.live.placements import Placement
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import User, Users, not_all_read

_NEEDED = (
    ("create", "jobs", "batch"),
    ("delete", "jobs", "batch"),
    ("list", "pods", ""),
    ("get", "pods", ""),
    ("get", "pods/log", ""),
)
"""The permissions that the operator needs in the namespace. They are checked before anything is created."""


_NO_NODE = (
    "the cluster has no node for {pods}. No node matches the node selection of the pods and has only "
    "taints that the pods tolerate"
)
_NOT_STARTED = "the wizard started no one-off pod for {pods}. These objects would select the one-off pod: {takers}"
_COMPUTED = (
    "the one-off pod did not have the labels of {pods}. These objects would select a pod with the "
    "labels: {takers}. The test only computed that NetworkPolicies allow these pods"
)
_FORBIDDEN = 'you cannot {verb} resource "{resource}" in API group "{group}" in the namespace "{namespace}"'
_ADD_NODE = "add a node on which these pods can run, or correct the pods' nodeSelector, affinity and tolerations"


@dataclass
class PodHop:
    """The hop while it runs. `on_event` gets what it waits for."""

    test: GkeTest
    cluster: ClusterFacts
    account: AccountFacts
    reads: ClusterReads
    users: Users
    placements: Sequence[Placement]
    names: Names
    on_event: Callable[[Progress], None]
    now: Callable[[], datetime] = utc_now
    time: Time = field(default_factory=Time)
    stop: threading.Event | None = None
    _reported: str = ""

    def run(self) -> Outcome:
        """Run the hop, and return its outcome. Raises CloudError, Stopped, PodLeft."""
        if self.users.host_network:
            return self._judged(Refusal("HostNetwork", ", ".join(self.users.host_network)))
        around = carried_labels.look_around(self.reads, self.test.namespace, self.test.in_pod)
        if self.test.recording:
            placement = self.placements[0] if self.placements else Placement({})
            return self._outcome([self._placed(placement, {}).read(self.test.recording, self.now())], around)
        if not self.test.in_pod:
            return self._from_here(around)
        forbidden = self.reads.shared.once(("allowed", self.test.namespace), self._forbidden)
        if forbidden:
            return Outcome.of(POD, (), forbidden)
        self.reads.shared.once(("forgotten", self.test.namespace), self._remove_forgotten)
        results = [self._probe(placement, labels, around) for placement, labels in self._groups(around)]
        return self._outcome(results, around)

    def _from_here(self, around: Surroundings) -> Outcome:
        """Return what can be said without a pod: NetworkPolicies are computed."""
        blocked = self._blocked(self.users.found, around)
        if blocked and self.cluster.enforces_policies:
            return self._judged(Refusal("NetworkPolicy", blocked))
        if blocked:
            return self._judged(None).as_not_proven(*self._unless_enforced(blocked))
        reason = "the test ran only from this machine, because you did not request one-off pods"
        return Outcome(POD, "skipped", (reason, *self._users_evidence()), reason)

    def _judged(self, refusal: Refusal | None) -> Outcome:
        return Outcome.of(POD, [*self._users_evidence(), *self.users.unread], refusal)

    def _forbidden(self) -> Refusal | None:
        """Return the first permission that the operator does not have, in the words of Kubernetes."""
        for verb, resource, group in _NEEDED:
            try:
                allowed = self.reads.kubernetes.allowed(verb, resource, self.test.namespace, group)
            except CloudError:  # the attempt itself will show it
                continue
            if not allowed:
                words = _FORBIDDEN.format(verb=verb, resource=resource, group=group, namespace=self.test.namespace)
                return Refusal("Forbidden", words)
        return None

    def _remove_forgotten(self) -> None:
        try:
            pod.remove_forgotten(self.reads.kubernetes, self.test.namespace, self.now())
        except CloudError:
            return  # the test does not depend on it

    def _groups(self, around: Surroundings) -> list[tuple[Placement, Mapping[str, str]]]:
        """Return each placement with the labels for its pod: users that policies treat differently are apart."""
        groups: dict[tuple[int, tuple[tuple[str, str], ...]], list[User]] = {}
        for index, placement in enumerate(self.placements):
            for user in placement.users:
                labels = around.policy_labels(user.labels)
                groups.setdefault((index, tuple(sorted(labels.items()))), []).append(user)
            if not placement.users:
                groups[index, ()] = []
        return [
            (Placement(each.spec, tuple(users), each.pools, each.has_node), dict(labels))
            for (index, labels), users in groups.items()
            for each in (self.placements[index],)
        ]

    def _placed(self, placement: Placement, labels: Mapping[str, str]) -> PlacedProbe:
        return PlacedProbe(
            self.test, self.cluster, self.account, self.reads.kubernetes, self.names, placement, labels, self._waiting
        )

    def _probe(self, placement: Placement, labels: Mapping[str, str], around: Surroundings) -> ProbeResult:
        """Run a pod for a placement, or say why it cannot be run there."""
        own = {**self.test.pod_options.labels, LABEL: "true"}
        if not placement.has_node:
            return ProbeResult(placement, not_proven=_NO_NODE.format(pods=placement.title), fix=_ADD_NODE)
        takers = around.selected_by({**own, **labels}) if labels else []
        if around.selected_by(own):
            why = _NOT_STARTED.format(pods=_named(placement), takers=", ".join(around.selected_by(own)))
            return self._computed(ProbeResult(placement, not_proven=why), around, ())
        if labels and around.unread:  # something that is not known could select it
            takers = ["unread object"]
        carried = {} if takers else labels
        result = self._placed(placement, carried).run(around, self.now, self.time, self.stop)
        return self._computed(result, around, takers) if takers else result

    def _computed(self, result: ProbeResult, around: Surroundings, takers: Sequence[str]) -> ProbeResult:
        """Return the result with what the NetworkPolicies do to the workload's pods, which no pod has shown."""
        blocked = self._blocked(result.placement.users, around)
        if result.refusal:
            return result
        if blocked and self.cluster.enforces_policies:
            return replace(result, refusal=Refusal("NetworkPolicy", blocked), not_proven=None)
        if blocked:
            words, fix = self._unless_enforced(blocked)
            return replace(result, not_proven=words, fix=fix)
        if takers and not result.not_proven:
            return replace(result, not_proven=_COMPUTED.format(pods=_named(result.placement), takers=", ".join(takers)))
        return result

    def _blocked(self, users: Sequence[User], around: Surroundings) -> str:
        """Return the policies that block the workload's own pods from the metadata server, with the pods of each."""
        blocked = []
        for user in users:
            policies = around.blocking(user.labels, self.cluster.metadata_address)
            if policies:
                names = ", ".join(policies)
                blocked.append(f"{names}: pods of {user.title}")
        return "; ".join(blocked)

    def _unless_enforced(self, blocked: str) -> tuple[str, str]:
        address, port = self.cluster.metadata_address
        words = f"NetworkPolicies block pods from the metadata server if the cluster enforces them: {blocked}"
        return words, f"allow egress to {address} port {port} in these policies"

    def _waiting(self, text: str) -> None:
        if text != self._reported:
            self._reported = text
            self.on_event(Waiting(POD, f"{POD.title}: {text}"))

    def _outcome(self, results: Sequence[ProbeResult], around: Surroundings) -> Outcome:
        """Return one outcome for all placements: the first that failed decides, then the first not proven."""
        failed = next((result for result in results if result.refusal), None)
        evidence = [line for result in results for line in result.lines(len(results) > 1)]
        evidence += [*self._users_evidence(), *self.users.unread, *around.unread]
        received = {
            "placement": failed.placement.title if failed else "",
            "roles": failed.received.get("roles", []) if failed else [],
            "pods": [result.received for result in results],
        }
        sent = {"manifests": [result.sent for result in results if result.sent]}
        outcome = Outcome.of(POD, dict.fromkeys(evidence), failed.refusal if failed else None, sent, received)
        unproven = [result for result in results if result.not_proven]
        if failed or not (unproven or self.users.unread):
            return outcome
        if not unproven:
            return outcome.as_not_proven(*not_all_read(self.test, self.users))
        what = tuple(dict.fromkeys(each for result in unproven for each in result.unproven))
        reasons = "; ".join(dict.fromkeys(str(result.not_proven) for result in unproven))
        return outcome.as_not_proven(reasons, unproven[0].fix, what)

    def _users_evidence(self) -> list[str]:
        if self.users.found:
            users = ", ".join(user.title for user in self.users.found)
            return [f"workloads that use {self.test.title}: {users}"]
        if self.users.unread:
            return []
        return [f"no pod uses {self.test.title} yet: set serviceAccountName: {self.test.service_account}"]


def _named(placement: Placement) -> str:
    return placement.title or "pods of the workload"
