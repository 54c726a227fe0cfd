"""Resource Manager: creating, changing, moving, deleting and restoring projects, in versions 1 and 3."""

from __future__ import annotations

import re
import secrets

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.policy import Binding
from wizard.sandbox.model.projects import Project

from . import manager_operations
from .calls import Call, Route
from .errors import INVALID_ARGUMENT, already_exists, failed_precondition, invalid, no_permission
from .manager_operations import started
from .project_documents import V1_TYPE, V3_TYPE, version_1, version_3

CREATE = "resourcemanager.projects.create"
PROJECT_ID = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
"""6 to 30 characters (reference of projects.create)."""

NAME = re.compile(r"[\w\s'\"!-]{4,30}")
LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")
MOST_LABELS = 256

FIRST_SERVICES = (
    *("bigquery", "bigquerystorage", "cloudresourcemanager", "datastore", "logging", "monitoring"),
    *("servicemanagement", "serviceusage", "storage"),
)
"""What is on in a new project here. In a real one, Resource Manager is not, and more of the others are."""

_FIELDS_V3 = {"displayName": "name", "labels": "labels"}
PRECONDITION = "Precondition check failed."


def create_v1(call: Call) -> JSON:
    """projects.create, version 1: {"projectId", "name", "labels", "parent": {"type", "id"}}."""
    body = call.document()
    parent = call.part("parent")
    name = f"{parent.get('type')}s/{parent.get('id')}" if parent else ""
    project = _added(call, str(body.get("projectId", "")), body.get("name"), body.get("labels"), name)
    return started(call, "cp", lambda: {"@type": V1_TYPE, **version_1(project)})


def create_v3(call: Call) -> JSON:
    """projects.create, version 3: {"projectId", "displayName", "labels", "parent": "folders/123"}."""
    body = call.document()
    wanted = str(body.get("projectId", ""))
    project = _added(call, wanted, body.get("displayName"), body.get("labels"), str(body.get("parent") or ""))
    return started(call, "cp3", lambda: {"@type": V3_TYPE, **version_3(project)})


def _added(call: Call, project_id: str, name: JSON, labels: JSON, parent: str) -> Project:
    """The new project, whose creator is its owner; a parent that does not exist is one without permission."""
    _may_create_in(call, parent)
    if PROJECT_ID.fullmatch(project_id) is None:
        raise invalid(INVALID_ARGUMENT)
    if call.world.projects.taken(project_id):
        raise already_exists()
    now = call.world.clock()
    number = str(secrets.randbelow(9 * 10**11) + 10**11)
    project = Project(project_id, number, _name(name) or project_id, now, parent, _labels(labels))
    project.enabled.update(f"{service}.googleapis.com" for service in FIRST_SERVICES)
    if call.caller is not None:
        project.policy.seed((Binding("roles/owner", (call.caller.member,)),), now)
    call.world.projects.add(project)
    return project


def _may_create_in(call: Call, parent: str) -> None:
    """Refuse a parent that the caller may not create projects in; without one, users may (reference)."""
    if not parent:
        if call.caller is None or call.caller.kind != "user":
            raise no_permission()
        return
    container = call.world.projects.containers.get(parent)
    if container is None or not call.world.projects.grants(container, call.access(CREATE, parent)):
        raise no_permission()


def _name(value: JSON) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or NAME.fullmatch(value) is None:
        raise invalid(INVALID_ARGUMENT)
    return value


def _labels(value: JSON) -> dict[str, str]:
    labels = value or {}
    if not isinstance(labels, dict) or len(labels) > MOST_LABELS:
        raise invalid(INVALID_ARGUMENT)
    for key, text in labels.items():
        if LABEL_KEY.fullmatch(key) is None or not isinstance(text, str) or LABEL_VALUE.fullmatch(text) is None:
            raise invalid(INVALID_ARGUMENT)
    return dict(labels)


def update_v1(call: Call) -> JSON:
    """projects.update, version 1: name and labels are replaced by what the body has; a parent is set, not changed."""
    project = _changeable(call, "update")
    body = call.document()
    parent = call.part("parent")
    wanted = f"{parent.get('type')}s/{parent.get('id')}" if parent else project.parent
    name, labels = _name(body.get("name")), _labels(body.get("labels"))
    if wanted != project.parent:
        _may_create_in(call, wanted)
    project.name, project.labels, project.parent = name or project.name, labels, wanted
    project.changed = call.world.clock()
    return version_1(project)


def patch_v3(call: Call) -> JSON:
    """projects.patch, version 3: the fields of `updateMask`, or all that the body has, of displayName and labels."""
    project = _changeable(call, "update")
    body = call.document()
    mask = [each for each in call.query.get("updateMask", "").split(",") if each]
    wanted = mask or [each for each in body if each in _FIELDS_V3]
    if any(each.split(".")[0] not in ("displayName", "display_name", "labels") for each in wanted):
        raise invalid(INVALID_ARGUMENT)
    name, labels = _name(body.get("displayName")), _labels(body.get("labels"))
    if any(each.startswith("display") for each in wanted):
        project.name = name
    if any(each.startswith("labels") for each in wanted):
        project.labels = labels
    project.changed = call.world.clock()
    return started(call, "up", lambda: {"@type": V3_TYPE, **version_3(project)})


def move_v3(call: Call) -> JSON:
    """projects.move, version 3, to {"destinationParent": "folders/123"}."""
    project = _changeable(call, "update")
    parent = str(call.document().get("destinationParent", ""))
    if not parent:
        raise invalid(INVALID_ARGUMENT)
    _may_create_in(call, parent)
    project.parent, project.changed = parent, call.world.clock()
    return started(call, "mp", lambda: {"@type": V3_TYPE, **version_3(project)})


def delete_v1(call: Call) -> JSON:
    """projects.delete, version 1: answers nothing; the project can be restored for 30 days."""
    _delete(call)
    return {}


def delete_v3(call: Call) -> JSON:
    """projects.delete, version 3: an operation."""
    project = _delete(call)
    return started(call, "dp", lambda: {"@type": V3_TYPE, **version_3(project)})


def undelete_v1(call: Call) -> JSON:
    """projects.undelete, version 1: answers nothing."""
    _undelete(call)
    return {}


def undelete_v3(call: Call) -> JSON:
    """projects.undelete, version 3: an operation."""
    project = _undelete(call)
    return started(call, "rp", lambda: {"@type": V3_TYPE, **version_3(project)})


def _delete(call: Call) -> Project:
    project = _changeable(call, "delete")
    project.deleted, project.changed = True, call.world.clock()
    return project


def _undelete(call: Call) -> Project:
    project = _found(call, "undelete")
    if not project.deleted:
        raise failed_precondition(PRECONDITION)
    project.deleted, project.changed = False, call.world.clock()
    return project


def _changeable(call: Call, verb: str) -> Project:
    project = _found(call, verb)
    if project.deleted:
        raise failed_precondition(PRECONDITION)
    return project


def _found(call: Call, verb: str) -> Project:
    project = call.project(call.params["project"])
    call.require(f"resourcemanager.projects.{verb}", project, refusal=no_permission)
    return project


ROUTES = [
    Route("POST", "/v1/projects", create_v1, "write"),
    Route("PUT", "/v1/projects/{project}", update_v1, "write"),
    Route("DELETE", "/v1/projects/{project}", delete_v1, "write"),
    Route("POST", "/v1/projects/{project}:undelete", undelete_v1, "write"),
    Route("POST", "/v3/projects", create_v3, "write"),
    Route("PATCH", "/v3/projects/{project}", patch_v3, "write", query=("updateMask",)),
    Route("POST", "/v3/projects/{project}:move", move_v3, "write"),
    Route("DELETE", "/v3/projects/{project}", delete_v3, "write"),
    Route("POST", "/v3/projects/{project}:undelete", undelete_v3, "write"),
    *manager_operations.ROUTES,
]
