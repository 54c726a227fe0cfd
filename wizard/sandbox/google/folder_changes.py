"""Resource Manager: creating, renaming, moving, deleting and restoring folders, in versions 2 (gcloud) and 3.

Version 2 answers an operation only where a folder is created or moved, version 3 everywhere.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.hierarchy import Container

from .calls import Call, Route
from .errors import INVALID_ARGUMENT, failed_precondition, invalid, no_permission
from .hierarchy import allowed_on, container_of, document
from .manager_operations import started

TITLE = re.compile(r"[\w]([\w\s-]{1,28})[\w]")
"""3 to 30 characters that start and end with a letter or digit (reference of folders.create)."""

CREATE = "resourcemanager.folders.create"
MOVE = "resourcemanager.folders.move"
PRECONDITION = "Precondition check failed."

Change = Callable[[Call], Container]


def _create(call: Call) -> Container:
    body = call.document()
    parent = _destination(call, str(call.query.get("parent") or body.get("parent") or ""), CREATE)
    title = _title(call, body.get("displayName"), parent.name)
    number = str(secrets.randbelow(9 * 10**11) + 10**11)
    folder = Container("folder", number, title, call.world.clock(), parent.name)
    call.world.projects.containers[folder.name] = folder
    return folder


def _rename(call: Call) -> Container:
    folder = _active(call, "update")
    mask = [each for each in call.query.get("updateMask", "").split(",") if each]
    if any(each not in ("displayName", "display_name") for each in mask):
        raise invalid(INVALID_ARGUMENT)
    folder.title = _title(call, call.document().get("displayName"), folder.parent, but=folder)
    return folder


def _move(call: Call) -> Container:
    folder = _active(call, "move")
    parent = _destination(call, str(call.document().get("destinationParent", "")), MOVE)
    if parent is folder or folder in call.world.projects.above(parent):
        raise failed_precondition(PRECONDITION)
    folder.parent = parent.name
    return folder


def _delete(call: Call) -> Container:
    """Delete a folder, which must be empty."""
    folder = _active(call, "delete")
    projects = call.world.projects
    inside = [each for each in (*projects, *projects.containers.values()) if each.parent == folder.name]
    if any(not each.deleted for each in inside):
        raise failed_precondition(PRECONDITION)
    folder.deleted = True
    return folder


def _undelete(call: Call) -> Container:
    folder = container_of(call, "folder", "delete")
    if not folder.deleted:
        raise failed_precondition(PRECONDITION)
    folder.deleted = False
    return folder


def _active(call: Call, verb: str) -> Container:
    folder = container_of(call, "folder", verb)
    if folder.deleted:
        raise failed_precondition(PRECONDITION)
    return folder


def _destination(call: Call, name: str, permission: str) -> Container:
    if not name.startswith(("folders/", "organizations/")):
        raise invalid(INVALID_ARGUMENT)
    container = call.world.projects.containers.get(name)
    if container is None or not allowed_on(call, container, permission):
        raise no_permission()
    return container


def _title(call: Call, wanted: JSON, parent: str, but: Container | None = None) -> str:
    """The display name, which must differ from those of the other folders in the same place."""
    if not isinstance(wanted, str) or TITLE.fullmatch(wanted) is None:
        raise invalid(INVALID_ARGUMENT)
    for each in call.world.projects.containers.values():
        if each is not but and each.parent == parent and each.title.lower() == wanted.lower():
            raise failed_precondition(PRECONDITION)
    return wanted


def _answer(change: Change, version: str, operation: str, call: Call) -> JSON:
    """Make the change, and answer the folder, or an operation of that kind if there is one."""
    folder = change(call)
    folder.changed = call.world.clock()
    kind = f"type.googleapis.com/google.cloud.resourcemanager.{version}.Folder"
    if not operation:
        return document(folder, version)
    return started(call, operation, lambda: {"@type": kind, **document(folder, version)})


def _route(method: str, template: str, change: Change, operation: str, *query: str) -> Route:
    version = template.split("/")[1]
    return Route(method, template, partial(_answer, change, version, operation), "write", query=query)


ROUTES = [
    _route("POST", "/v2/folders", _create, "fc", "parent"),
    _route("PATCH", "/v2/folders/{id}", _rename, "", "updateMask"),
    _route("POST", "/v2/folders/{id}:move", _move, "fm"),
    _route("DELETE", "/v2/folders/{id}", _delete, ""),
    _route("POST", "/v2/folders/{id}:undelete", _undelete, ""),
    _route("POST", "/v3/folders", _create, "cf"),
    _route("PATCH", "/v3/folders/{id}", _rename, "uf", "updateMask"),
    _route("POST", "/v3/folders/{id}:move", _move, "mf"),
    _route("DELETE", "/v3/folders/{id}", _delete, "df"),
    _route("POST", "/v3/folders/{id}:undelete", _undelete, "rf"),
]
