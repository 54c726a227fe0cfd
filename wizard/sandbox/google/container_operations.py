"""The operations of the Container API: they have a name at once, then progress, and their effect when they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import Cluster, ClusterOperation, NodePool
from wizard.sandbox.model.world import World

from .container_documents import location_link, self_link
from .errors import GoogleError, error_info
from .operation_faults import failure, struck

SERVICE = "container.googleapis.com"

_STAGES = {"CLUSTER_CONFIGURING": 9, "CLUSTER_DEPLOYING": 13, "CLUSTER_HEALTHCHECKING": 2}
"""What a cluster's operation counts, and how far (recorded)."""
_WITHOUT_PROGRESS = ("DELETE_CLUSTER", "CREATE_NODE_POOL", "DELETE_NODE_POOL")
_CREATING = ("CREATE_CLUSTER", "CREATE_NODE_POOL")
_MEANWHILE = {
    **dict.fromkeys(_CREATING, "PROVISIONING"),
    **dict.fromkeys(("DELETE_CLUSTER", "DELETE_NODE_POOL"), "STOPPING"),
}
"""The status of a cluster or a node pool during an operation, where it is not RECONCILING."""


def start(
    world: World, kind: str, cluster: Cluster, pool: NodePool | None, effect: Callable[[], None]
) -> ClusterOperation:
    """Start an operation on a cluster, or on one of its node pools; `effect` happens when it ends.

    A cluster runs one operation at a time, on whichever part of it (reported): GoogleError 400 names the one that is
    running. A fault whose call is `operation KIND`, such as `operation UPGRADE_NODES`, makes it take longer (delay),
    or end without effect (status, code, message).
    """
    _refuse_if_busy(cluster)
    fault = struck(world, SERVICE, f"operation {kind}")
    longer = fault.delay if fault is not None else 0.0
    now = world.clock()
    name = f"operation-{int(now.timestamp() * 1000)}-{uuid4()}"
    operation = ClusterOperation(name, kind, cluster, pool, now, world.settings.operation + longer)
    cluster.operations[name] = operation
    changing: list[Cluster | NodePool] = [cluster] if pool is None else [cluster, pool]

    def end() -> None:
        operation.ended = world.clock()
        for each in changing:
            each.status = "RUNNING"
        if fault is not None and fault.status is not None:
            operation.error = failure(fault)
            if kind in _CREATING:
                changing[-1].status = "ERROR"
        else:
            effect()
            for each in changing:
                each.etag = str(uuid4())

    cluster.status = "RECONCILING"
    changing[-1].status = _MEANWHILE.get(kind, "RECONCILING")
    world.operations.start(f"{SERVICE}/{name}", end, longer)
    return operation


def started_document(operation: ClusterOperation, version: str) -> dict[str, JSON]:
    """What the call that starts the operation answers: those on node pools are pending at first (recorded)."""
    return _head(operation, "RUNNING" if operation.pool is None else "PENDING", version)


def operation_document(operation: ClusterOperation, now: datetime, version: str) -> dict[str, JSON]:
    """The operation as the API answers it when polled; nodes and clusters come and go without progress (recorded)."""
    document = _head(operation, "RUNNING" if operation.ended is None else "DONE", version)
    if metrics := _metrics(operation, now):
        document["progress"] = {"metrics": metrics}
    if operation.ended is not None:
        document["endTime"] = _nanoseconds(operation.ended)
    if operation.error is not None:
        document |= {"error": operation.error, "statusMessage": operation.error["message"]}
    return document


def _head(operation: ClusterOperation, status: str, version: str) -> dict[str, JSON]:
    cluster, pool = operation.cluster, operation.pool
    target = self_link(cluster, cluster.project.number, version)
    return {
        "name": operation.name,
        "zone": cluster.location,
        "operationType": operation.type,
        "status": status,
        "selfLink": f"{location_link(cluster, cluster.project.number, version)}/operations/{operation.name}",
        "targetLink": target if pool is None else f"{target}/nodePools/{pool.name}",
        "startTime": _nanoseconds(operation.started),
    }


def _metrics(operation: ClusterOperation, now: datetime) -> list[JSON]:
    """How far the operation is: nodes of a pool, or the stages of a cluster, each with its total."""
    if operation.type in _WITHOUT_PROGRESS:
        return []
    progress = operation.progress(now)
    counts: dict[str, int] = {}
    if operation.pool is None:
        for name, total in _STAGES.items():
            counts |= {name: int(total * progress), f"{name}_TOTAL": total}
    else:
        nodes = operation.pool.nodes
        counts["NODES_TOTAL"] = nodes
        if nodes:
            counts["NODES_DONE"] = int(nodes * progress)
    return [{"name": name, "intValue": str(value)} for name, value in counts.items()]


def _refuse_if_busy(cluster: Cluster) -> None:
    """GoogleError 400 in the API's words if an operation on the cluster has not ended yet."""
    busy = next((each for each in cluster.operations.values() if each.ended is None), None)
    if busy is not None:
        message = f"Cluster is running incompatible operation {busy.name}."
        info = error_info("CLUSTER_ALREADY_HAS_OPERATION", SERVICE, {})
        raise GoogleError(400, "FAILED_PRECONDITION", message, [info])


def _nanoseconds(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
