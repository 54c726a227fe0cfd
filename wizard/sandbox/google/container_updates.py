"""Changes of clusters and node pools: what a request asks for, as an effect that an operation has when it ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.clusters import Cluster, NodePool, make_workload_pool

from .container_calls import only, take, take_texts
from .container_documents import chosen
from .container_wanted import (
    SETTABLE,
    kept,
    wanted_addons,
    wanted_autoscaling,
    wanted_mode,
    wanted_pool,
    wanted_taints,
)
from .errors import invalid, not_found

Effect = Callable[[], None]

_POOL_SCALING = ("desiredNodePoolAutoscaling", "desiredNodePoolId")
_WORKLOAD_IDENTITY = "desiredWorkloadIdentityConfig"
_DESIRED = {f"desired{name[0].upper()}{name[1:]}": name for name in SETTABLE}
"""The fields of an update to those of a cluster."""

POOL_FIELDS = ("labels", "taints", "upgradeSettings", "workloadMetadataConfig")
"""What can be changed of a node pool."""


def cluster_change(cluster: Cluster, update: dict[str, JSON]) -> tuple[NodePool | None, Effect]:
    """What an update asks for, and the node pool that it is about, if any; GoogleError 400, 404 or 501."""
    if not update:
        raise invalid("The update must have a field that is to change.")
    only(update, (_WORKLOAD_IDENTITY, *_POOL_SCALING, *_DESIRED))
    if any(field in update for field in _POOL_SCALING):
        return _scaling(cluster, update)
    changes: list[Effect] = []
    if _WORKLOAD_IDENTITY in update:
        pool = wanted_pool(update, _WORKLOAD_IDENTITY, cluster)
        if pool is None and any(each.mode == "GKE_METADATA" for each in cluster.node_pools.values()):
            raise invalid("Node pools of this cluster still have GKE_METADATA.")
        changes.append(partial(join, cluster, pool))
    settings = _settings(update)
    if settings:
        changes.append(partial(_choose, cluster, settings))
    if not changes:
        raise invalid("The update must have a field that is to change.")
    return None, partial(_all, changes)


def node_pool_change(cluster: Cluster, pool: NodePool, document: dict[str, JSON]) -> Effect:
    """What an update of a node pool asks for, which recreates its nodes; GoogleError 400 or 501."""
    only(document, POOL_FIELDS)
    values: dict[str, JSON] = {}
    if "labels" in document:
        values["labels"] = take_texts(take(document, "labels", dict, {}), "labels")
    if "taints" in document:
        values["taints"] = wanted_taints(take(document, "taints", dict, {}))
    if "upgradeSettings" in document:
        values["upgrade_settings"] = {**pool.upgrade_settings, **take(document, "upgradeSettings", dict, {})}
    # An update that names nothing is one of the mode, without it.
    if "workloadMetadataConfig" in document or not values:
        values["mode"] = wanted_mode(document, cluster, pool)
    return partial(_set, pool, values)


def join(cluster: Cluster, pool: str | None) -> None:
    """Put a cluster into the project's workload identity pool, or out of it; the pool itself outlives that."""
    cluster.workload_pool = pool
    if pool is not None:
        make_workload_pool(cluster.project)


def _scaling(cluster: Cluster, update: dict[str, JSON]) -> tuple[NodePool, Effect]:
    """How one node pool scales, which is an update of the cluster (recorded)."""
    only(update, _POOL_SCALING)
    name = take(update, "desiredNodePoolId", str, "")
    pool = cluster.node_pools.get(name)
    if pool is None:
        raise not_found(f'Not found: node pool "{name}" not found.')
    autoscaling = wanted_autoscaling(update, "desiredNodePoolAutoscaling")
    return pool, partial(_set, pool, {"settings": {**pool.settings, "autoscaling": autoscaling}})


def _settings(update: dict[str, JSON]) -> dict[str, JSON]:
    settings: dict[str, JSON] = {}
    for desired, name in _DESIRED.items():
        if desired not in update:
            continue
        kind = SETTABLE[name]
        settings[name] = kept(take(update, desired, kind, kind()))
        if name == "addonsConfig":
            settings[name] = wanted_addons(update, desired)
    return settings


def _choose(cluster: Cluster, settings: dict[str, JSON]) -> None:
    cluster.settings = chosen(cluster.settings, settings)


def _set(pool: NodePool, values: dict[str, JSON]) -> None:
    for name, value in values.items():
        setattr(pool, name, value)


def _all(changes: list[Effect]) -> None:
    for change in changes:
        change()
