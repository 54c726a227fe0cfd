"""What the methods of pools and of providers share: where a call points to, and the operations they answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from wizard.sandbox.model.pools import Entity, Pool, Provider
from wizard.sandbox.model.projects import Project

from .calls import Call
from .errors import JSON, failed_precondition, invalid, not_found

POOLS = "/v1/projects/{project}/locations/{location}/workloadIdentityPools"
PROVIDERS = POOLS + "/{pool}/providers"


def project_of(call: Call, permission: str) -> Project:
    """The project that a call is about, once the caller is known to have the permission there (GoogleError 403).

    Pools and providers whose 30 days are over are forgotten on the way.
    """
    project = call.project(call.params["project"])
    if call.params["location"] != "global":
        raise invalid("Workload identity pools are in location global.")
    call.require(permission, project, _resource(call))
    _forget(project, call)
    return project


def pool_of(project: Project, call: Call) -> Pool:
    """The pool that the path names (GoogleError 404)."""
    pool = project.pools.get(call.params["pool"])
    if pool is None:
        raise not_found()
    return pool


def provider_of(project: Project, call: Call) -> Provider:
    """The provider that the path names (GoogleError 404)."""
    provider = pool_of(project, call).providers.get(call.params["provider"])
    if provider is None:
        raise not_found()
    return provider


def change(call: Call, name: str, effect: Callable[[], None] | None = None) -> JSON:
    """Start an operation on the pool or provider of that name, and answer as IAM does: its name, nothing else.

    `effect` happens when the operation ends.
    """
    # The recorded ids are 32 characters of [a-z0-9], padded with zeros.
    opaque = "b" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(22))
    started = call.world.operations.start(f"{name}/operations/{opaque.ljust(32, '0')}", effect)
    return {"name": started.name}


def operation_at(call: Call, name: str) -> JSON:
    """The operation of the pool or provider of that name that the path asks for: its name, and `done` when it is."""
    found = call.world.operations.find(f"{name}/operations/{call.params['operation']}")
    if found is None:
        raise not_found()
    return {"name": found.name, "done": True} if found.done else {"name": found.name}


def must_be_active(entity: Entity) -> None:
    """Refuse to change what is deleted (GoogleError 400)."""
    if entity.deleted:
        raise failed_precondition("The resource is deleted. Undelete it first.")


def must_be_own(pool: Pool) -> None:
    """Refuse to touch the pool of GKE clusters, which is Google's own (GoogleError 400)."""
    if pool.system:
        raise invalid("The pool is managed by Google.")


def must_be_deleted(entity: Entity) -> None:
    """Refuse to undelete what is not deleted (GoogleError 400)."""
    if not entity.deleted:
        raise failed_precondition("The resource is not deleted.")


def show_deleted(call: Call) -> bool:
    """Whether a list is to have the deleted ones, too."""
    return call.query.get("showDeleted", "").lower() in ("true", "1")


def _resource(call: Call) -> str:
    """The full resource name, with the project as the caller wrote it: what a refusal quotes."""
    kinds = {"project": "projects", "location": "locations", "pool": "workloadIdentityPools", "provider": "providers"}
    parts = (f"/{kind}/{call.params[key]}" for key, kind in kinds.items() if key in call.params)
    return "//iam.googleapis.com" + "".join(parts)


def _forget(project: Project, call: Call) -> None:
    now = call.world.clock()
    project.pools = {key: pool for key, pool in project.pools.items() if not pool.gone(now)}
    for pool in project.pools.values():
        pool.providers = {key: each for key, each in pool.providers.items() if not each.gone(now)}
