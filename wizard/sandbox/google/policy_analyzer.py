"""Policy Analyzer v1, as far as the last uses of service accounts and of their keys go.

Source: Policy Analyzer API reference, `projects.locations.activityTypes.activities.query`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.projects import Project

from .calls import Call, Route
from .errors import INVALID_ARGUMENT, invalid, lacking

SERVICE = "policyanalyzer.googleapis.com"

_KEYS = "serviceAccountKeyLastAuthentication"
_ACCOUNTS = "serviceAccountLastAuthentication"
_PERMISSIONS = {
    _KEYS: "policyanalyzer.serviceAccountKeyLastAuthenticationActivities.query",
    _ACCOUNTS: "policyanalyzer.serviceAccountLastAuthenticationActivities.query",
}
_FILTER = re.compile(r"""\s*activities\.(?:full_resource_name|fullResourceName)\s*=\s*["']([^"']*)["']\s*""")
_PATH = "/v1/projects/{project}/locations/{location}/activityTypes/{type}/activities:query"


def query(call: Call) -> JSON:
    """activities.query: the accounts or the keys of the project that were used, with the day of their last use."""
    project = call.project(call.params["project"])
    kind = call.params["type"]
    if kind not in _PERMISSIONS:
        raise lacking(f"activities of the type {kind}")
    call.require(_PERMISSIONS[kind], project)
    uses = _of_keys(project) if kind == _KEYS else _of_accounts(project)
    wanted = _wanted(call.query.get("filter", ""))
    found = [_activity(kind, name, used) for name, used in uses if wanted in (None, name)]
    return {"activities": found} if found else {}


def _wanted(text: str) -> str | None:
    """The full resource name that a filter asks for; None without a filter. Raises GoogleError 400."""
    if not text.strip():
        return None
    match = _FILTER.fullmatch(text)
    if match is None:
        raise invalid(INVALID_ARGUMENT)
    return match[1]


def _of_keys(project: Project) -> Iterator[tuple[str, datetime]]:
    for account in project.service_accounts.values():
        for key_id, used in sorted(account.used_keys.items()):
            yield f"//iam.googleapis.com/{account.name}/keys/{key_id}", used


def _of_accounts(project: Project) -> Iterator[tuple[str, datetime]]:
    """Each account that was used, in whatever way: with one of its keys too."""
    for account in project.service_accounts.values():
        uses = [*account.used_keys.values(), *([account.last_used] if account.last_used else [])]
        if uses:
            yield f"//iam.googleapis.com/{account.name}", max(uses)


def _activity(kind: str, name: str, used: datetime) -> JSON:
    day = used.strftime("%Y-%m-%dT00:00:00Z")
    return {"fullResourceName": name, "activityType": kind, "activity": {"lastAuthenticatedTime": day}}


ROUTES = [Route("GET", _PATH, query, "read", query=("filter", "pageSize", "pageToken"))]
