"""Choose the labels of a one-off pod: NetworkPolicies must treat it as the workload's pods, and nothing may adopt it.

Source: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#non-template-pod-acquisitions
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.chain.pod_manifest import LABEL
from wizard.clouds.errors import CloudError
from wizard.language import _
from wizard.modes.gke.live import cilium, users
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.label_selector import keys, selects
from wizard.modes.gke.live.network_policy import blocking, blocking_names, for_egress
from wizard.modes.gke.live.reads import ClusterReads, Json

_CONTROLLERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController")
"""The kinds whose selectors count pods."""


@dataclass(frozen=True)
class Surroundings:
    """What selects pods in a namespace, by labels: NetworkPolicies, and everything that must not select ours.

    `unread` has a sentence for each kind that could not be read.
    """

    policies: tuple[Json, ...] = ()
    selectors: tuple[tuple[str, Mapping[str, Any] | None], ...] = ()
    """The title and the selector of each Service, disruption budget and controller."""
    unread: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    """Kinds of policies of which the wizard does not know what they allow."""

    def policy_labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        """Return those labels of a pod that a pod of ours needs so that the same policies select both.

        They are the labels in the policies that would select the two differently, or in all policies if that does not
        suffice.
        """
        selectors = [policy["spec"].get("podSelector") for policy in for_egress(self.policies)]
        wanted = [selects(selector, labels) for selector in selectors]
        bare = [selects(selector, {LABEL: "true"}) for selector in selectors]
        differing = [each for each, ours, theirs in zip(selectors, bare, wanted, strict=True) if ours != theirs]
        for decisive in (differing, selectors):
            names = {key for selector in decisive for key in keys(selector)}
            carried = {key: value for key, value in labels.items() if key in names}
            if [selects(selector, carried) for selector in selectors] == wanted:
                return carried
        return carried

    def by_labels(self) -> list[str]:
        """Return the names of the policies that select some pods of the namespace, by their labels."""
        return [
            str(policy["metadata"]["name"])
            for policy in for_egress(self.policies)
            if any(keys(policy["spec"].get("podSelector")))
        ]

    def selected_by(self, labels: Mapping[str, str]) -> list[str]:
        """Return the titles of what would take a pod with these labels for one of its own."""
        return [title for title, selector in self.selectors if selects(selector, labels)]

    def blocking(self, labels: Mapping[str, str], address: tuple[str, int]) -> list[str]:
        """Return the names of the policies that block pods with these labels from an address and port."""
        return blocking(self.policies, labels, *address)

    def blocking_names(self, labels: Mapping[str, str]) -> list[str]:
        """Return the names of the policies that block pods with these labels from the DNS of the cluster."""
        return blocking_names(self.policies, labels)


def look_around(reads: ClusterReads, namespace: str, with_selectors: bool, cluster: ClusterFacts) -> Surroundings:
    """Return what selects pods in a namespace. What cannot be read is in `unread`, not raised.

    `with_selectors`: also read what must not select a pod of ours.
    """
    from lightkube.resources import core_v1, networking_v1, policy_v1

    classes = users.kinds()
    others = {"Service": core_v1.Service, "PodDisruptionBudget": policy_v1.PodDisruptionBudget}
    selecting = {**others, **{name: classes[name] for name in _CONTROLLERS}} if with_selectors else {}
    reads.read_ahead([networking_v1.NetworkPolicy, *selecting.values()], namespace)
    unread: list[str] = []

    def read(kind: Any) -> list[Json]:
        try:
            return reads.objects(kind, namespace)
        except CloudError as error:
            unread.append(
                _("the wizard could not read the {name} objects in {namespace}: {message}").format(
                    name=kind.__name__, namespace=namespace, message=error.message
                )
            )
            return []

    policies = tuple(read(networking_v1.NetworkPolicy))
    selectors = tuple(
        (f"{name} {item['metadata']['name']}", _selector(name, item["spec"]))
        for name, kind in selecting.items()
        for item in read(kind)
        if _selector(name, item["spec"]) is not None
    )
    clusterwide, undecided = _clusterwide(reads, namespace) if cluster.clusterwide_policies else ((), ())
    if cluster.name_policies:
        undecided = (*undecided, "FQDNNetworkPolicy")
    return Surroundings((*policies, *clusterwide), selectors, tuple(unread), undecided)


def _clusterwide(reads: ClusterReads, namespace: str) -> tuple[tuple[Json, ...], tuple[str, ...]]:
    """Return the policies of the whole cluster as NetworkPolicies, and their kind if one of them cannot be told."""
    kind = cilium.kind()
    try:
        found = reads.clusterwide(kind)
        return tuple(each for policy in found for each in cilium.as_network_policies(policy, namespace)), ()
    except (CloudError, cilium.UndecidedError):
        return (), (kind.__name__,)


def _selector(kind: str, spec: Json) -> Mapping[str, Any] | None:
    """Return the label selector in a spec; None if it selects no pods."""
    selector = spec.get("selector")
    if kind in ("Service", "ReplicationController"):  # a plain map; without one, nothing is selected
        return {"matchLabels": selector} if selector else None
    return {} if selector is None and kind == "PodDisruptionBudget" else selector
