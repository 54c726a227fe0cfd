"""Container API v1: GKE clusters, node pools and operations, as far as Workload Identity Federation touches them."""

from __future__ import annotations

from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import Cluster, ClusterOperation, NodePool, make_workload_pool, workload_pool_of
from wizard.sandbox.model.projects import Project

from .calls import Call, Route
from .container_documents import cluster_document, node_pool_document
from .container_operations import SERVICE, operation_document, start, started_document
from .errors import GoogleError, concurrent_change, invalid, not_found

__all__ = ["ROUTES", "SERVICE"]

LOCATION = "/v1/projects/{project}/locations/{location}"
CLUSTER = LOCATION + "/clusters/{cluster}"
NODE_POOL = CLUSTER + "/nodePools/{pool}"
METADATA_MODES = ("GCE_METADATA", "GKE_METADATA")


def list_clusters(call: Call) -> JSON:
    """projects.locations.clusters.list: `-` is every location."""
    project = _project(call, "container.clusters.list")
    found = call.world.clusters.of(project.id, call.params["location"])
    return {"clusters": [cluster_document(each) for each in found]} if found else {}


def get_cluster(call: Call) -> JSON:
    """projects.locations.clusters.get."""
    return cluster_document(_cluster(call, "container.clusters.get"))


def update_cluster(call: Call) -> JSON:
    """projects.locations.clusters.update: the workload identity pool on (its name) or off (an empty one).

    Node pools that are there stay as they are (GKE documentation). The pool itself outlives what is switched off.
    """
    cluster = _cluster(call, "container.clusters.update")
    wanted = _wanted_pool(call, cluster)
    _check_etag(call, cluster)
    return started_document(start(call.world, cluster, None, partial(_join, cluster, wanted)))


def list_node_pools(call: Call) -> JSON:
    """projects.locations.clusters.nodePools.list."""
    cluster = _cluster(call, "container.clusters.get")
    pools = [node_pool_document(cluster, pool) for pool in cluster.node_pools.values()]
    return {"nodePools": pools} if pools else {}


def get_node_pool(call: Call) -> JSON:
    """projects.locations.clusters.nodePools.get."""
    cluster = _cluster(call, "container.clusters.get")
    return node_pool_document(cluster, _node_pool(call, cluster))


def update_node_pool(call: Call) -> JSON:
    """projects.locations.clusters.nodePools.update: workloadMetadataConfig.mode, which recreates the nodes."""
    cluster = _cluster(call, "container.clusters.update")
    if cluster.autopilot:
        raise invalid("The node pools of an Autopilot cluster cannot be changed.")
    pool = _node_pool(call, cluster)
    mode = _wanted_mode(call)
    if mode == "GKE_METADATA" and not cluster.workload_pool:
        raise invalid("GKE_METADATA needs a cluster with Workload Identity.")
    if mode == "GKE_METADATA" and pool.windows:
        raise invalid("GKE_METADATA is not possible on Windows nodes.")
    _check_etag(call, pool)
    return started_document(start(call.world, cluster, pool, partial(setattr, pool, "mode", mode)))


def list_operations(call: Call) -> JSON:
    """projects.locations.operations.list: those that have ended, too."""
    project = _project(call, "container.operations.list")
    found = _operations(call, project)
    now = call.world.clock()
    return {"operations": [operation_document(each, now) for each in found]} if found else {}


def get_operation(call: Call) -> JSON:
    """projects.locations.operations.get."""
    project = _project(call, "container.operations.get")
    name = call.params["operation"]
    operation = next((each for each in _operations(call, project) if each.name == name), None)
    if operation is None:
        raise not_found(f"Not found: {_place(call.params['project'], call)}/operations/{name}.")
    return operation_document(operation, call.world.clock())


def _wanted_pool(call: Call, cluster: Cluster) -> str | None:
    """The pool that an update asks for, None to leave the pool; GoogleError 400 for any but the project's own."""
    update = call.part("update")
    if not update:
        raise invalid("The update must have a field that is to change.")
    _only(update, "desiredWorkloadIdentityConfig")
    config = update["desiredWorkloadIdentityConfig"]
    pool = config.get("workloadPool", "") if isinstance(config, dict) else None
    if not isinstance(pool, str) or pool not in ("", workload_pool_of(cluster.project)):
        raise invalid(f"The workload pool of this cluster can only be {workload_pool_of(cluster.project)}.")
    if not pool and cluster.autopilot:
        raise invalid("Workload Identity cannot be switched off on an Autopilot cluster.")
    if not pool and any(each.mode == "GKE_METADATA" for each in cluster.node_pools.values()):
        raise invalid("Node pools of this cluster still have GKE_METADATA.")
    return pool or None


def _wanted_mode(call: Call) -> str:
    _only(call.document(), "workloadMetadataConfig")
    mode = call.part("workloadMetadataConfig").get("mode")
    if mode not in METADATA_MODES:
        kind = "type.googleapis.com/google.container.v1.WorkloadMetadataConfig.Mode"
        raise invalid(f"Invalid value at 'workload_metadata_config.mode' ({kind}), \"{mode}\"")
    return str(mode)


def _only(document: dict[str, JSON], field: str) -> None:
    """Refuse an update of anything else, which Google can do and the sandbox cannot (GoogleError 501)."""
    others = [key for key in document if key not in (field, "name", "etag")]
    if others:
        raise GoogleError(501, "UNIMPLEMENTED", f"This sandbox does not change {', '.join(others)}.")


def _check_etag(call: Call, entity: Cluster | NodePool) -> None:
    etag = call.part("update").get("etag") or call.document().get("etag")
    if etag and etag != entity.etag:
        raise concurrent_change()


def _join(cluster: Cluster, pool: str | None) -> None:
    cluster.workload_pool = pool
    if pool is not None:
        make_workload_pool(cluster.project)


def _project(call: Call, permission: str) -> Project:
    """The project of the path, if the caller has the permission there (403 in the API's words)."""
    project = call.project(call.params["project"])
    call.require(permission, project, refusal=partial(_required, permission, _resource(call)))
    return project


def _cluster(call: Call, permission: str) -> Cluster:
    project = _project(call, permission)
    cluster = call.world.clusters.find(project.id, call.params["location"], call.params["cluster"])
    if cluster is None:
        raise not_found(f"Not found: {_place(project.id, call)}/clusters/{call.params['cluster']}.")
    return cluster


def _node_pool(call: Call, cluster: Cluster) -> NodePool:
    name = call.params["pool"]
    pool = cluster.node_pools.get(name)
    if pool is None:
        raise not_found(f'Not found: node pool "{name}" not found.')
    return pool


def _operations(call: Call, project: Project) -> list[ClusterOperation]:
    clusters = call.world.clusters.of(project.id, call.params["location"])
    found = [operation for cluster in clusters for operation in cluster.operations.values()]
    return sorted(found, key=lambda each: each.started)


def _required(permission: str, resource: str) -> GoogleError:
    """403 in the words that public threads quote."""
    return GoogleError(403, "PERMISSION_DENIED", f'Required "{permission}" permission(s) for "{resource}".')


def _resource(call: Call) -> str:
    """What a refusal names: the cluster or operation, or, of a list, the project."""
    for kind, key in (("clusters", "cluster"), ("operations", "operation")):
        if key in call.params:
            return f"{_place(call.params['project'], call)}/{kind}/{call.params[key]}"
    return f"projects/{call.params['project']}"


def _place(project: str, call: Call) -> str:
    """The location as refusals name it: a zone if it is one."""
    location = call.params["location"]
    kind = "zones" if location.count("-") == 2 else "locations"
    return f"projects/{project}/{kind}/{location}"


ROUTES = [
    Route("GET", LOCATION + "/clusters", list_clusters, "read"),
    Route("GET", CLUSTER, get_cluster, "read"),
    Route("PUT", CLUSTER, update_cluster, "write"),
    Route("GET", CLUSTER + "/nodePools", list_node_pools, "read"),
    Route("GET", NODE_POOL, get_node_pool, "read"),
    Route("PUT", NODE_POOL, update_node_pool, "write"),
    Route("GET", LOCATION + "/operations", list_operations, "read"),
    Route("GET", LOCATION + "/operations/{operation}", get_operation, "read"),
]
