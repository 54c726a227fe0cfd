"""IAM v1: the providers of workload identity pools; for AWS, and as far as they can be stored, those of other types."""

from __future__ import annotations

from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.pool_rules import PROVIDER_FIELDS, SOURCES, provider_fields
from wizard.sandbox.model.pools import Provider

from .calls import Call, Route
from .errors import invalid, not_found
from .field_mask import masked
from .paging import page
from .pool_calls import (
    LISTING,
    PROVIDERS,
    change,
    listed,
    must_be_active,
    must_be_own,
    pool_of,
    project_of,
    provider_of,
    shared_routes,
)

PROVIDER = PROVIDERS + "/{provider}"
PERMISSION = "iam.workloadIdentityPoolProviders."


def create(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.providers.create: 404 until the pool's own operation has ended."""
    pool = pool_of(project_of(call, PERMISSION + "create"), call)
    if not pool.ready:
        raise not_found()
    must_be_own(pool)
    must_be_active(pool)
    if pool.fields.get("mode") == "TRUST_DOMAIN":
        raise invalid("A pool with the mode TRUST_DOMAIN cannot have providers.")
    provider_id = call.query.get("workloadIdentityPoolProviderId", "")
    provider = pool.add_provider(provider_id, call.document(), ready=False)
    return change(call, provider, partial(setattr, provider, "ready", True), partial(pool.providers.pop, provider_id))


def list_(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.providers.list: 50 a page, at most 100; 400 on the pool of clusters."""
    pool = pool_of(project_of(call, PERMISSION + "list"), call)
    must_be_own(pool)
    return page("workloadIdentityPoolProviders", listed(call, pool.providers), call.query, default=50, most=100)


def patch(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.providers.patch: any field but the kind of provider."""
    provider = _provider(call, "update")
    must_be_active(provider)
    wanted = masked(provider.fields, call.document(), call.query.get("updateMask", ""), PROVIDER_FIELDS)
    if {kind for kind in SOURCES if kind in wanted} != {provider.kind}:
        raise invalid(f"The type of a provider cannot be changed: {provider.kind} must stay.")
    undo = partial(setattr, provider, "fields", provider.fields)
    provider.fields = provider_fields(wanted)
    return change(call, provider, undo=undo)


def _provider(call: Call, verb: str) -> Provider:
    return provider_of(project_of(call, PERMISSION + verb), call)


ROUTES = [
    Route("POST", PROVIDERS, create, "write", query=("workloadIdentityPoolProviderId",)),
    Route("GET", PROVIDERS, list_, "read", query=LISTING),
    Route("PATCH", PROVIDER, patch, "write", query=("updateMask",)),
    *shared_routes(PROVIDER, _provider, PERMISSION),
]
