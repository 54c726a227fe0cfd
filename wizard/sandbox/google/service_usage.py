"""Service Usage: which APIs are on in a project, and switching them on and off."""

from collections.abc import Callable, Sequence
from uuid import uuid4

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.operations import Operation
from wizard.sandbox.model.projects import Project

from .calls import Call, Route
from .errors import GoogleError, invalid, no_permission, not_found
from .paging import page
from .services import TITLES, title

SERVICE = "serviceusage.googleapis.com"
MOST_IN_A_BATCH = 20
"""How many services one batchEnable takes; more fail as a whole (Service Usage v1 discovery document)."""

EMPTY = {"@type": "type.googleapis.com/google.protobuf.Empty"}
RESPONSE = "type.googleapis.com/google.api.serviceusage.v1."


def _document(project: Project, service: str) -> JSON:
    return {
        "name": f"projects/{project.number}/services/{service}",
        "config": {
            "name": service,
            "title": title(service),
            "documentation": {},
            "quota": {},
            "authentication": {},
            "usage": {"requirements": ["serviceusage.googleapis.com/tos/cloud"]},
            "monitoring": {},
        },
        "state": "ENABLED" if service in project.enabled else "DISABLED",
        "parent": f"projects/{project.number}",
    }


def _project(call: Call, permission: str) -> Project:
    project = call.project(call.params["project"])
    call.require(permission, project, refusal=no_permission)
    return project


def _known(services: Sequence[JSON]) -> None:
    unknown = [str(each) for each in services if not isinstance(each, str) or each not in TITLES]
    if unknown:
        raise GoogleError(
            403, "PERMISSION_DENIED", f"Not found or permission denied for service(s): {', '.join(unknown)}."
        )


def get(call: Call) -> JSON:
    """services.get."""
    project = _project(call, "serviceusage.services.get")
    _known([call.params["service"]])
    return _document(project, call.params["service"])


def list_services(call: Call) -> JSON:
    """services.list, with `filter=state:ENABLED` or `state:DISABLED`."""
    project = _project(call, "serviceusage.services.list")
    state = call.query.get("filter", "").partition("state:")[2].strip()
    found = [_document(project, service) for service in sorted({*TITLES, *project.enabled})]
    matching = [each for each in found if state in ("", each["state"])]
    return page("services", matching, call.query, default=50, most=200)


def batch_get(call: Call) -> JSON:
    """services.batchGet: the services named by `names=projects/P/services/S`, in that order."""
    project = _project(call, "serviceusage.services.get")
    services = [name.rpartition("/")[2] for name in call.repeated("names")]
    _known(services)
    return {"services": [_document(project, service) for service in services]}


def enable(call: Call) -> JSON:
    """services.enable: an operation; one that is done already when the service is on."""
    project = _project(call, "serviceusage.services.enable")
    service = call.params["service"]
    _known([service])
    if service in project.enabled:
        return {"name": "operations/noop.DONE_OPERATION", "done": True, "response": _enabled(project, service)}

    def on_done() -> JSON:
        project.enabled.add(service)
        return _enabled(project, service)

    return _started(call, project, "p2", on_done)


def disable(call: Call) -> JSON:
    """services.disable: an operation."""
    project = _project(call, "serviceusage.services.disable")
    service = call.params["service"]
    _known([service])

    def on_done() -> JSON:
        project.enabled.discard(service)
        return {"@type": RESPONSE + "DisableServiceResponse", "service": _document(project, service)}

    return _started(call, project, "p17", on_done)


def batch_enable(call: Call) -> JSON:
    """services.batchEnable: one operation for all of them, at most 20."""
    project = _project(call, "serviceusage.services.enable")
    services = call.document().get("serviceIds", [])
    if not isinstance(services, list) or not services or len(services) > MOST_IN_A_BATCH:
        raise invalid(f"A batch takes 1 to {MOST_IN_A_BATCH} services.")
    _known(services)

    def on_done() -> JSON:
        project.enabled.update(services)
        shown = [_document(project, service) for service in services]
        return {"@type": RESPONSE + "BatchEnableServicesResponse", "services": shown}

    return _started(call, project, "p2", on_done)


def get_operation(call: Call) -> JSON:
    """operations.get: `metadata` while it runs, `done` and `response` afterwards (as recorded)."""
    operation = call.world.operations.find(f"operations/{call.params['operation']}")
    if operation is None:
        raise not_found()
    return _shown(operation)


def _enabled(project: Project, service: str) -> JSON:
    return {"@type": RESPONSE + "EnableServiceResponse", "service": _document(project, service)}


def _started(call: Call, project: Project, kind: str, on_done: Callable[[], JSON]) -> JSON:
    name = f"operations/acat.{kind}-{project.number}-{uuid4()}"
    call.world.operations.start(name, on_done)
    return {"name": name}


def _shown(operation: Operation) -> JSON:
    pending = {"name": operation.name, "metadata": EMPTY}
    return {**pending, "done": True, "response": operation.response} if operation.done else pending


ROUTES = [
    Route("GET", "/v1/projects/{project}/services", list_services, "read"),
    Route("GET", "/v1/projects/{project}/services:batchGet", batch_get, "read"),
    Route("POST", "/v1/projects/{project}/services:batchEnable", batch_enable, "write"),
    Route("GET", "/v1/projects/{project}/services/{service}", get, "read"),
    Route("POST", "/v1/projects/{project}/services/{service}:enable", enable, "write"),
    Route("POST", "/v1/projects/{project}/services/{service}:disable", disable, "write"),
    Route("GET", "/v1/operations/{operation}", get_operation, "read"),
    Route("GET", "/v1beta1/operations/{operation}", get_operation, "read"),
]
