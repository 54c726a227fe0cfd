"""What the parts of one cluster's Kubernetes API share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from wizard.sandbox.model.clusters import Cluster
from wizard.sandbox.model.world import World

from .kinds import EVENT, Kind, Object
from .signing_key import SigningKey
from .store import Store

_SCHEDULER = ("Scheduled", "FailedScheduling")
"""The reasons of the scheduler's events."""
_COMPONENTS = {
    "Job": "job-controller",
    "ReplicaSet": "replicaset-controller",
    "StatefulSet": "statefulset-controller",
    "DaemonSet": "daemonset-controller",
    "ReplicationController": "replication-controller",
}


@dataclass
class KubernetesState:
    """The objects of a cluster and its signing key.

    `denied` are rules of the scenario: what the cluster's own roles (RBAC) refuse, whatever IAM grants, by `verbs`,
    `resources` (with their subresource, as in serviceaccounts/token) and `namespaces`; what is left out means any.
    `metadata_after` is how many seconds a new pod waits for its metadata server.
    """

    world: World
    cluster: Cluster
    keys: SigningKey = field(default_factory=SigningKey)
    store: Store = field(default_factory=Store)
    denied: list[Mapping[str, Any]] = field(default_factory=list)
    metadata_after: float = 0.0
    node_changes: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """What callers changed of nodes, by their names: labels, annotations, taints, and `unschedulable`."""
    http: str = ""
    """The address without TLS, such as http://127.0.0.1:8080, once it is served."""

    age: timedelta = timedelta()
    """How long ago what is being made is meant to have been made."""

    def now(self) -> str:
        """The time as Kubernetes writes it."""
        return stamp(self.world.clock() - self.age)

    def say(self, kind: Kind, item: Object, reason: str, message: str, warning: bool = False) -> None:
        """Record an event about an object."""
        metadata, now = item["metadata"], self.now()
        about = {"kind": kind.kind, "apiVersion": kind.api_version, "name": metadata["name"], "uid": metadata["uid"]}
        component = "default-scheduler" if reason in _SCHEDULER else _COMPONENTS.get(kind.kind, "kubelet")
        event = {
            **head(EVENT, f"{metadata['name']}.{uuid4().hex[:16]}", metadata["namespace"], now),
            "involvedObject": {**about, "namespace": metadata["namespace"]},
            "reason": reason,
            "message": message,
            "type": "Warning" if warning else "Normal",
            "count": 1,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "source": {"component": component},
        }
        self.store.put(EVENT, event)


def head(kind: Kind, name: str, namespace: str, now: str) -> Object:
    """The beginning of a new object."""
    metadata: Object = {"name": name, "uid": str(uuid4()), "creationTimestamp": now}
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}


def stamp(moment: datetime) -> str:
    """A time as Kubernetes writes it: RFC 3339, in seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
