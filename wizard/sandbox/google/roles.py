"""IAM v1: the predefined roles, read only."""

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.roles import Role, role_table

from .calls import Call, Route
from .errors import invalid, no_permission, not_found
from .paging import page

ON_PROJECTS = "//cloudresourcemanager.googleapis.com/projects/"


def _document(role: Role, full: bool) -> JSON:
    document = {"name": role.name, "title": role.title, "description": role.description, "stage": "GA", "etag": "AA=="}
    return {**document, "includedPermissions": list(role.permissions)} if full else document


def get(call: Call) -> JSON:
    """roles.get, with its permissions."""
    role = role_table().get(f"roles/{call.params['role']}")
    if role is None:
        raise not_found(f"The role named roles/{call.params['role']} was not found.")
    return _document(role, full=True)


def list_roles(call: Call) -> JSON:
    """roles.list; with permissions when `view=FULL`."""
    return _listed(call.query, call.query.get("view") == "FULL")


def query_grantable(call: Call) -> JSON:
    """roles.queryGrantableRoles, for projects."""
    body = call.document()
    name = str(body.get("fullResourceName", ""))
    if not name.startswith("//"):
        raise invalid("Invalid value at 'full_resource_name'.")
    if name.startswith(ON_PROJECTS) and call.world.projects.find(name.removeprefix(ON_PROJECTS).split("/")[0]) is None:
        raise no_permission()
    return _listed({key: str(value) for key, value in body.items()}, body.get("view") == "FULL")


def _listed(query: dict[str, str], full: bool) -> JSON:
    roles = [_document(role, full) for role in sorted(role_table(), key=lambda role: role.name)]
    return page("roles", roles, query, default=300, most=1000)


ROUTES = [
    Route("GET", "/v1/roles", list_roles, "read"),
    Route("GET", "/v1/roles/{role}", get, "read"),
    Route("POST", "/v1/roles:queryGrantableRoles", query_grantable, "read"),
]
