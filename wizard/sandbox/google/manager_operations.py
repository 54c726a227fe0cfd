"""The long-running operations of Resource Manager: creating, changing and deleting projects and folders."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from wizard.sandbox.json_value import JSON

from . import operation_faults
from .calls import Call, Route
from .errors import not_found

_TYPES = "type.googleapis.com/google.cloudresourcemanager."
_METADATA: dict[str, dict[str, JSON]] = {
    # Of a project created in version 1, the metadata is recorded.
    "cp": {"@type": _TYPES + "v1.ProjectCreationStatus", "gettable": True, "ready": True},
    "cp3": {"@type": _TYPES + "v3.CreateProjectMetadata", "gettable": True, "ready": True},
    "up": {"@type": _TYPES + "v3.UpdateProjectMetadata"},
    "dp": {"@type": _TYPES + "v3.DeleteProjectMetadata"},
    "rp": {"@type": _TYPES + "v3.UndeleteProjectMetadata"},
    "mp": {"@type": _TYPES + "v3.MoveProjectMetadata"},
    "fc": {"@type": _TYPES + "v2.FolderOperation", "operationType": "CREATE"},
    "fm": {"@type": _TYPES + "v2.FolderOperation", "operationType": "MOVE"},
    "cf": {"@type": _TYPES + "v3.CreateFolderMetadata"},
    "uf": {"@type": _TYPES + "v3.UpdateFolderMetadata"},
    "df": {"@type": _TYPES + "v3.DeleteFolderMetadata"},
    "rf": {"@type": _TYPES + "v3.UndeleteFolderMetadata"},
    "mf": {"@type": _TYPES + "v3.MoveFolderMetadata"},
}
"""What kind of change an operation is, as its name begins, to its metadata when it is done."""


def started(call: Call, kind: str, on_done: Callable[[], JSON]) -> JSON:
    """Start an operation of that kind, and answer as recorded: {"name": "operations/cp.1234567890123456789"}.

    `on_done` has the effect, and returns the response, with its "@type".
    """
    name = f"operations/{kind}.{secrets.randbelow(9 * 10**18) + 10**18}"
    operation_faults.start(call, name, on_done)
    return {"name": name}


def get(call: Call) -> JSON:
    """operations.get: `metadata`, and `done` with `response` afterwards."""
    operation = call.world.operations.find(f"operations/{call.params['operation']}")
    metadata = _METADATA.get(call.params["operation"].partition(".")[0])
    if operation is None or metadata is None:
        raise not_found()
    if not operation.done:
        return {"name": operation.name, "metadata": {"@type": metadata["@type"]}}
    end: dict[str, JSON] = {"response": operation.response} if operation.error is None else {"error": operation.error}
    return {"name": operation.name, "metadata": metadata, "done": True, **end}


ROUTES = [Route("GET", f"/{version}/operations/{{operation}}", get, "read") for version in ("v1", "v2", "v3")]
