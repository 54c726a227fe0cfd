"""Policy Analyzer v1, as far as the last uses of service account keys go.

Source: Policy Analyzer API reference, `projects.locations.activityTypes.activities.query`.
"""

from __future__ import annotations

from wizard.sandbox.json_value import JSON

from .calls import Call, Route
from .errors import lacking

SERVICE = "policyanalyzer.googleapis.com"

_KEYS = "serviceAccountKeyLastAuthentication"
_PERMISSION = "policyanalyzer.serviceAccountKeyLastAuthenticationActivities.query"
_PATH = "/v1/projects/{project}/locations/{location}/activityTypes/{type}/activities:query"


def query(call: Call) -> JSON:
    """activities.query: the keys of the project that were used, each with the day of its last use."""
    project = call.project(call.params["project"])
    if call.params["type"] != _KEYS:
        raise lacking(f"activities of the type {call.params['type']}")
    call.require(_PERMISSION, project)
    activities = []
    for account in project.service_accounts.values():
        for key_id, used in sorted(account.used_keys.items()):
            name = f"//iam.googleapis.com/{account.name}/keys/{key_id}"
            day = used.strftime("%Y-%m-%dT00:00:00Z")
            activities.append(
                {"fullResourceName": name, "activityType": _KEYS, "activity": {"lastAuthenticatedTime": day}}
            )
    return {"activities": activities} if activities else {}


ROUTES = [Route("GET", _PATH, query, "read", query=("filter", "pageSize", "pageToken"))]
