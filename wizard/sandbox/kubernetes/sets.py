"""The controllers of stateful sets and daemon sets: pods with names that stay, and a pod on each node."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .deployments import Start, pod_of, revision
from .kinds import DAEMON_SET, POD, SERVICE_ACCOUNT, STATEFUL_SET, Kind, Object
from .nodes import fitting, nodes
from .state import KubernetesState

REVISION = "controller-revision-hash"
"""The label of a pod that names the template it was made from."""


class Sets:
    """Brings the pods of one cluster in line with its stateful sets and daemon sets, whenever somebody looks."""

    def __init__(self, state: KubernetesState, start: Start, stop: Callable[[Object], None]) -> None:
        self._state = state
        self._start = start
        self._stop = stop

    def settle(self) -> None:
        """Create what pods are missing, and end those of sets, templates and nodes that are gone."""
        kinds = (STATEFUL_SET, DAEMON_SET)
        sets = [(kind, each) for kind in kinds for each in self._state.store.all(kind)]
        there = {each["metadata"]["uid"] for _, each in sets}
        for pod in self._state.store.all(POD):
            owner: Object = next(iter(pod["metadata"].get("ownerReferences") or ()), {})
            if owner.get("kind") in (STATEFUL_SET.kind, DAEMON_SET.kind) and owner["uid"] not in there:
                self._stop(pod)
        for kind, each in sets:
            self._settle(kind, each)

    def _settle(self, kind: Kind, owner: Object) -> None:
        metadata, template = owner["metadata"], owner["spec"]["template"]
        current = revision(template)
        wanted = dict(self._on_nodes(owner)) if kind is DAEMON_SET else dict(_numbered(owner))
        there = {node.name for node in nodes(self._state.cluster)}
        running = {}
        for pod in self._pods(owner):
            name, node = pod["metadata"]["name"], pod["spec"].get("nodeName", "")
            of_now = pod["metadata"].get("labels", {}).get(REVISION) == current
            if name in wanted and of_now and (not node or node in there):
                running[name] = pod
            else:
                self._stop(pod)
        account = template["spec"].get("serviceAccountName", "default")
        if self._state.store.get(SERVICE_ACCOUNT, metadata["namespace"], account) is not None:
            for name in [each for each in wanted if each not in running]:
                pod = pod_of(self._state, kind, owner, template, name)
                pod["metadata"].setdefault("labels", {})[REVISION] = current
                pod["spec"] |= {"nodeName": wanted[name]} if wanted[name] else {}
                running[name] = self._start(pod)
        ready = sum(pod.get("status", {}).get("phase") == "Running" for pod in running.values())
        self._report(kind, owner, len(wanted), ready, f"{metadata['name']}-{current}")

    def _on_nodes(self, owner: Object) -> Iterator[tuple[str, str]]:
        """Names of pods, each with its node."""
        for node in fitting(self._state.cluster, owner["spec"]["template"]):
            yield f"{owner['metadata']['name']}-{revision({'node': node.name})[:5]}", node.name

    def _pods(self, owner: Object) -> list[Object]:
        uid = owner["metadata"]["uid"]
        return [
            each
            for each in self._state.store.all(POD, owner["metadata"]["namespace"])
            if any(reference["uid"] == uid for reference in each["metadata"].get("ownerReferences") or [])
        ]

    def _report(self, kind: Kind, owner: Object, wanted: int, ready: int, current: str) -> None:
        status: Object = {"observedGeneration": owner["metadata"].get("generation", 1)}
        if kind is DAEMON_SET:
            scheduled = ("desired", "current", "updated")
            status |= {f"{name}NumberScheduled": wanted for name in scheduled} | {"numberMisscheduled": 0}
            status |= {"numberReady": ready, "numberAvailable": ready}
        else:
            status |= dict.fromkeys(("replicas", "currentReplicas", "updatedReplicas"), wanted)
            status |= dict.fromkeys(("readyReplicas", "availableReplicas"), ready)
            status |= dict.fromkeys(("currentRevision", "updateRevision"), current)
        if owner.get("status") != status:
            self._state.store.put(kind, {**owner, "status": status})


def _numbered(owner: Object) -> Iterator[tuple[str, str]]:
    """Names of pods, which no node is chosen for."""
    for number in range(owner["spec"].get("replicas", 1)):
        yield f"{owner['metadata']['name']}-{number}", ""
