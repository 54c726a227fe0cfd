"""Who uses a Google service account, and when it was last used."""

from __future__ import annotations

from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.engine.resource import leaves
from wizard.language import _
from wizard.resources import account_keys, policy_search
from wizard.resources.grants import ServiceAccountGrants
from wizard.resources.pool_users import Going, removed_grants

_HAS_ROLE = "The service account has the role {role} on the project {project}. The run did not grant this role."
_HAS_ROLE_ON = "The service account has the role {role} on {on}. The run did not grant this role."
_USED_BY = "{member} has the role {role} on the service account. The run did not grant this role."
_HAS_KEY = "The service account has the key {key}."
_LAST_USED = "Google Cloud recorded the last use of {email} on {date}."
_NOT_USED = "Google Cloud has not recorded a use of {email}."
_UNKNOWN = "The wizard could not read when {email} was last used: {reason}"
_ACTIVITY = "serviceAccountLastAuthentication"


def users(clouds: Clouds, project: str, email: str, going: Going) -> list[str]:
    """Return what a service account has or gives beside what goes, one sentence each.

    Raises CloudError, and Refused if the operator may not search the policies of other resources.
    """
    name = f"projects/{project}/serviceAccounts/{email}"
    removed = {
        (path[0], path[1])
        for resource, change in going.items()
        if isinstance(resource, ServiceAccountGrants) and resource.name == name
        for path, _ignored in leaves(change.after)
        if len(path) > 1
    }
    found = [
        _(_USED_BY).format(member=member, role=role)
        for role, member, is_plain in _pairs(clouds.google_iam.get_policy(project, email))
        if (role, member) not in removed or not is_plain
    ]
    body = {"options": {"requestedPolicyVersion": 3}}
    policy = clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{project}:getIamPolicy", body)
    gone = removed_grants(going, f"projects/{project}")
    for role, member, is_plain in _pairs(policy):
        if member == f"serviceAccount:{email}" and ((role, member) not in gone or not is_plain):
            found.append(_(_HAS_ROLE).format(role=role, project=project))
    found += _elsewhere(clouds, project, email, going) if not found else []
    keys = account_keys.read(clouds, project, email)
    return [*found, *(_(_HAS_KEY).format(key=key.id) for key in keys)]


def _elsewhere(clouds: Clouds, project: str, email: str, going: Going) -> list[str]:
    """Return a sentence for each role of a service account on a resource other than its project."""
    member = f"serviceAccount:{email}"
    own = (f"projects/{project}", f"projects/{project_number(clouds, project)}")
    found = []
    for granted in policy_search.members_of(clouds, project, email, member):
        goes = (granted.role, member) in removed_grants(going, granted.name) and not granted.has_condition
        if granted.member == member and granted.name not in own and not goes:
            found.append(_(_HAS_ROLE_ON).format(role=granted.role, on=granted.on))
    return found


def last_use(clouds: Clouds, project: str, email: str) -> str:
    """Return when a service account was last used, as one sentence. Source: Policy Intelligence documentation."""
    path = f"/v1/projects/{project}/locations/global/activityTypes/{_ACTIVITY}/activities:query"
    full_name = f"//iam.googleapis.com/projects/{project}/serviceAccounts/{email}"
    query = {"filter": f'activities.full_resource_name="{full_name}"'}
    try:
        answer = clouds.google.call("policyanalyzer", "GET", path, query=query)
    except CloudError as error:
        return _(_UNKNOWN).format(email=email, reason=error.message)
    for activity in answer.get("activities") or ():
        last = (activity.get("activity") or {}).get("lastAuthenticatedTime")
        if last and str(activity.get("fullResourceName", "")).endswith(f"/{email}"):
            return _(_LAST_USED).format(email=email, date=str(last)[:10])
    return _(_NOT_USED).format(email=email)


def _pairs(policy: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Return role and member of each grant, and whether the grant has no condition."""
    return [
        (str(binding["role"]), str(member), not binding.get("condition"))
        for binding in policy.get("bindings") or ()
        for member in binding.get("members") or ()
    ]
