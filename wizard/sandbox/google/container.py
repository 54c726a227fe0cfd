"""Container API v1 and v1beta1: GKE clusters, and the routes of everything in them."""

from __future__ import annotations

from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import Cluster
from wizard.sandbox.model.world import World
from wizard.sandbox.request_log import CallKind

from .calls import Call, Handler, Route
from .container_calls import (
    VERSIONS,
    check_etag,
    find_cluster,
    find_project,
    place,
    take,
    take_texts,
    version,
)
from .container_defaults import CHANNELS
from .container_defaults import VERSIONS as CLUSTER_VERSIONS
from .container_documents import cluster_document, label_fingerprint
from .container_keys import get_jwks, get_openid_configuration
from .container_node_pools import (
    create_node_pool,
    delete_node_pool,
    get_node_pool,
    list_node_pools,
    set_management,
    set_size,
    update_node_pool,
)
from .container_operations import SERVICE, operation_document, start, started_document
from .container_setters import SETTERS
from .container_updates import cluster_change, join
from .container_wanted import new_cluster
from .errors import failed_precondition, not_found

__all__ = ["ROUTES", "SERVICE"]


def list_clusters(call: Call) -> JSON:
    """projects.locations.clusters.list: `-` is every location."""
    project = find_project(call, "container.clusters.list")
    found = call.world.clusters.of(project.id, call.params["location"])
    return {"clusters": [cluster_document(each, version(call)) for each in found]} if found else {}


def get_cluster(call: Call) -> JSON:
    """projects.locations.clusters.get."""
    return cluster_document(find_cluster(call, "container.clusters.get"), version(call))


async def create_cluster(call: Call) -> JSON:
    """projects.locations.clusters.create: its Kubernetes API is served, and tells its address when it is done."""
    cluster = new_cluster(call)
    call.world.clusters.add(cluster)
    effect = partial(join, cluster, cluster.workload_pool)
    operation = start(call.world, "CREATE_CLUSTER", cluster, None, effect)
    if call.world.serve_cluster is not None:
        await call.world.serve_cluster(cluster)
    return started_document(operation, version(call))


def update_cluster(call: Call) -> JSON:
    """projects.locations.clusters.update: the workload identity pool on (its name) or off (an empty one), and settings.

    Node pools that are there stay as they are (GKE documentation). The pool itself outlives what is switched off.
    """
    cluster = find_cluster(call, "container.clusters.update")
    pool, change = cluster_change(cluster, call.part("update"))
    check_etag(call, cluster)
    return started_document(start(call.world, "UPDATE_CLUSTER", cluster, pool, change), version(call))


def delete_cluster(call: Call) -> JSON:
    """projects.locations.clusters.delete: its Kubernetes API ends with it."""
    cluster = find_cluster(call, "container.clusters.delete")
    operation = start(call.world, "DELETE_CLUSTER", cluster, None, partial(_end, call.world, cluster))
    return started_document(operation, version(call))


def _end(world: World, cluster: Cluster) -> None:
    world.clusters.remove(cluster)
    if world.end_cluster is not None:
        world.end_cluster(cluster)


def set_labels(call: Call) -> JSON:
    """projects.locations.clusters.setResourceLabels: all labels, by a caller who knows those that were there.

    The fingerprint changes with the labels; an old one is refused in reported words.
    """
    cluster = find_cluster(call, "container.clusters.update")
    labels = take_texts(call.document(), "resourceLabels")
    known, sent = label_fingerprint(cluster), take(call.document(), "labelFingerprint", str, "")
    if sent != known:
        raise failed_precondition(
            "Labels could not be set due to fingerprint mismatch; try again with the proper fingerprint: incorrect "
            f'fingerprint supplied was "{sent}", the expected one is "{known}".'
        )
    change = partial(setattr, cluster, "resource_labels", labels)
    return started_document(start(call.world, "UPDATE_CLUSTER", cluster, None, change), version(call))


def server_config(call: Call) -> JSON:
    """projects.locations.getServerConfig: the versions that clusters can have there."""
    find_project(call, "container.clusters.list")
    known = list(CLUSTER_VERSIONS)
    channels = [
        {"channel": name, "defaultVersion": default, "validVersions": known, "upgradeTargetVersion": default}
        for name, default in CHANNELS.items()
    ]
    return {
        "defaultClusterVersion": CHANNELS["REGULAR"],
        "validNodeVersions": known,
        "defaultImageType": "COS_CONTAINERD",
        "validImageTypes": ["COS_CONTAINERD", "UBUNTU_CONTAINERD", "WINDOWS_LTSC_CONTAINERD"],
        "validMasterVersions": known,
        "channels": channels,
    }


def list_operations(call: Call) -> JSON:
    """projects.locations.operations.list: those that have ended, too."""
    project = find_project(call, "container.operations.list")
    found = call.world.clusters.operations(project.id, call.params["location"])
    now = call.world.clock()
    return {"operations": [operation_document(each, now, version(call)) for each in found]} if found else {}


def get_operation(call: Call) -> JSON:
    """projects.locations.operations.get."""
    project = find_project(call, "container.operations.get")
    name = call.params["operation"]
    for operation in call.world.clusters.operations(project.id, call.params["location"]):
        if operation.name == name:
            return operation_document(operation, call.world.clock(), version(call))
    raise not_found(f"Not found: {place(call.params['project'], call)}/operations/{name}.")


def _routes(
    method: str,
    path: str,
    handler: Handler,
    kind: CallKind,
    *,
    zonal: str = "",
    zonal_method: str = "",
    public: bool = False,
) -> list[Route]:
    """The routes of a method, in each version, for locations and in the older form, for zones.

    `zonal` and `zonal_method` are the path and the HTTP method of the older form, where they differ.
    """
    routes = []
    for each in VERSIONS:
        project = f"/{each}/projects/{{project}}"
        newer, older = f"{project}/locations/{{location}}{path}", f"{project}/zones/{{location}}{zonal or path}"
        routes.append(Route(method, newer, handler, kind, not public, query=_OLDER))
        routes.append(Route(zonal_method or method, older, handler, kind, not public, query=_OLDER))
    return routes


_OLDER = ("clusterId", "name", "nodePoolId", "operationId", "parent", "projectId", "zone")
"""Query parameters that the API still takes beside the path. Source: its discovery document."""

_CLUSTER = "/clusters/{cluster}"
_POOL = f"{_CLUSTER}/nodePools/{{pool}}"

ROUTES = [
    *_routes("GET", "/clusters", list_clusters, "read"),
    *_routes("POST", "/clusters", create_cluster, "write"),
    *_routes("GET", _CLUSTER, get_cluster, "read"),
    *_routes("PUT", _CLUSTER, update_cluster, "write"),
    *_routes("DELETE", _CLUSTER, delete_cluster, "write"),
    *_routes("POST", f"{_CLUSTER}:setResourceLabels", set_labels, "write", zonal=f"{_CLUSTER}/resourceLabels"),
    *_routes("GET", f"{_CLUSTER}/nodePools", list_node_pools, "read"),
    *_routes("POST", f"{_CLUSTER}/nodePools", create_node_pool, "write"),
    *_routes("GET", _POOL, get_node_pool, "read"),
    *_routes("PUT", _POOL, update_node_pool, "write", zonal=f"{_POOL}/update", zonal_method="POST"),
    *_routes("DELETE", _POOL, delete_node_pool, "write"),
    *_routes("POST", f"{_POOL}:setSize", set_size, "write", zonal=f"{_POOL}/setSize"),
    *_routes("POST", f"{_POOL}:setManagement", set_management, "write", zonal=f"{_POOL}/setManagement"),
    *(
        route
        for path, zonal, handler in SETTERS
        for route in _routes("POST", _CLUSTER + path, handler, "write", zonal=_CLUSTER + zonal)
    ),
    *_routes("GET", f"{_CLUSTER}/jwks", get_jwks, "read", public=True),
    *_routes("GET", f"{_CLUSTER}/.well-known/openid-configuration", get_openid_configuration, "read", public=True),
    *_routes("GET", "/operations", list_operations, "read"),
    *_routes("GET", "/operations/{operation}", get_operation, "read"),
    *_routes("GET", "/serverConfig", server_config, "read", zonal="/serverconfig"),
]
