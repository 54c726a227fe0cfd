"""IAM v1: the providers of workload identity pools; for AWS, and as far as can be kept without an issuer, for OIDC."""

from __future__ import annotations

from functools import partial

from wizard.federation.identifiers import ProviderName
from wizard.sandbox.model.pool_rules import PROVIDER_FIELDS, check_id, provider_fields
from wizard.sandbox.model.pools import SOURCES, Pool, Provider

from .calls import Call, Route
from .errors import JSON, already_exists, invalid, not_found
from .field_mask import masked
from .paging import page
from .pool_calls import (
    PROVIDERS,
    change,
    must_be_active,
    must_be_deleted,
    must_be_own,
    operation_at,
    pool_of,
    project_of,
    provider_of,
    show_deleted,
)

PROVIDER = PROVIDERS + "/{provider}"
PERMISSION = "iam.workloadIdentityPoolProviders."


def add(pool: Pool, provider_id: str, document: JSON, *, ready: bool = True) -> Provider:
    """Put a provider into a pool, as its creation would: {"aws": {"accountId": ...}, "attributeMapping": ..., ...}.

    `ready` tells whether the operation that makes it has ended. GoogleError 400 for what IAM refuses, 409 for an id
    that is in use, deleted providers included.
    """
    check_id("workload_identity_pool_provider_id", provider_id)
    if provider_id in pool.providers:
        raise already_exists()
    provider = Provider(provider_fields(document), name=ProviderName(pool.name, provider_id), ready=ready)
    pool.providers[provider_id] = provider
    return provider


def create(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.providers.create: 404 while the pool is still being made."""
    pool = pool_of(project_of(call, PERMISSION + "create"), call)
    if not pool.ready:
        raise not_found()
    must_be_own(pool)
    must_be_active(pool)
    provider = add(pool, call.query.get("workloadIdentityPoolProviderId", ""), call.document(), ready=False)
    return change(call, provider.name.name, partial(setattr, provider, "ready", True))


def get(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.providers.get: deleted ones, too."""
    return provider_of(project_of(call, PERMISSION + "get"), call).shown()


def list_(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.providers.list: 50 a page, at most 100; 400 on the pool of clusters."""
    pool = pool_of(project_of(call, PERMISSION + "list"), call)
    must_be_own(pool)
    found = pool.providers
    shown = [found[key].shown() for key in sorted(found) if show_deleted(call) or not found[key].deleted]
    return page("workloadIdentityPoolProviders", shown, call.query, default=50, most=100)


def patch(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.providers.patch: any field but the kind of provider."""
    provider = provider_of(project_of(call, PERMISSION + "update"), call)
    must_be_active(provider)
    wanted = masked(provider.fields, call.document(), call.query.get("updateMask", ""), PROVIDER_FIELDS)
    if {kind for kind in SOURCES if kind in wanted} != {provider.kind}:
        raise invalid(f"The type of a provider cannot be changed: {provider.kind} must stay.")
    provider.fields = provider_fields(wanted)
    return change(call, provider.name.name)


def delete(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.providers.delete: for 30 days it can be undeleted."""
    provider = provider_of(project_of(call, PERMISSION + "delete"), call)
    must_be_active(provider)
    provider.delete(call.world.clock())
    return change(call, provider.name.name)


def undelete(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.providers.undelete."""
    provider = provider_of(project_of(call, PERMISSION + "undelete"), call)
    must_be_deleted(provider)
    provider.undelete()
    return change(call, provider.name.name)


def operation(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.providers.operations.get."""
    return operation_at(call, provider_of(project_of(call, PERMISSION + "get"), call).name.name)


ROUTES = [
    Route("POST", PROVIDERS, create, "write"),
    Route("GET", PROVIDERS, list_, "read"),
    Route("GET", PROVIDER, get, "read"),
    Route("PATCH", PROVIDER, patch, "write"),
    Route("DELETE", PROVIDER, delete, "write"),
    Route("POST", PROVIDER + ":undelete", undelete, "write"),
    Route("GET", PROVIDER + "/operations/{operation}", operation, "read"),
]
