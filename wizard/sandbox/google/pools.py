"""IAM v1: workload identity pools. Their providers are in providers.py, and served with them.

Shapes as recorded from the API: answers name the project by its number; a write answers an operation's name only. A
pool reads back at once; a provider can be put into it when its operation has ended.
"""

from __future__ import annotations

from functools import partial

from wizard.federation.identifiers import PoolName
from wizard.sandbox.model.pool_rules import POOL_FIELDS, check_id, pool_fields
from wizard.sandbox.model.pools import Pool
from wizard.sandbox.model.projects import Project

from . import providers
from .calls import Call, Route
from .errors import JSON, already_exists, invalid
from .field_mask import masked
from .paging import page
from .pool_calls import (
    POOLS,
    change,
    must_be_active,
    must_be_deleted,
    must_be_own,
    operation_at,
    pool_of,
    project_of,
    show_deleted,
)

__all__ = ["ROUTES", "SERVICE", "Pool", "add"]

SERVICE = "iam.googleapis.com"
POOL = POOLS + "/{pool}"
PERMISSION = "iam.workloadIdentityPools."


def add(project: Project, pool_id: str, document: JSON, *, ready: bool = True) -> Pool:
    """Put a pool into a project, as its creation would: {"displayName": ..., ...}.

    `ready` tells whether the operation that makes it has ended. GoogleError 400 for what IAM refuses, 409 for an id
    that is in use, deleted pools included.
    """
    check_id("workload_identity_pool_id", pool_id)
    if pool_id in project.pools:
        raise already_exists()
    pool = Pool(pool_fields(document), name=PoolName(project.number, pool_id), ready=ready)
    project.pools[pool_id] = pool
    return pool


def create(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.create."""
    project = project_of(call, PERMISSION + "create")
    pool = add(project, call.query.get("workloadIdentityPoolId", ""), call.document(), ready=False)
    return change(call, pool.name.name, partial(setattr, pool, "ready", True))


def get(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.get: deleted ones, too."""
    return pool_of(project_of(call, PERMISSION + "get"), call).shown()


def list_(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.list: 50 a page, at most 1000."""
    pools = project_of(call, PERMISSION + "list").pools
    shown = [pools[key].shown() for key in sorted(pools) if show_deleted(call) or not pools[key].deleted]
    return page("workloadIdentityPools", shown, call.query, default=50, most=1000)


def patch(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.patch."""
    pool = pool_of(project_of(call, PERMISSION + "update"), call)
    must_be_own(pool)
    must_be_active(pool)
    fields = pool_fields(masked(pool.fields, call.document(), call.query.get("updateMask", ""), POOL_FIELDS))
    if fields.get("mode") != pool.fields.get("mode"):
        raise invalid("Attempted to update an immutable field.")
    pool.fields = fields
    return change(call, pool.name.name)


def delete(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.delete: for 30 days it can be undeleted; providers may be in it."""
    pool = pool_of(project_of(call, PERMISSION + "delete"), call)
    must_be_own(pool)
    must_be_active(pool)
    pool.delete(call.world.clock())
    return change(call, pool.name.name)


def undelete(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.undelete."""
    pool = pool_of(project_of(call, PERMISSION + "undelete"), call)
    must_be_deleted(pool)
    pool.undelete()
    return change(call, pool.name.name)


def operation(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.operations.get."""
    return operation_at(call, pool_of(project_of(call, PERMISSION + "get"), call).name.name)


ROUTES = [
    Route("POST", POOLS, create, "write"),
    Route("GET", POOLS, list_, "read"),
    Route("GET", POOL, get, "read"),
    Route("PATCH", POOL, patch, "write"),
    Route("DELETE", POOL, delete, "write"),
    Route("POST", POOL + ":undelete", undelete, "write"),
    Route("GET", POOL + "/operations/{operation}", operation, "read"),
    *providers.ROUTES,
]
