"""The controllers of stateful sets and daemon sets: pods with names that stay, and a pod on each node."""

from __future__ import annotations

from collections.abc import Iterator

from .kinds import DAEMON_SET, Kind, Object
from .making import Maker, is_ready, revision
from .nodes import nodes
from .revisions import REVISION, remember
from .scheduling import fitting
from .state import KubernetesState

_ON_DELETE = "OnDelete"


class Sets:
    """Brings the pods of one cluster in line with its stateful sets and daemon sets."""

    def __init__(self, state: KubernetesState, maker: Maker) -> None:
        self._state = state
        self._maker = maker

    def settle(self, kind: Kind, owner: Object) -> None:
        """Create what pods are missing, and end those of other templates and of nodes that are gone.

        With the update strategy OnDelete, pods of other templates stay until someone deletes them.
        """
        metadata, template = owner["metadata"], owner["spec"]["template"]
        current = revision(template)
        remember(self._state, kind, owner, current)
        wanted = dict(self._on_nodes(owner)) if kind is DAEMON_SET else dict(_numbered(owner))
        there = {node.name for node in nodes(self._state)}
        stays = owner["spec"].get("updateStrategy", {}).get("type") == _ON_DELETE
        running = {}
        for pod in self._maker.owned(owner):
            name, node = pod["metadata"]["name"], pod["spec"].get("nodeName", "")
            if name in wanted and (stays or _revision_of(pod) == current) and (not node or node in there):
                running[name] = pod
            else:
                self._maker.end(kind, owner, pod)
        for name in [each for each in wanted if each not in running]:
            spec = {"nodeName": wanted[name]} if wanted[name] else {}
            pod_made = self._maker.make(kind, owner, template, name, labels={REVISION: current}, spec=spec)
            if pod_made is None:
                break  # the next one would be refused too
            running[name] = pod_made
        ready = sum(is_ready(pod) for pod in running.values())
        older = {name: _revision_of(pod) for name, pod in running.items() if _revision_of(pod) != current}
        before = next(iter(older.values()), current)
        revisions = f"{metadata['name']}-{before}", f"{metadata['name']}-{current}"
        self._report(kind, owner, len(wanted), ready, len(older), revisions)

    def _on_nodes(self, owner: Object) -> Iterator[tuple[str, str]]:
        """Names of pods, each with its node."""
        for node in fitting(self._state, owner["spec"]["template"]["spec"], daemon=True):
            yield f"{owner['metadata']['name']}-{revision({'node': node.name})[:5]}", node.name

    def _report(
        self, kind: Kind, owner: Object, wanted: int, ready: int, older: int, revisions: tuple[str, str]
    ) -> None:
        """Write the status. `older` pods have the first one of the revisions, the others have the second one."""
        status: Object = {"observedGeneration": owner["metadata"].get("generation", 1)}
        if kind is DAEMON_SET:
            scheduled = ("desired", "current", "updated")
            status |= {f"{name}NumberScheduled": wanted for name in scheduled} | {"numberMisscheduled": 0}
            status |= {"numberReady": ready, "numberAvailable": ready, "updatedNumberScheduled": wanted - older}
        else:
            status |= dict.fromkeys(("replicas", "currentReplicas", "updatedReplicas"), wanted)
            status |= dict.fromkeys(("readyReplicas", "availableReplicas"), ready)
            status |= {"updatedReplicas": wanted - older} | ({"currentReplicas": older} if older else {})
            status |= dict(zip(("currentRevision", "updateRevision"), revisions, strict=True))
        if owner.get("status") != status:
            self._state.store.put(kind, {**owner, "status": status})


def _revision_of(pod: Object) -> str:
    return str(pod["metadata"].get("labels", {}).get(REVISION, ""))


def _numbered(owner: Object) -> Iterator[tuple[str, str]]:
    """Names of pods, which no node is chosen for."""
    for number in range(owner["spec"].get("replicas", 1)):
        yield f"{owner['metadata']['name']}-{number}", ""
