"""What the methods of pools and of providers share: finding what a call names, and the answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.pool_rules import SOURCES
from wizard.sandbox.model.pools import Entity, Pool, Provider
from wizard.sandbox.model.projects import Project

from . import operation_faults
from .calls import Call, Route
from .errors import failed_precondition, invalid, not_found

POOLS = "/v1/projects/{project}/locations/{location}/workloadIdentityPools"
PROVIDERS = POOLS + "/{pool}/providers"

LISTING = ("pageSize", "pageToken", "showDeleted")
"""The query parameters of the lists."""

Find = Callable[[Call, str], Entity]
"""Finds the pool or provider that a call names, if its caller has the permission that ends in the given verb."""

_KEYS = (
    *("name", "displayName", "description", "state", "disabled", "mode"),
    *("attributeMapping", "attributeCondition", *SOURCES, "expireTime"),
)
"""The keys of a pool or provider, in IAM's order."""


def project_of(call: Call, permission: str) -> Project:
    """The project that a call is about, if the caller has the permission there (GoogleError 403).

    Pools and providers that were deleted more than 30 days ago are removed first.
    """
    project = call.project(call.params["project"])
    if call.params["location"] != "global":
        raise invalid("Workload identity pools are in location global.")
    call.require(permission, project, _resource(call))
    _remove_expired(project, call)
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


def shared_routes(template: str, find: Find, permission: str) -> list[Route]:
    """The methods that are the same for pools and providers: get, delete, undelete, and operations.get.

    A deleted pool or provider can be read, and undeleted for 30 days. A pool can be deleted with its providers.
    """

    def get(call: Call) -> JSON:
        return document(find(call, "get"))

    def delete(call: Call) -> JSON:
        entity = find(call, "delete")
        must_be_own(entity)
        must_be_active(entity)
        entity.delete(call.world.clock())
        return change(call, entity, undo=entity.undelete)

    def undelete(call: Call) -> JSON:
        entity = find(call, "undelete")
        if not entity.deleted:
            raise failed_precondition("The resource is not deleted.")
        undo = partial(setattr, entity, "expires", entity.expires)
        entity.undelete()
        return change(call, entity, undo=undo)

    def operation(call: Call) -> JSON:
        found = call.world.operations.find(_operation_name(call, project_of(call, permission + "get")))
        if found is None:
            raise not_found()
        if found.error is not None:
            return {"name": found.name, "done": True, "error": found.error}
        return {"name": found.name, "done": True} if found.done else {"name": found.name}

    return [
        Route("GET", template, get, "read"),
        Route("DELETE", template, delete, "write"),
        Route("POST", template + ":undelete", undelete, "write"),
        Route("GET", template + "/operations/{operation}", operation, "read"),
    ]


def document(entity: Entity) -> dict[str, JSON]:
    """The pool or provider as IAM answers it: without the fields that have their default value (as recorded)."""
    body = {**entity.fields, "name": entity.name.name, "state": "DELETED" if entity.deleted else "ACTIVE"}
    if entity.expires is not None:
        body["expireTime"] = entity.expires.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {key: body[key] for key in _KEYS if body.get(key) not in (None, "", False, {})}


def change(
    call: Call,
    entity: Entity,
    effect: Callable[[], None] | None = None,
    undo: Callable[[], object] = lambda: None,
) -> JSON:
    """Start an operation on the pool or provider, and answer as IAM does: with the operation's name only.

    `effect` happens when the operation ends, `undo` if it ends in an error.
    """
    # The recorded ids are 32 characters of [a-z0-9], padded with zeros.
    opaque = "b" + "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(22))
    name = f"{entity.name.name}/operations/{opaque.ljust(32, '0')}"
    return {"name": operation_faults.start(call, name, effect, undo).name}


def must_be_active(entity: Entity) -> None:
    """Refuse to change what is deleted (GoogleError 400)."""
    if entity.deleted:
        raise failed_precondition("The resource is deleted. Undelete it first.")


def must_be_own(entity: Entity) -> None:
    """Refuse to touch the pool of GKE clusters, which Google manages (GoogleError 400)."""
    if entity.system:
        raise invalid("The pool is managed by Google.")


def listed(call: Call, entities: dict[str, Pool] | dict[str, Provider]) -> list[JSON]:
    """The documents of a list, by id; deleted ones only if the call asks for them."""
    show_deleted = call.query.get("showDeleted", "").lower() in ("true", "1")
    shown = [entities[key] for key in sorted(entities) if show_deleted or not entities[key].deleted]
    return [document(entity) for entity in shown]


def _operation_name(call: Call, project: Project) -> str:
    """The name of the operation that the path is about, with the project's number, as operations are named."""
    _, _, rest = call.path.partition(f"/projects/{call.params['project']}/")
    return f"projects/{project.number}/{rest}"


def _resource(call: Call) -> str:
    """The full resource name, with the project as the caller wrote it: what a refusal quotes."""
    kinds = {"project": "projects", "location": "locations", "pool": "workloadIdentityPools", "provider": "providers"}
    parts = (f"/{kind}/{call.params[key]}" for key, kind in kinds.items() if key in call.params)
    return "//iam.googleapis.com" + "".join(parts)


def _remove_expired(project: Project, call: Call) -> None:
    now = call.world.clock()
    project.pools = {key: pool for key, pool in project.pools.items() if not pool.expired(now)}
    for pool in project.pools.values():
        pool.providers = {key: each for key, each in pool.providers.items() if not each.expired(now)}
