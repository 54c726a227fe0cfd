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
from wizard.chain.rule import Explanation
from wizard.clouds.errors import CloudError
from wizard.engine.patience import Time
from wizard.language import _, translated
from wizard.modes.gke.live import carried_labels, own_admission
from wizard.modes.gke.live.account import AccountFacts
from wizard.modes.gke.live.carried_labels import Surroundings
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.hops import POD
from wizard.modes.gke.live.placed_probe import PlacedProbe, ProbeResult
from wizard.modes.gke.live.placements import Placement
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import User, Users, not_all_read
from wizard.phrases import sentences

_NEEDED = (
    ("create", "jobs", "batch"),
    ("delete", "jobs", "batch"),
    ("list", "pods", ""),
    ("get", "pods", ""),
    ("get", "pods/log", ""),
)
"""The permissions that the operator needs in the namespace. They are checked before anything is created."""


_NO_NODE = (
    "the cluster has no node for {pods}. Each node either does not match the node selector or the node affinity of "
    "the pods, or has a taint that the pods do not tolerate"
)
_NOT_STARTED = "the wizard did not start a one-off pod for {pods}, because these objects would select the pod: {takers}"
_COMPUTED = (
    "the one-off pod did not have the labels of {pods}, because these objects would select a pod with these labels: "
    "{takers}. The NetworkPolicies allow the traffic of the workload's pods, but the test did not confirm this from "
    "a pod with these labels"
)
_ONLY_OURS = (
    "NetworkPolicies block the traffic of the one-off pod. The pod does not have the labels of {pods}, because these "
    "objects would select a pod with these labels: {takers}. The NetworkPolicies allow the traffic of the workload's "
    "pods, but the test did not confirm this from a pod with these labels"
)
_NO_PODS_YET = (
    "NetworkPolicies that select pods by labels block the traffic of the one-off pod: {policies}. No pod uses "
    "{title} yet, so the test could not use the labels of its pods. Start the workload, then test again"
)
_ONLY_OURS_REFUSED = "{cause}. The test did not show whether {pods} have the same problem"
_BY_POLICY = ("NetworkPolicy", "NetworkPolicyNames", "UNREACHABLE")
"""The codes of what a NetworkPolicy can do to a pod: they say nothing about pods with other labels."""
_FORBIDDEN = 'you cannot {verb} resource "{resource}" in API group "{group}" in the namespace "{namespace}"'
_BLOCKED_NAMES = (
    "NetworkPolicies block the pods' access to the cluster's DNS if the cluster enforces the policies: {what}"
)
_UNLESS_ALLOWED = (
    "NetworkPolicies do not allow traffic that the pods need, but other policies ({kinds}) can allow this traffic: "
    "{what}"
)
_SEE_OTHERS = (
    "check that a policy of one of these kinds allows egress to the metadata server, and to port 53 over UDP and TCP"
)
_ALLOW_NAMES = "allow egress to port 53 over UDP and TCP in these policies"
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
    explain: Callable[[Outcome], Explanation | None]
    on_event: Callable[[Progress], None]
    now: Callable[[], datetime] = utc_now
    time: Time = field(default_factory=Time)
    stop: threading.Event | None = None
    _reported: str = ""

    def run(self) -> Outcome:
        """Run the hop, and return its outcome. Raises CloudError, Stopped, PodLeft."""
        if self.users.host_network:
            return self._judged(Refusal("HostNetwork", ", ".join(self.users.host_network)))
        around = carried_labels.look_around(self.reads, self.test.namespace, self.test.in_pod, self.cluster)
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
        if blocked and self._is_certain(around):
            return self._judged(blocked)
        if blocked:
            return self._judged(None).as_not_proven(*self._unless_enforced(blocked, around))
        reason = _("the test ran only from this machine, because you did not request one-off pods")
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
                words = _(_FORBIDDEN).format(verb=verb, resource=resource, group=group, namespace=self.test.namespace)
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
            return ProbeResult(placement, not_proven=_(_NO_NODE).format(pods=placement.title), fix=_(_ADD_NODE))
        certain = self._certainly_blocked(placement, own, around)
        if certain:
            return certain
        takers = around.selected_by({**own, **labels}) if labels else []
        if around.selected_by(own):
            why = _(_NOT_STARTED).format(pods=_named(placement), takers=", ".join(around.selected_by(own)))
            return self._computed(ProbeResult(placement, not_proven=why), around, ())
        if labels and around.unread:  # something that is not known could select it
            takers = [_("unread object")]
        if takers and self._stops_ours(around, own):
            return self._computed(ProbeResult(placement), around, takers, ours_blocked=True)
        carried = {} if takers else labels
        result = self._placed(placement, carried).run(around, self.now, self.time, self.stop)
        result = self._unless_only_ours(result)
        decisive = around.by_labels() if not placement.users else []
        if decisive and result.refusal and result.refusal.code in _BY_POLICY:
            return replace(result, refusal=None, not_proven=self._no_pods_yet(decisive))
        return self._computed(result, around, takers) if takers else result

    def _unless_only_ours(self, result: ProbeResult) -> ProbeResult:
        """Return the result as not proven if the cluster keeps out the one-off pod, and not certainly the own pods."""
        refusal, users = result.refusal, result.placement.users
        if refusal is None or refusal.code != "NotAdmitted" or not own_admission.admits(refusal.message, users):
            return result
        explained = self.explain(Outcome.of(POD, (), refusal))
        cause = explained.cause if explained else refusal.message
        words = _(_ONLY_OURS_REFUSED).format(cause=cause, pods=_named(result.placement))
        fix, code = (explained.fix, explained.code) if explained else (None, "")
        return replace(result, refusal=None, not_proven=words, fix=fix, code=code)

    def _certainly_blocked(
        self, placement: Placement, own: Mapping[str, str], around: Surroundings
    ) -> ProbeResult | None:
        """Return the result if policies certainly block the workload's pods from the metadata server; else None.

        A pod would only wait there. `own` are the labels of a pod for a workload that has no pods yet.
        """
        if not self._is_certain(around):
            return None
        if placement.users:
            blocked = self._blocked(placement.users, around)
            certain = blocked is not None and blocked.code == "NetworkPolicy"
            return ProbeResult(placement, refusal=blocked) if certain else None
        policies = around.blocking(own, self.cluster.metadata_address)
        if policies and around.by_labels():
            return ProbeResult(placement, not_proven=self._no_pods_yet(around.by_labels()))
        what = _("{policies}: pods of {title}").format(policies=", ".join(policies), title=self.test.title)
        return ProbeResult(placement, refusal=Refusal("NetworkPolicy", what)) if policies else None

    def _no_pods_yet(self, decisive: Sequence[str]) -> str:
        return _(_NO_PODS_YET).format(title=self.test.title, policies=", ".join(decisive))

    def _is_certain(self, around: Surroundings) -> bool:
        """Return whether the cluster does to pods what was computed from its policies."""
        return self.cluster.enforces_policies and not around.undecided

    def _stops_ours(self, around: Surroundings, labels: Mapping[str, str]) -> bool:
        """Return whether it is certain that NetworkPolicies block a pod of ours that has only these labels."""
        return self._is_certain(around) and bool(around.blocking(labels, self.cluster.metadata_address))

    def _computed(
        self, result: ProbeResult, around: Surroundings, takers: Sequence[str], *, ours_blocked: bool = False
    ) -> ProbeResult:
        """Return the result with what the NetworkPolicies do to the workload's pods, which no pod has shown.

        `ours_blocked`: whether they block a pod without the labels of the workload's pods, which proves nothing.
        """
        blocked = self._blocked(result.placement.users, around)
        if takers and result.refusal and result.refusal.code in _BY_POLICY:
            result, ours_blocked = replace(result, refusal=None, received={**result.received, "roles": []}), True
        if result.refusal:
            return result
        if blocked and self._is_certain(around):
            return replace(result, refusal=blocked, not_proven=None)
        if blocked:
            words, fix = self._unless_enforced(blocked, around)
            return replace(result, not_proven=words, fix=fix)
        if ours_blocked:
            words = _(_ONLY_OURS).format(pods=_named(result.placement), takers=", ".join(takers))
            return replace(result, not_proven=words)
        if takers and not result.not_proven:
            return replace(
                result, not_proven=_(_COMPUTED).format(pods=_named(result.placement), takers=", ".join(takers))
            )
        return result

    def _blocked(self, users: Sequence[User], around: Surroundings) -> Refusal | None:
        """Return the policies that block the workload's own pods from the metadata server, or else from the DNS.

        The pods of each policy stand beside it.
        """
        from_server = _listed(users, lambda user: around.blocking(user.labels, self.cluster.metadata_address))
        if from_server:
            return Refusal("NetworkPolicy", from_server)
        from_names = _listed(users, lambda user: around.blocking_names(user.labels))
        return Refusal("NetworkPolicyNames", from_names) if from_names else None

    def _unless_enforced(self, blocked: Refusal, around: Surroundings) -> tuple[str, str]:
        if around.undecided:
            return _(_UNLESS_ALLOWED).format(what=blocked.message, kinds=", ".join(around.undecided)), _(_SEE_OTHERS)
        if blocked.code == "NetworkPolicyNames":
            return _(_BLOCKED_NAMES).format(what=blocked.message), _(_ALLOW_NAMES)
        address, port = self.cluster.metadata_address
        words = _(
            "NetworkPolicies block the pods' access to the metadata server if the cluster enforces the policies: "
            "{message}"
        ).format(message=blocked.message)
        return words, _("allow egress to {address} port {port} in these policies").format(address=address, port=port)

    def _waiting(self, text: str) -> None:
        if text != self._reported:
            self._reported = text
            self.on_event(Waiting(POD, f"{translated(POD.title)}: {text}"))

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
        reasons = sentences(dict.fromkeys(str(result.not_proven) for result in unproven))
        return outcome.as_not_proven(reasons, unproven[0].fix, what, unproven[0].code)

    def _users_evidence(self) -> list[str]:
        if self.users.found:
            users = ", ".join(user.title for user in self.users.found)
            return [_("workloads that use {title}: {users}").format(title=self.test.title, users=users)]
        if self.users.unread:
            return []
        return [
            _("no pod uses {title} yet: set the pods' serviceAccountName to {service_account}").format(
                title=self.test.title, service_account=self.test.service_account
            )
        ]


def _named(placement: Placement) -> str:
    return placement.title or _("pods of the workload")


def _listed(users: Sequence[User], blocking: Callable[[User], Sequence[str]]) -> str:
    """Return the policies that block some of the pods, each with the pods; empty if none does."""
    blocked = [(", ".join(policies), user.title) for user in users if (policies := blocking(user))]
    return sentences(
        _("{policies}: pods of {title}").format(policies=policies, title=title) for policies, title in blocked
    )
