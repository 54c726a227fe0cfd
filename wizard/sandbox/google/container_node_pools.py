"""Container API: node pools."""

from __future__ import annotations

from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import Cluster, NodePool

from .calls import Call
from .container_calls import check_etag, find_cluster, find_node_pool, place, take, version
from .container_documents import node_pool_document
from .container_enums import check_enumerations
from .container_operations import start, started_document
from .container_updates import node_pool_change
from .container_wanted import new_node_pool, wanted_count
from .errors import already_exists, invalid


def list_node_pools(call: Call) -> JSON:
    """projects.locations.clusters.nodePools.list."""
    cluster = find_cluster(call, "container.clusters.get")
    pools = [node_pool_document(cluster, pool, version(call)) for pool in cluster.node_pools.values()]
    return {"nodePools": pools} if pools else {}


def get_node_pool(call: Call) -> JSON:
    """projects.locations.clusters.nodePools.get."""
    cluster = find_cluster(call, "container.clusters.get")
    return node_pool_document(cluster, find_node_pool(call, cluster), version(call))


def create_node_pool(call: Call) -> JSON:
    """projects.locations.clusters.nodePools.create; a name that is in use is refused with 409 (reported)."""
    cluster = _changeable(call)
    check_enumerations(call, "NodePool", "node_pool", call.part("nodePool"))
    pool = new_node_pool(call, cluster, call.part("nodePool"))
    if pool.name in cluster.node_pools:
        where = f"{place(cluster.project.id, call)}/clusters/{cluster.name}"
        raise already_exists(f"Already exists: {where}/nodePools/{pool.name}.")
    operation = start(call.world, "CREATE_NODE_POOL", cluster, pool, lambda: None)
    cluster.node_pools[pool.name] = pool
    return started_document(operation, version(call))


def update_node_pool(call: Call) -> JSON:
    """projects.locations.clusters.nodePools.update: labels, taints or metadata mode, which recreates the nodes."""
    cluster = _changeable(call)
    pool = find_node_pool(call, cluster)
    change = node_pool_change(cluster, pool, call.document())
    check_etag(call, pool)
    return started_document(start(call.world, "UPGRADE_NODES", cluster, pool, change), version(call))


def delete_node_pool(call: Call) -> JSON:
    """projects.locations.clusters.nodePools.delete."""
    cluster = _changeable(call)
    pool = find_node_pool(call, cluster)
    remove = partial(cluster.node_pools.__delitem__, pool.name)
    return started_document(start(call.world, "DELETE_NODE_POOL", cluster, pool, remove), version(call))


def set_size(call: Call) -> JSON:
    """projects.locations.clusters.nodePools.setSize: the number of nodes in each zone."""
    cluster = _changeable(call)
    pool = find_node_pool(call, cluster)
    count = wanted_count(call.document(), "nodeCount")
    change = partial(_resize, cluster, pool, count)
    return started_document(start(call.world, "SET_NODE_POOL_SIZE", cluster, pool, change), version(call))


def set_management(call: Call) -> JSON:
    """projects.locations.clusters.nodePools.setManagement: whether nodes are upgraded and repaired by themselves."""
    cluster = _changeable(call)
    pool = find_node_pool(call, cluster)
    asked = take(call.document(), "management", dict, {})
    management = {key: take(asked, key, bool, False) for key in ("autoUpgrade", "autoRepair")}
    change = partial(pool.settings.__setitem__, "management", management)
    return started_document(start(call.world, "SET_NODE_POOL_MANAGEMENT", cluster, pool, change), version(call))


def _resize(cluster: Cluster, pool: NodePool, count: int) -> None:
    # The zones stay, also where a number of nodes would be spread over others.
    pool.zones = tuple(cluster.pool_zones(pool))
    pool.nodes = count * len(pool.zones)


def _changeable(call: Call) -> Cluster:
    """The cluster of the path, if its node pools can be changed: those of Autopilot are Google's own."""
    cluster = find_cluster(call, "container.clusters.update")
    if cluster.autopilot:
        raise invalid("The node pools of an Autopilot cluster cannot be changed.")
    return cluster
