"""IAM v1: predefined roles, which are read only; custom roles; and the permissions that a resource can test."""

from __future__ import annotations

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.custom_roles import CustomRole
from wizard.sandbox.model.projects import Project
from wizard.sandbox.model.roles import Role, role_table

from .calls import Call, Route
from .errors import denied, invalid, no_permission, not_found
from .paging import page

ON_PROJECTS = "//cloudresourcemanager.googleapis.com/projects/"
_LISTING = ("pageSize", "pageToken", "showDeleted", "view")
_FIELDS = ("title", "description", "stage", "includedPermissions")


def _document(role: Role, full: bool) -> dict[str, JSON]:
    document = {"name": role.name, "title": role.title, "description": role.description, "stage": "GA", "etag": "AA=="}
    return {**document, "includedPermissions": list(role.permissions)} if full else document


def _custom_document(role: CustomRole, full: bool) -> dict[str, JSON]:
    document: dict[str, JSON] = {"name": role.name, "title": role.title, "description": role.description}
    document |= {"stage": role.stage, "etag": f"BwY{role.revision:09d}"}
    if full and role.permissions:
        document["includedPermissions"] = list(role.permissions)
    return {**document, "deleted": True} if role.deleted else document


# Predefined roles


def get(call: Call) -> JSON:
    """roles.get of a predefined role, with its permissions."""
    role = role_table().get(f"roles/{call.params['role']}")
    if role is None:
        raise not_found(f"The role named roles/{call.params['role']} was not found.")
    return _document(role, full=True)


def list_roles(call: Call) -> JSON:
    """roles.list; with permissions when `view=FULL`."""
    return _listed(call.query, call.query.get("view") == "FULL")


def query_grantable(call: Call) -> JSON:
    """roles.queryGrantableRoles, for projects: the project's custom roles, then the predefined roles."""
    body = call.document()
    project = _project_of(call, str(body.get("fullResourceName", "")))
    full = body.get("view") == "FULL"
    custom = call.world.projects.custom_roles.of(f"projects/{project.id}") if project else []
    return _listed({key: str(value) for key, value in body.items()}, full, custom)


def query_testable(call: Call) -> JSON:
    """permissions.queryTestablePermissions, for projects, in pages."""
    body = call.document()
    _project_of(call, str(body.get("fullResourceName", "")))
    permissions: list[JSON] = [{"name": name, "stage": "GA"} for name in role_table().testable()]
    return page("permissions", permissions, {key: str(value) for key, value in body.items()}, default=100, most=1000)


def _project_of(call: Call, name: str) -> Project | None:
    """The project that a full resource name is about; None for another resource."""
    if not name.startswith("//"):
        raise invalid("Invalid value at 'full_resource_name'.")
    if not name.startswith(ON_PROJECTS):
        return None
    project = call.world.projects.find(name.removeprefix(ON_PROJECTS).split("/")[0])
    if project is None:
        raise no_permission()
    return project


def _listed(query: dict[str, str], full: bool, custom: list[CustomRole] | None = None) -> JSON:
    roles = [_document(role, full) for role in sorted(role_table(), key=lambda role: role.name)]
    own = [_custom_document(role, full) for role in custom or () if not role.deleted]
    return page("roles", [*own, *roles], query, default=300, most=1000)


# Custom roles


def _parent(call: Call, permission: str) -> str:
    """The project or organisation, once the caller is seen to have the permission; organisations have no policy here.

    In an organisation, everybody who administers roles in a project may do the same.
    """
    if "organization" in call.params:
        if not any(call.allowed(permission, project) for project in call.world.projects):
            raise denied(permission, f"organizations/{call.params['organization']}")
        return f"organizations/{call.params['organization']}"
    project = call.project(call.params["project"])
    call.require(permission, project, f"projects/{project.id}")
    return f"projects/{project.id}"


def _custom(call: Call, permission: str) -> CustomRole:
    name = f"{_parent(call, permission)}/roles/{call.params['role']}"
    role = call.world.projects.custom_roles.get(name)
    if role is None:
        raise not_found(f"The role named {name} was not found.")
    return role


def _fields(document: dict[str, JSON]) -> dict[str, JSON]:
    return {key: document[key] for key in _FIELDS if key in document}


def get_custom(call: Call) -> JSON:
    """projects.roles.get and organizations.roles.get."""
    return _custom_document(_custom(call, "iam.roles.get"), full=True)


def list_custom(call: Call) -> JSON:
    """projects.roles.list and organizations.roles.list; deleted roles when `showDeleted`."""
    parent, deleted = _parent(call, "iam.roles.list"), call.query.get("showDeleted", "").lower() == "true"
    roles = [role for role in call.world.projects.custom_roles.of(parent) if deleted or not role.deleted]
    full = call.query.get("view") == "FULL"
    return page("roles", [_custom_document(role, full) for role in roles], call.query, default=300, most=1000)


def create(call: Call) -> JSON:
    """projects.roles.create and organizations.roles.create."""
    parent = _parent(call, "iam.roles.create")
    role_id = str(call.document().get("roleId", ""))
    role = call.world.projects.custom_roles.create(parent, role_id, _fields(call.part("role")))
    return _custom_document(role, full=True)


def patch(call: Call) -> JSON:
    """roles.patch: the fields in `updateMask`, or all that are given."""
    role, given = _custom(call, "iam.roles.update"), _fields(call.document())
    mask = [name for name in call.query.get("updateMask", "").split(",") if name]
    role.set({key: value for key, value in given.items() if not mask or key in mask})
    return _custom_document(role, full=True)


def delete(call: Call) -> JSON:
    """roles.delete: the role stays for some days, and grants nothing."""
    role = _custom(call, "iam.roles.delete")
    role.deleted = True
    return _custom_document(role, full=True)


def undelete(call: Call) -> JSON:
    """roles.undelete."""
    role = _custom(call, "iam.roles.undelete")
    role.deleted = False
    return _custom_document(role, full=True)


ROUTES = [
    Route("GET", "/v1/roles", list_roles, "read", query=(*_LISTING, "parent")),
    Route("GET", "/v1/roles/{role}", get, "read"),
    Route("POST", "/v1/roles:queryGrantableRoles", query_grantable, "read"),
    Route("POST", "/v1/permissions:queryTestablePermissions", query_testable, "read"),
    *(
        route
        for parent in ("projects/{project}", "organizations/{organization}")
        for route in (
            Route("GET", f"/v1/{parent}/roles", list_custom, "read", query=_LISTING),
            Route("POST", f"/v1/{parent}/roles", create, "write"),
            Route("GET", f"/v1/{parent}/roles/{{role}}", get_custom, "read"),
            Route("PATCH", f"/v1/{parent}/roles/{{role}}", patch, "write", query=("updateMask",)),
            Route("DELETE", f"/v1/{parent}/roles/{{role}}", delete, "write", query=("etag",)),
            Route("POST", f"/v1/{parent}/roles/{{role}}:undelete", undelete, "write", query=("etag",)),
        )
    ),
]
