"""IAM v2: the deny policies of projects, folders and organizations, as the discovery document has them."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.deny_policies import DenyPolicy
from wizard.sandbox.model.hierarchy import Container
from wizard.sandbox.model.projects import Project

from . import operation_faults
from .calls import Call, Route
from .errors import already_exists, concurrent_change, denied, invalid, not_found
from .hierarchy import allowed_on
from .paging import page
from .project_documents import timestamp

MANAGER = "cloudresourcemanager.googleapis.com"
_ATTACHED = f"/v2/policies/{MANAGER}/{{kind}}/{{attached}}"
"""The path after decoding: requests write the slashes of the attachment point as %2F, and gcloud as %252F."""
_BODY = ("name", "uid", "kind", "displayName", "annotations", "etag", "createTime", "updateTime", "rules")
_WRITTEN = ("displayName", "annotations", "rules")
_ID = re.compile(r"[a-z][a-z0-9.-]{2,62}")
_PERMISSION = re.compile(r"[a-z0-9.-]+\.[a-z]+/[A-Za-z0-9*]+(\.[A-Za-z0-9*]+)?")
_PRINCIPAL = re.compile(r"(deleted:)?principal(Set)?://\S+")
_PAGE = 1000
_METADATA = "type.googleapis.com/google.iam.v2.PolicyOperationMetadata"
_TYPE = "type.googleapis.com/google.iam.v2.Policy"


@dataclass(frozen=True)
class _Attached:
    """What a policy is attached to. `name` is as responses have it: with the number of a project."""

    thing: Project | Container
    name: str

    @property
    def policies(self) -> str:
        return f"policies/{MANAGER}%2F{self.name.replace('/', '%2F')}/denypolicies"


def _attached(call: Call, verb: str) -> _Attached:
    """What the path names, if the caller has the permission there (GoogleError 403)."""
    permission, kind, name = f"iam.denypolicies.{verb}", call.params["kind"], call.params["attached"]
    if kind == "projects":
        project = call.project(name)
        call.require(permission, project, f"//{MANAGER}/projects/{name}")
        return _Attached(project, f"projects/{project.number}")
    container = call.world.projects.containers.get(f"{kind}/{name}")
    if container is None or not allowed_on(call, container, permission):
        raise denied(permission, f"//{MANAGER}/{kind}/{name}")
    return _Attached(container, container.name)


def _found(call: Call, verb: str) -> tuple[_Attached, DenyPolicy]:
    on = _attached(call, verb)
    policy = on.thing.deny_policies.get(call.params["policy"])
    if policy is None:
        raise not_found()
    return on, policy


def list_policies(call: Call) -> JSON:
    """policies.listPolicies: without the rules. The page size that is asked for is not looked at."""
    on = _attached(call, "list")
    shown = [_document(on, each) for _name, each in sorted(on.thing.deny_policies.items())]
    without = [{key: value for key, value in each.items() if key != "rules"} for each in shown]
    query = {key: value for key, value in call.query.items() if key == "pageToken"}
    return page("policies", without, query, default=_PAGE, most=_PAGE)


def get(call: Call) -> JSON:
    """policies.get: with the rules."""
    return _document(*_found(call, "get"))


def create(call: Call) -> JSON:
    """policies.createPolicy. The answer is an operation."""
    on, name = _attached(call, "create"), call.query.get("policyId", "")
    if _ID.fullmatch(name) is None:
        raise invalid("Invalid policy ID.")
    if name in on.thing.deny_policies:
        raise already_exists()
    now = call.world.clock()
    fields = _fields(call.document())
    policy = DenyPolicy(name, now, _enforced(call), fields, uid=secrets.token_hex(16))
    on.thing.deny_policies[name] = policy
    return _operation(call, on, policy)


def update(call: Call) -> JSON:
    """policies.update: the whole policy, whose etag must be the stored one."""
    on, policy = _found(call, "update")
    _check_etag(policy, str(call.document().get("etag") or ""))
    policy.fields, policy.enforced, policy.changed = _fields(call.document()), _enforced(call), call.world.clock()
    return _operation(call, on, policy)


def delete(call: Call) -> JSON:
    """policies.delete, with the etag if it was sent."""
    on, policy = _found(call, "delete")
    _check_etag(policy, call.query.get("etag", ""))
    del on.thing.deny_policies[policy.id]
    return _operation(call, on, policy)


def operation(call: Call) -> JSON:
    """policies.operations.get."""
    _attached(call, "get")
    name = call.path.removeprefix("/v2/").replace("%2F", "/")
    found = call.world.operations.find(name)
    if found is None:
        raise not_found()
    end = {"done": True, **({"error": found.error} if found.error else {"response": found.response})}
    return {"name": found.name, **(end if found.done else {})}


def _fields(document: dict[str, JSON]) -> dict[str, JSON]:
    """What is kept of a policy that is written. GoogleError 400 if its rules are not valid."""
    rules = document.get("rules")
    if not isinstance(rules, list) or not rules:
        raise invalid("A policy must have at least one rule.")
    for each in rules:
        rule = each.get("denyRule") if isinstance(each, dict) else None
        if not isinstance(rule, dict) or not rule.get("deniedPrincipals") or not rule.get("deniedPermissions"):
            raise invalid("A rule must have a denyRule with deniedPrincipals and deniedPermissions.")
        principals = [*rule["deniedPrincipals"], *rule.get("exceptionPrincipals", ())]
        permissions = [*rule["deniedPermissions"], *rule.get("exceptionPermissions", ())]
        if not all(_PRINCIPAL.fullmatch(str(name)) for name in principals):
            raise invalid("Invalid principal identifier.")
        if not all(_PERMISSION.fullmatch(str(name)) for name in permissions):
            raise invalid("Invalid permission.")
    return {key: document[key] for key in _WRITTEN if document.get(key)}


def _document(on: _Attached, policy: DenyPolicy) -> dict[str, JSON]:
    return {
        "name": f"{on.policies}/{policy.id}",
        "uid": policy.uid,
        "kind": "DenyPolicy",
        **policy.fields,
        "etag": _etag(policy),
        "createTime": timestamp(policy.created),
        "updateTime": timestamp(policy.changed or policy.created),
    }


def _etag(policy: DenyPolicy) -> str:
    moment = policy.changed or policy.created
    return base64.b64encode(int(moment.timestamp() * 1_000_000).to_bytes(8, "big")).decode()


def _check_etag(policy: DenyPolicy, etag: str) -> None:
    if etag and etag != _etag(policy):
        raise concurrent_change()


def _enforced(call: Call) -> datetime:
    return call.world.clock() + timedelta(seconds=call.world.settings.propagation)


def _operation(call: Call, on: _Attached, policy: DenyPolicy) -> JSON:
    """Start the operation of a change, and answer as IAM does."""
    name = f"{on.policies}/{policy.id}/operations/{secrets.token_hex(8)}"
    document = {"@type": _TYPE, **_document(on, policy)}
    # The operation is found by its decoded name, as the path of a request is.
    operation_faults.start(call, name.replace("%2F", "/"), lambda: document)
    return {"name": name, "metadata": {"@type": _METADATA, "createTime": timestamp(call.world.clock())}}


def _routes(attached: str) -> list[Route]:
    every = f"{attached}/denypolicies"
    one = every + "/{policy}"
    return [
        Route("GET", every, list_policies, "read", query=("pageSize", "pageToken")),
        Route("POST", every, create, "write", query=("policyId",), body=_BODY),
        Route("GET", one, get, "read"),
        Route("PUT", one, update, "write", body=_BODY),
        Route("DELETE", one, delete, "write", query=("etag",)),
        Route("GET", one + "/operations/{operation}", operation, "read"),
    ]


ROUTES = [*_routes(_ATTACHED), *_routes(f"/v2/policies/{MANAGER}%2F{{kind}}%2F{{attached}}")]
