"""Resource Manager: reading projects, and their policies, in version 1 (gcloud) and version 3 (client libraries)."""

import re

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.projects import Project

from . import org_policies
from .calls import Call, Route
from .errors import INVALID_ARGUMENT, GoogleError, invalid, no_permission
from .paging import page
from .policies import READ_BODY, TEST_BODY, WRITE_BODY, asked_permissions, held, read_policy, write_audited
from .project_documents import version_1, version_3
from .search_terms import matching

SERVICE = "cloudresourcemanager.googleapis.com"
MOST_TESTED = 100
GET = "resourcemanager.projects.get"
PARENT = re.compile(r"(folders|organizations)/\d+")


def _visible(call: Call, permission: str) -> Project:
    """The call's project; unknown, invisible and forbidden ones are refused alike."""
    project = call.project(call.params["project"])
    call.require(permission, project, refusal=no_permission)
    return project


def get_v1(call: Call) -> JSON:
    """projects.get, version 1."""
    return version_1(_visible(call, GET))


def get_v3(call: Call) -> JSON:
    """projects.get, version 3."""
    return version_3(_visible(call, GET))


def list_v1(call: Call) -> JSON:
    """projects.list, version 1: what the caller may see, filtered by `key:value` terms."""
    return _listed(call, [version_1(each) for each in _seen(call)], call.query.get("filter", ""))


def search_v3(call: Call) -> JSON:
    """projects.search, version 3: the same, in its words."""
    return _listed(call, [version_3(each) for each in _seen(call)], call.query.get("query", ""))


def list_v3(call: Call) -> JSON:
    """projects.list, version 3: the projects directly in a folder or organization; deleted ones if asked for."""
    parent = call.query.get("parent", "")
    if PARENT.fullmatch(parent) is None:
        raise invalid(INVALID_ARGUMENT)
    container = call.world.projects.containers.get(parent)
    access = call.access("resourcemanager.projects.list", parent)
    if container is None or not call.world.projects.grants(container, access):
        raise no_permission()
    deleted = call.query.get("showDeleted", "").lower() == "true"
    inside = [each for each in call.world.projects if each.parent == parent and (deleted or not each.deleted)]
    return _listed(call, [version_3(each) for each in inside], "")


def _seen(call: Call) -> list[Project]:
    return [each for each in call.world.projects if call.allowed(GET, each)]


def _listed(call: Call, found: list[JSON], terms: str) -> JSON:
    return page("projects", matching(found, terms), call.query, default=500, most=1000)


def get_policy(call: Call) -> JSON:
    """projects.getIamPolicy."""
    return read_policy(call, _visible(call, "resourcemanager.projects.getIamPolicy").policy)


def set_policy(call: Call) -> JSON:
    """projects.setIamPolicy."""
    project = _visible(call, "resourcemanager.projects.setIamPolicy")
    return write_audited(call, project)


def ancestry(call: Call) -> JSON:
    """projects.getAncestry, version 1: the project itself first, then what contains it."""
    project = _visible(call, GET)
    above = [(container.kind, container.id) for container in call.world.projects.above(project)]
    found = [("project", project.id), *above]
    return {"ancestor": [{"resourceId": {"type": kind, "id": name}} for kind, name in found]}


def test_permissions(call: Call) -> JSON:
    """projects.testIamPermissions: the permissions that the caller has; 400 for a permission that projects cannot test.

    "There are no permissions required for making this API call" (Resource Manager reference), so a caller without any
    role on the project is told that it has nothing, not refused.
    """
    project = call.project(call.params["project"])
    asked = asked_permissions(call)
    if len(asked) > MOST_TESTED:
        raise invalid(f"More than {MOST_TESTED} permissions cannot be tested at once.")
    for permission in asked:
        if not call.world.projects.custom_roles.testable_on_projects(permission):
            raise _untestable(permission)
    return held([permission for permission in asked if call.allowed(permission, project)])


def _untestable(permission: str) -> GoogleError:
    return invalid(f"Permission {permission} is not valid for this resource.")


def _policy_routes(one: str) -> list[Route]:
    return [
        Route("POST", f"{one}:getIamPolicy", get_policy, "read", body=READ_BODY),
        Route("POST", f"{one}:setIamPolicy", set_policy, "write", body=WRITE_BODY),
        Route("POST", f"{one}:testIamPermissions", test_permissions, "read", body=TEST_BODY),
    ]


ROUTES = [
    *org_policies.ROUTES,
    Route("POST", "/v1/projects/{project}:getAncestry", ancestry, "read"),
    Route("GET", "/v1/projects", list_v1, "read", query=("filter", "pageSize", "pageToken")),
    Route("GET", "/v1/projects/{project}", get_v1, "read"),
    Route("GET", "/v3/projects", list_v3, "read", query=("parent", "pageSize", "pageToken", "showDeleted")),
    Route("GET", "/v3/projects:search", search_v3, "read", query=("query", "pageSize", "pageToken")),
    Route("GET", "/v3/projects/{project}", get_v3, "read"),
    *(
        route
        for version in ("v1", "v3")
        for route in (
            Route("POST", f"/{version}/projects/{{project}}:getIamPolicy", get_policy, "read", body=READ_BODY),
            Route("POST", f"/{version}/projects/{{project}}:setIamPolicy", set_policy, "write", body=WRITE_BODY),
            Route(
                "POST", f"/{version}/projects/{{project}}:testIamPermissions", test_permissions, "read", body=TEST_BODY
            ),
        )
    ),
]
