"""IAM v1: workload identity pools. Their providers are in providers.py, and served with them.

Shapes as recorded from the API: answers name the project by its number; a write answers an operation's name only. A
pool reads back at once; a provider can be put into it when its operation has ended.
"""

from __future__ import annotations

from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.pool_rules import POOL_FIELDS, pool_fields
from wizard.sandbox.model.pools import Pool

from . import providers
from .calls import Call, Route
from .errors import invalid
from .field_mask import masked
from .paging import page
from .policies import POLICY_VERSION, TEST_BODY, WRITE_BODY, asked_permissions, held, read_policy, write_policy
from .pool_calls import LISTING, POOLS, change, listed, must_be_active, must_be_own, pool_of, project_of, shared_routes

SERVICE = "iam.googleapis.com"
POOL = POOLS + "/{pool}"
PERMISSION = "iam.workloadIdentityPools."


def create(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.create."""
    project = project_of(call, PERMISSION + "create")
    pool = project.add_pool(call.query.get("workloadIdentityPoolId", ""), call.document(), ready=False)
    return change(call, pool, partial(setattr, pool, "ready", True), partial(project.pools.pop, pool.name.pool))


def list_(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.list: 50 a page, at most 1000."""
    pools = listed(call, project_of(call, PERMISSION + "list").pools)
    return page("workloadIdentityPools", pools, call.query, default=50, most=1000)


def patch(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.patch."""
    pool = _pool(call, "update")
    must_be_own(pool)
    must_be_active(pool)
    fields = pool_fields(masked(pool.fields, call.document(), call.query.get("updateMask", ""), POOL_FIELDS))
    if fields.get("mode") != pool.fields.get("mode"):
        raise invalid("Attempted to update an immutable field.")
    undo = partial(setattr, pool, "fields", pool.fields)
    pool.fields = fields
    return change(call, pool, undo=undo)


def get_policy(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.getIamPolicy."""
    return read_policy(call, _pool(call, "getIamPolicy").policy)


def set_policy(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.setIamPolicy."""
    return write_policy(call, _pool(call, "setIamPolicy").policy)


def test_permissions(call: Call) -> JSON:
    """projects.locations.workloadIdentityPools.testIamPermissions: the permissions that the caller has."""
    project = call.project(call.params["project"])
    policy = pool_of(project, call).policy
    return held([each for each in asked_permissions(call) if call.allowed(each, project, policy)])


def _pool(call: Call, verb: str) -> Pool:
    return pool_of(project_of(call, PERMISSION + verb), call)


ROUTES = [
    Route("POST", POOLS, create, "write", query=("workloadIdentityPoolId",)),
    Route("GET", POOLS, list_, "read", query=LISTING),
    Route("PATCH", POOL, patch, "write", query=("updateMask",)),
    Route("POST", POOL + ":getIamPolicy", get_policy, "read", query=POLICY_VERSION),
    Route("POST", POOL + ":setIamPolicy", set_policy, "write", body=WRITE_BODY),
    Route("POST", POOL + ":testIamPermissions", test_permissions, "read", body=TEST_BODY),
    *shared_routes(POOL, _pool, PERMISSION),
    *providers.ROUTES,
]
