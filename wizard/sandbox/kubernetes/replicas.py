"""The controllers of replica sets and replication controllers: as many pods as they ask for, some of them adopted.

A pod that matches and that nobody controls is adopted at once; of too many pods those that are not ready end first.
Source: Kubernetes documentation, "ReplicaSet", "Non-Template Pod acquisitions".
"""

from __future__ import annotations

from .kinds import POD, REPLICATION_CONTROLLER, Kind, Object
from .making import Maker, has_controller, has_ended, is_ready, letters, reference
from .nodes import nodes
from .selectors import by_object, labels
from .state import KubernetesState


class Replicas:
    """Brings the pods of one cluster in line with its replica sets and replication controllers."""

    def __init__(self, state: KubernetesState, maker: Maker) -> None:
        self._state = state
        self._maker = maker

    def settle(self, kind: Kind, owner: Object) -> None:
        """Adopt what matches, end what is too much or has lost its node, and create what is missing."""
        self._adopt(kind, owner)
        there = {node.name for node in nodes(self._state)}
        running = []
        for pod in self._maker.owned(owner):
            node = pod["spec"].get("nodeName")
            if node and node not in there:
                self._maker.stop(pod)
            elif not has_ended(pod):
                running.append(pod)
        running.sort(key=is_ready, reverse=True)
        wanted = owner["spec"].get("replicas", 1)
        for pod in running[wanted:]:
            self._maker.end(kind, owner, pod)
        for _ in range(wanted - len(running)):
            name = f"{owner['metadata']['name']}-{letters()}"
            if self._maker.make(kind, owner, owner["spec"]["template"], name) is None:
                break  # the next one would be refused too
        self._report(kind, owner, wanted)

    def _adopt(self, kind: Kind, owner: Object) -> None:
        namespace = owner["metadata"]["namespace"]
        for pod in self._state.store.peek_all(POD, namespace):
            if not has_controller(pod) and not has_ended(pod) and by_object(selector_of(kind, owner), labels(pod)):
                others = pod["metadata"].get("ownerReferences") or []
                metadata = {**pod["metadata"], "ownerReferences": [*others, reference(kind, owner)]}
                self._state.store.put(POD, {**pod, "metadata": metadata})

    def _report(self, kind: Kind, owner: Object, wanted: int) -> None:
        pods = self._maker.owned(owner)[:wanted]
        ready = sum(is_ready(pod) for pod in pods)
        status = {
            "observedGeneration": owner["metadata"].get("generation", 1),
            "replicas": len(pods),
            "fullyLabeledReplicas": len(pods),
            "readyReplicas": ready,
            "availableReplicas": ready,
        }
        if owner.get("status") != status:
            self._state.store.put(kind, {**owner, "status": status})


def selector_of(kind: Kind, owner: Object) -> Object:
    """The label selector of a controller; that of a replication controller has another form."""
    found: Object = owner["spec"].get("selector") or {}
    if kind is REPLICATION_CONTROLLER:
        return {"matchLabels": found or (owner["spec"]["template"].get("metadata") or {}).get("labels") or {}}
    return found
