"""IAM v3 and v3beta: access boundaries, unified access policies, and their bindings, as the discovery documents say."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.bound_policies import BoundKind, BoundPolicy, PolicyBinding
from wizard.sandbox.model.hierarchy import Container
from wizard.sandbox.model.projects import Project

from . import operation_faults
from .calls import Call, Route
from .errors import already_exists, concurrent_change, denied, failed_precondition, invalid, not_found
from .hierarchy import allowed_on
from .paging import page
from .project_documents import timestamp

VERSIONS = ("v3", "v3beta")
_PARENT = "/{kind}/{owner}/locations/{location}"
_ID = re.compile(r"[a-z][a-z0-9.-]{2,62}")
_POOL = re.compile(r"//iam\.googleapis\.com/projects/[^/]+/locations/global/workloadIdentityPools/[^/]+")
_MANAGER = re.compile(r"//cloudresourcemanager\.googleapis\.com/(?P<kind>project|folder|organization)s/[^/]+")
_KINDS: Mapping[str, BoundKind] = {
    "principalAccessBoundaryPolicies": "PRINCIPAL_ACCESS_BOUNDARY",
    "accessPolicies": "ACCESS",
}
_SHARED = ("name", "uid", "etag", "displayName", "annotations", "createTime", "updateTime")
_LATEST = "4"
"""The enforcement version of a new boundary that names none (documentation, November 2026)."""


def _owner(call: Call, permission: str) -> Project | Container:
    """The project, folder or organization that the path names, if the caller has the permission (GoogleError 403)."""
    kind, name = call.params["kind"], call.params["owner"]
    if call.params["location"] != "global":
        raise invalid("Policies are in location global.")
    if kind == "projects":
        project = call.project(name)
        call.require(permission, project, f"//cloudresourcemanager.googleapis.com/projects/{name}")
        return project
    container = call.world.projects.containers.get(f"{kind}/{name}")
    if container is None or not allowed_on(call, container, permission):
        raise denied(permission, f"//cloudresourcemanager.googleapis.com/{kind}/{name}")
    return container


def _location(owner: Project | Container) -> str:
    """The start of the names of what is in a project, folder or organization: a project by its number."""
    name = f"projects/{owner.number}" if isinstance(owner, Project) else owner.name
    return f"{name}/locations/global"


# The policies


def _create_policy(collection: str, call: Call) -> JSON:
    key = f"{collection.removesuffix('ies')}yId"
    owner, name = _owner(call, f"iam.{collection.lower()}.create"), call.query.get(key, "")
    if _ID.fullmatch(name) is None:
        raise invalid("Invalid policy ID.")
    full = f"{_location(owner)}/{collection}/{name}"
    if full in call.world.projects.bound.policies:
        raise already_exists()
    fields = _policy_fields(collection, call.document())
    policy = BoundPolicy(full, _KINDS[collection], call.world.clock(), fields)
    call.world.projects.bound.policies[full] = policy
    return _operation(call, owner, _policy_document(policy))


def _policy_fields(collection: str, document: dict[str, JSON]) -> dict[str, JSON]:
    details = dict(document.get("details") or {})
    if not details.get("rules"):
        raise invalid("A policy must have at least one rule.")
    if collection == "principalAccessBoundaryPolicies":
        if not all(rule.get("effect") == "ALLOW" and rule.get("resources") for rule in details["rules"]):
            raise invalid("A rule must have the effect ALLOW, and resources.")
        details["enforcementVersion"] = details.get("enforcementVersion") or _LATEST
    return {**{key: document[key] for key in ("displayName", "annotations") if document.get(key)}, "details": details}


def _policy(collection: str, call: Call, verb: str) -> tuple[Project | Container, BoundPolicy]:
    owner = _owner(call, f"iam.{collection.lower()}.{verb}")
    found = call.world.projects.bound.policies.get(f"{_location(owner)}/{collection}/{call.params['policy']}")
    if found is None:
        raise not_found()
    return owner, found


def _get_policy(collection: str, call: Call) -> JSON:
    return _policy_document(_policy(collection, call, "get")[1])


def _list_policies(collection: str, call: Call) -> JSON:
    start = f"{_location(_owner(call, f'iam.{collection.lower()}.list'))}/{collection}/"
    policies = call.world.projects.bound.policies
    found = [_policy_document(policies[name]) for name in sorted(policies) if name.startswith(start)]
    return page(collection, found, call.query, default=50, most=1000)


def _delete_policy(collection: str, call: Call) -> JSON:
    owner, policy = _policy(collection, call, "delete")
    _check_etag(policy, call)
    bound = call.world.projects.bound
    using = [name for name, binding in bound.bindings.items() if binding.policy is policy]
    if using and call.query.get("force", "").lower() != "true":
        raise failed_precondition("The policy has bindings.")
    del bound.policies[policy.name]
    for name in using:
        del bound.bindings[name]
    return _operation(call, owner, {})


def _policy_document(policy: BoundPolicy) -> dict[str, JSON]:
    return _document(policy, policy.fields)


# The bindings


def _create_binding(call: Call) -> JSON:
    """policyBindings.create: needs the permission on the target too."""
    document, name = call.document(), call.query.get("policyBindingId", "")
    target = _target(call.part("target"))
    owner = _owner(call, _on_target(target, "createPolicyBinding"))
    if _ID.fullmatch(name) is None:
        raise invalid("Invalid policy binding ID.")
    bound = call.world.projects.bound
    full, policy = f"{_location(owner)}/policyBindings/{name}", _named_policy(call, str(document.get("policy", "")))
    if full in bound.bindings:
        raise already_exists()
    now = call.world.clock()
    fields = {key: document[key] for key in ("displayName", "annotations", "condition") if document.get(key)}
    fields["target"] = call.part("target")
    enforced = now + timedelta(seconds=call.world.settings.propagation)
    bound.bindings[full] = PolicyBinding(full, policy, now, enforced, fields)
    return _operation(call, owner, _binding_document(bound.bindings[full]))


def _named_policy(call: Call, name: str) -> BoundPolicy:
    policy = call.world.projects.bound.policies.get(name)
    if policy is None:
        raise not_found()
    return policy


def _target(target: dict[str, JSON]) -> str:
    return str(target.get("principalSet") or target.get("resource") or "")


def _on_target(target: str, verb: str) -> str:
    """The permission that a call about the bindings of a target needs (IAM permissions reference)."""
    if _POOL.fullmatch(target):
        return f"iam.workloadIdentityPools.{verb}"
    found = _MANAGER.fullmatch(target)
    if found is None:
        raise invalid("Invalid target.")
    return f"resourcemanager.{found['kind']}s.{verb}"


def _search(call: Call) -> JSON:
    """policyBindings.searchTargetPolicyBindings: those that are bound directly to the target."""
    target = call.query.get("target", "")
    _owner(call, _on_target(target, "searchPolicyBindings"))
    found = [_binding_document(each) for each in call.world.projects.bound.bound_to([_by_number(call, target)])]
    return page("policyBindings", found, call.query, default=50, most=1000)


def _by_number(call: Call, target: str) -> str:
    """The target with the number of its project, as it is stored or not."""
    start, kind, rest = target.partition("/projects/")
    name, slash, tail = rest.partition("/")
    project = call.world.projects.find(name) if kind else None
    return f"{start}/projects/{project.number}{slash}{tail}" if project else target


def _binding(call: Call, verb: str) -> tuple[Project | Container, PolicyBinding]:
    owner = _owner(call, f"iam.policybindings.{verb}")
    found = call.world.projects.bound.bindings.get(f"{_location(owner)}/policyBindings/{call.params['binding']}")
    if found is None:
        raise not_found()
    return owner, found


def _get_binding(call: Call) -> JSON:
    return _binding_document(_binding(call, "get")[1])


def _list_bindings(call: Call) -> JSON:
    start = f"{_location(_owner(call, 'iam.policybindings.list'))}/policyBindings/"
    bindings = call.world.projects.bound.bindings
    found = [_binding_document(bindings[name]) for name in sorted(bindings) if name.startswith(start)]
    return page("policyBindings", found, call.query, default=50, most=1000)


def _delete_binding(call: Call) -> JSON:
    owner, binding = _binding(call, "get")
    _owner(call, _on_target(binding.target, "deletePolicyBinding"))
    _check_etag(binding, call)
    del call.world.projects.bound.bindings[binding.name]
    return _operation(call, owner, {})


def _binding_document(binding: PolicyBinding) -> dict[str, JSON]:
    of_policy = {"policyKind": binding.policy.kind, "policy": binding.policy.name, "policyUid": binding.policy.uid}
    return _document(binding, {**binding.fields, **of_policy})


# What both have


def _document(thing: BoundPolicy | PolicyBinding, fields: dict[str, JSON]) -> dict[str, JSON]:
    moment = timestamp(thing.created)
    shown = {"name": thing.name, "uid": thing.uid, "etag": _etag(thing), **fields}
    return {**shown, "createTime": moment, "updateTime": moment}


def _etag(thing: BoundPolicy | PolicyBinding) -> str:
    return base64.b64encode(thing.uid[:12].encode()).decode()


def _check_etag(thing: BoundPolicy | PolicyBinding, call: Call) -> None:
    etag = call.query.get("etag", "")
    if etag and etag != _etag(thing):
        raise concurrent_change()


def _operation(call: Call, owner: Project | Container, response: JSON) -> JSON:
    name = f"{_location(owner)}/operations/operation-{secrets.token_hex(12)}"
    found = operation_faults.start(call, name, lambda: response)
    return _operation_document(found.name, found.done, found.error, found.response)


def _get_operation(call: Call) -> JSON:
    owner = _owner(call, "iam.policybindings.get")
    found = call.world.operations.find(f"{_location(owner)}/operations/{call.params['operation']}")
    if found is None:
        raise not_found()
    return _operation_document(found.name, found.done, found.error, found.response)


def _operation_document(name: str, done: bool, error: JSON, response: JSON) -> JSON:
    end: dict[str, JSON] = {"error": error} if error else {"response": response}
    return {"name": name, **({"done": True, **end} if done else {})}


_PAGES = ("pageSize", "pageToken")
_BINDING = (*_SHARED, "target", "policyKind", "policy", "policyUid", "condition")


def _routes(version: str) -> list[Route]:
    start = f"/{version}{_PARENT}"
    bindings = f"{start}/policyBindings"
    routes = [
        Route("GET", f"{start}/operations/{{operation}}", _get_operation, "read"),
        Route("POST", bindings, _create_binding, "write", query=("policyBindingId", "validateOnly"), body=_BINDING),
        Route("GET", bindings, _list_bindings, "read", query=("filter", *_PAGES)),
        Route("GET", f"{bindings}:searchTargetPolicyBindings", _search, "read", query=("target", "filter", *_PAGES)),
        Route("GET", f"{bindings}/{{binding}}", _get_binding, "read"),
        Route("DELETE", f"{bindings}/{{binding}}", _delete_binding, "write", query=("etag", "validateOnly")),
    ]
    # Unified access policies are in v3beta only.
    for collection in _KINDS if version == "v3beta" else ("principalAccessBoundaryPolicies",):
        every, key = f"{start}/{collection}", f"{collection.removesuffix('ies')}yId"
        one, body = f"{every}/{{policy}}", (*_SHARED, "details")
        create, read = partial(_create_policy, collection), partial(_get_policy, collection)
        listing, delete = partial(_list_policies, collection), partial(_delete_policy, collection)
        routes += [
            Route("POST", every, create, "write", query=(key, "validateOnly"), body=body),
            Route("GET", every, listing, "read", query=_PAGES),
            Route("GET", one, read, "read"),
            Route("DELETE", one, delete, "write", query=("etag", "force", "validateOnly")),
        ]
    return routes


ROUTES = [route for version in VERSIONS for route in _routes(version)]
