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

_COMPONENTS = {
    "Scheduled": "default-scheduler",
    "FailedScheduling": "default-scheduler",
    "Pulled": "kubelet",
    "Created": "kubelet",
    "Started": "kubelet",
    "Killing": "kubelet",
}
"""Who tells of a pod, by the event's reason."""
_CONTROLLERS = {
    "Deployment": "deployment-controller",
    "Job": "job-controller",
    "ReplicaSet": "replicaset-controller",
    "StatefulSet": "statefulset-controller",
    "DaemonSet": "daemonset-controller",
    "ReplicationController": "replication-controller",
}
_KEPT = timedelta(hours=1)
"""How long a cluster keeps its events."""


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

    def say(self, kind: Kind, item: Object, reason: str, message: str, warning: bool = False, part: str = "") -> None:
        """Record an event about an object, or about a part of it such as spec.containers{main}.

        What went well before a cluster's memory begins leaves no event; what went wrong is told again and again.
        """
        if self.age > _KEPT and not warning:
            return
        metadata, now = item["metadata"], self.now()
        about = {"kind": kind.kind, "apiVersion": kind.api_version, "name": metadata["name"], "uid": metadata["uid"]}
        component = _COMPONENTS.get(reason) or _CONTROLLERS.get(kind.kind, "kubelet")
        # Events are listed by their names, so those of one object stand in the order in which they happened.
        moment = int(self.world.clock().timestamp()) * 10**9 + self.store.version
        event = {
            **head(EVENT, f"{metadata['name']}.{moment:x}", metadata["namespace"], now),
            "involvedObject": {**about, "namespace": metadata["namespace"], **({"fieldPath": part} if part else {})},
            "reason": reason,
            "message": message,
            "type": "Warning" if warning else "Normal",
            "count": 1,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "source": {"component": component},
            "reportingComponent": component,
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
