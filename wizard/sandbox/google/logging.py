"""Cloud Logging v2, as far as reading the Admin Activity audit log of policy changes goes.

Source: Cloud Logging API reference, `entries.list`; the entries are as published audit logs of `SetIamPolicy` are.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.policy_changes import BindingDelta, PolicyChange

from . import log_filter
from .calls import Call, Route
from .errors import INVALID_ARGUMENT, GoogleError, invalid
from .paging import page

SERVICE = "logging.googleapis.com"
PERMISSION = "logging.logEntries.list"
_MOST_RESOURCES = 100
_ACTIVITY = "cloudaudit.googleapis.com%2Factivity"
_ORDERS = {"": False, "timestamp asc": False, "timestamp desc": True}


def list_entries(call: Call) -> JSON:
    """entries.list: what the logs of the projects have, oldest first unless `orderBy` says otherwise."""
    body = call.document()
    names = body.get("resourceNames")
    if not isinstance(names, list) or not 0 < len(names) <= _MOST_RESOURCES:
        raise invalid(INVALID_ARGUMENT)
    order = " ".join(str(body.get("orderBy") or "").split())
    if order not in _ORDERS:
        raise invalid(INVALID_ARGUMENT)
    projects = [_readable(call, str(name)) for name in names]
    matches = log_filter.parsed(str(body.get("filter") or ""))
    changes = [each for each in call.world.policy_changes if each.project_id in projects]
    entries = [entry for entry in map(_entry, changes) if matches(entry)]
    if _ORDERS[order]:
        entries.reverse()
    asked = {key: str(body[key]) for key in ("pageSize", "pageToken") if body.get(key)}
    return page("entries", entries, asked, default=50, most=1000)


def _readable(call: Call, name: str) -> str:
    """The ID of a project whose logs the caller may read. Raises GoogleError."""
    kind, _, wanted = name.partition("/")
    if kind != "projects":
        raise invalid(INVALID_ARGUMENT)
    project = call.project(wanted)
    call.require(PERMISSION, project, refusal=_no_views)
    return project.id


def _no_views() -> GoogleError:
    return GoogleError(403, "PERMISSION_DENIED", "Permission denied for all log views")


def _entry(change: PolicyChange) -> dict[str, JSON]:
    on_account, moment = change.account is not None, _timestamp(change.made)
    service = "iam.googleapis.com" if on_account else "cloudresourcemanager.googleapis.com"
    method = "google.iam.admin.v1.SetIAMPolicy" if on_account else "SetIamPolicy"
    permission = "iam.serviceAccounts.setIamPolicy" if on_account else "resourcemanager.projects.setIamPolicy"
    labels = {"project_id": change.project_id}
    name = f"projects/{change.project_id}"
    if change.account is not None:
        email, unique_id = change.account
        labels |= {"email_id": email, "unique_id": unique_id}
        name = f"projects/-/serviceAccounts/{unique_id}"
    caller = {"principalEmail": change.caller} if "@" in change.caller else {"principalSubject": change.caller}
    return {
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "status": {},
            "authenticationInfo": caller,
            "serviceName": service,
            "methodName": method,
            "authorizationInfo": [{"resource": name, "permission": permission, "granted": True}],
            "resourceName": name,
            "serviceData": {
                "@type": "type.googleapis.com/google.iam.v1.logging.AuditData",
                "policyDelta": {"bindingDeltas": [_delta(each) for each in change.deltas]} if change.deltas else {},
            },
        },
        "insertId": hashlib.sha256(f"{name} {moment}".encode()).hexdigest()[:14],
        "resource": {"type": "service_account" if on_account else "project", "labels": labels},
        "timestamp": moment,
        "severity": "NOTICE",
        "logName": f"projects/{change.project_id}/logs/{_ACTIVITY}",
        "receiveTimestamp": moment,
    }


def _delta(delta: BindingDelta) -> JSON:
    shown: dict[str, JSON] = {"action": delta.action, "role": delta.role, "member": delta.member}
    return {**shown, "condition": delta.condition} if delta.condition else shown


def _timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


ROUTES = [
    Route(
        "POST",
        "/v2/entries:list",
        list_entries,
        "read",
        body=("resourceNames", "projectIds", "filter", "orderBy", "pageSize", "pageToken"),
    )
]
