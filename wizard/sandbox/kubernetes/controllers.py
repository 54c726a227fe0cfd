"""The controllers of a cluster: they work on what has changed since they last did, and on nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from . import revisions
from .deployments import Deployments
from .jobs import Jobs
from .kinds import (
    CONTROLLER_REVISION,
    DAEMON_SET,
    DEPLOYMENT,
    EVENT,
    JOB,
    NAMESPACE,
    POD,
    REPLICA_SET,
    REPLICATION_CONTROLLER,
    STATEFUL_SET,
    TEMPLATES,
    Kind,
    Object,
    of,
)
from .making import Maker, has_controller
from .nodes import nodes
from .replicas import Replicas
from .sets import Sets
from .state import KubernetesState

_WATCHED = (DEPLOYMENT, REPLICA_SET, REPLICATION_CONTROLLER, STATEFUL_SET, DAEMON_SET, JOB)
"""The kinds that something is done for."""
_ROUNDS = 50
"""After how many rounds the rest is left for the next time."""

_Key = tuple[Kind, str, str]


class Controllers:
    """Brings the objects of one cluster in line with each other, whenever somebody looks."""

    def __init__(self, state: KubernetesState, maker: Maker) -> None:
        self._state = state
        self._maker = maker
        self._deployments = Deployments(state)
        self._replicas = Replicas(state, maker)
        self._sets = Sets(state, maker)
        self._jobs = Jobs(state, maker)
        self._nodes: list[object] = []

    def settle(self) -> None:
        """Do what the changes since the last time ask for, and what follows from that."""
        now: list[object] = [(each.name, each.labels, each.taints) for each in nodes(self._state)]
        if now != self._nodes:
            self._nodes = now
            self._stop_without_node()
            self._state.store.touched += [(kind, each) for kind in _WATCHED for each in self._all(kind)]
        for _ in range(_ROUNDS):
            if not self._state.store.touched:
                return
            touched, self._state.store.touched = self._state.store.touched, []
            for key in dict.fromkeys(key for kind, item in touched for key in self._concerned(kind, item)):
                self._settle(*key)

    def _all(self, kind: Kind, namespace: str = "") -> Iterable[Object]:
        return self._state.store.peek_all(kind, namespace)

    def _concerned(self, kind: Kind, item: Object) -> list[_Key]:
        """What must be looked at after a change of an object."""
        metadata = item["metadata"]
        namespace = metadata.get("namespace", "")
        if kind is EVENT:
            return []
        if kind in _WATCHED and self._state.store.peek(kind, namespace, metadata["name"]) is None:
            self._end(kind, item)
        keys = [(kind, namespace, metadata["name"])] if kind in _WATCHED else []
        for reference in metadata.get("ownerReferences") or ():
            owner = of(str(reference.get("apiVersion")), str(reference.get("kind")))
            if owner in _WATCHED:
                keys.append((owner, namespace, str(reference.get("name"))))
        if kind is CONTROLLER_REVISION:
            return []
        if (kind is POD and not has_controller(item)) or not (kind is POD or kind in TEMPLATES):
            wanted = (REPLICA_SET, REPLICATION_CONTROLLER) if kind is POD else _WATCHED
            within = metadata["name"] if kind is NAMESPACE else namespace
            keys += [_key(each, owner) for each in wanted for owner in self._all(each, within)]
        return keys

    def _settle(self, kind: Kind, namespace: str, name: str) -> None:
        item = self._state.store.peek(kind, namespace, name)
        if item is None:
            return
        if kind is DEPLOYMENT:
            self._deployments.settle(item)
        elif kind in (REPLICA_SET, REPLICATION_CONTROLLER):
            self._replicas.settle(kind, item)
        elif kind is JOB:
            self._jobs.settle(item)
        else:
            self._sets.settle(kind, item)

    def _end(self, kind: Kind, owner: Object) -> None:
        """Remove what belongs to an object that was deleted."""
        if kind is DEPLOYMENT:
            self._deployments.end(owner)
        revisions.forget(self._state, owner)
        for pod in self._maker.owned(owner):
            self._maker.stop(pod)

    def _stop_without_node(self) -> None:
        there = {node.name for node in nodes(self._state)}
        for pod in self._all(POD):
            if pod["spec"].get("nodeName", next(iter(there), "")) not in there and has_controller(pod):
                self._maker.stop(pod)


def _key(kind: Kind, item: Object) -> _Key:
    return kind, item["metadata"]["namespace"], item["metadata"]["name"]
