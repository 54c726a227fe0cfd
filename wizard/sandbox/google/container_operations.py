"""The operations of the Container API: a name now, the effect when they are done, progress in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from wizard.sandbox.faults import Fault
from wizard.sandbox.model.clusters import Cluster, NodePool
from wizard.sandbox.model.world import World

from .container_documents import location_link, self_link
from .errors import JSON, GoogleError, error_info, failed_precondition

SERVICE = "container.googleapis.com"

_STAGES = {"CLUSTER_CONFIGURING": 9, "CLUSTER_DEPLOYING": 13, "CLUSTER_HEALTHCHECKING": 2}
"""What a cluster's operation counts, and how far (recorded)."""


@dataclass
class ContainerOperation:
    """One operation on a cluster, or on one of its node pools; `seconds` is how long it takes."""

    name: str
    type: str
    cluster: Cluster
    pool: NodePool | None
    started: datetime
    seconds: float
    ended: datetime | None = None
    error: JSON = None
    """A google.rpc.Status of an operation that failed."""

    def shown(self, now: datetime) -> dict[str, JSON]:
        """The operation as the API answers it when polled."""
        status = "RUNNING" if self.ended is None else "DONE"
        body = {**self._head(status), "progress": {"metrics": self._metrics(now)}}
        if self.ended is not None:
            body["endTime"] = _nanoseconds(self.ended)
        if self.error is not None:
            body |= {"error": self.error, "statusMessage": self.error["message"]}
        return body

    def accepted(self) -> dict[str, JSON]:
        """What the call that starts it answers: those on node pools are pending at first (recorded)."""
        return self._head("RUNNING" if self.pool is None else "PENDING")

    def _head(self, status: str) -> dict[str, JSON]:
        number = self.cluster.project.number
        target = self_link(self.cluster, number)
        return {
            "name": self.name,
            "zone": self.cluster.location,
            "operationType": self.type,
            "status": status,
            "selfLink": f"{location_link(self.cluster, number)}/operations/{self.name}",
            "targetLink": target if self.pool is None else f"{target}/nodePools/{self.pool.name}",
            "startTime": _nanoseconds(self.started),
        }

    def _metrics(self, now: datetime) -> list[JSON]:
        """How far it is: nodes of a pool, or the stages of a cluster, each with its total."""
        part = self._part(now)
        if self.pool is not None:
            done = {"NODES_TOTAL": self.pool.nodes, "NODES_DONE": int(self.pool.nodes * part)}
        else:
            done = {}
            for name, total in _STAGES.items():
                done |= {name: int(total * part), f"{name}_TOTAL": total}
        return [{"name": name, "intValue": str(value)} for name, value in done.items()]

    def _part(self, now: datetime) -> float:
        if self.ended is not None:
            return 1.0
        return min((now - self.started).total_seconds() / self.seconds, 0.99) if self.seconds > 0 else 0.0


def start(world: World, cluster: Cluster, pool: NodePool | None, effect: Callable[[], None]) -> ContainerOperation:
    """Begin an operation on a cluster, or on one of its node pools; the effect is there when it has ended.

    A cluster takes one operation at a time, whatever part of it that is about (reported), so GoogleError 400 names the
    one that is under way. A fault whose call is `operation UPDATE_CLUSTER` or `operation UPGRADE_NODES` lets it take
    longer (delay), or end without effect (status, code, message).
    """
    refuse_if_busy(cluster)
    kind = "UPDATE_CLUSTER" if pool is None else "UPGRADE_NODES"
    fault = world.faults.match(SERVICE, f"operation {kind}")
    longer = fault.delay if fault is not None else 0.0
    now = world.clock()
    name = f"operation-{int(now.timestamp() * 1000)}-{uuid4()}"
    operation = ContainerOperation(name, kind, cluster, pool, now, world.settings.operation + longer)
    cluster.operations[name] = operation
    changing: list[Cluster | NodePool] = [cluster] if pool is None else [cluster, pool]

    def end() -> None:
        operation.ended = world.clock()
        for each in changing:
            each.status = "RUNNING"
        if fault is not None and fault.status is not None:
            operation.error = _failure(fault)
        else:
            effect()
            for each in changing:
                each.etag = str(uuid4())

    for each in changing:
        each.status = "RECONCILING"
    world.operations.start(f"{SERVICE}/{name}", end, longer)
    return operation


def refuse_if_busy(cluster: Cluster) -> None:
    """GoogleError 400 in the API's words when an operation on the cluster has not ended yet."""
    busy = next((each for each in cluster.operations.values() if each.ended is None), None)
    if busy is not None:
        error = failed_precondition(f"Cluster is running incompatible operation {busy.name}.")
        raise GoogleError(
            error.status,
            error.reason,
            error.message,
            [error_info("CLUSTER_ALREADY_HAS_OPERATION", SERVICE, {})],
        )


def _failure(fault: Fault) -> JSON:
    message = fault.message or "The operation failed, as the scenario asks for."
    return {"code": fault.status, "message": message}


def _nanoseconds(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
