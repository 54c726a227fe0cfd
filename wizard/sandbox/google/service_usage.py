"""Service Usage: which APIs are on in a project, and switching them on and off."""

import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from uuid import uuid4

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.operations import Operation
from wizard.sandbox.model.projects import Project

from . import operation_faults
from .calls import Call, Route
from .errors import INVALID_ARGUMENT, GoogleError, error_info, failed_precondition, invalid, no_permission, not_found
from .paging import page
from .services import TITLES, is_service, title

SERVICE = "serviceusage.googleapis.com"
MOST_IN_A_BATCH = 20
"""How many services one batchEnable takes; more fail as a whole (Service Usage v1 discovery document)."""

FILTER = re.compile(r"\s*(state\s*[:=]\s*(?P<state>ENABLED|DISABLED))?\s*")

_CHECKS = ("CHECK_IF_SERVICE_HAS_USAGE_UNSPECIFIED", "SKIP", "CHECK")
NOTHING_TO_DO = {"name": "operations/noop.DONE_OPERATION", "done": True}
"""The operation of a change that changes nothing; it has no response (recorded)."""

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
    """Refuse names of services that cannot exist, all of them in one error, in Google's words (as reported)."""
    unknown = ", ".join(str(each) for each in services if not is_service(each))
    if unknown:
        message = f"Not found or permission denied for service(s): {unknown}."
        reason = "SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED"
        info = error_info(reason, SERVICE, {"services": unknown})
        raise GoogleError(403, "PERMISSION_DENIED", message, [info])


def get(call: Call) -> JSON:
    """services.get."""
    project = _project(call, "serviceusage.services.get")
    _known([call.params["service"]])
    return _document(project, call.params["service"])


def list_services(call: Call) -> JSON:
    """services.list, with `filter=state:ENABLED` or `state:DISABLED`.

    Those that are off are the services that the sandbox has titles for, and not all that Google has.
    """
    project = _project(call, "serviceusage.services.list")
    wanted = FILTER.fullmatch(call.query.get("filter", ""))
    if wanted is None:
        raise invalid(INVALID_ARGUMENT)
    names = sorted({*TITLES, *project.enabled})
    found = [_document(project, service) for service in names]
    matching = [each for each in found if wanted["state"] in (None, each["state"])]
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
        return dict(NOTHING_TO_DO)

    def on_done() -> JSON:
        project.enabled.add(service)
        return {"@type": RESPONSE + "EnableServiceResponse", "service": _document(project, service)}

    return _started(call, project, "p2", on_done)


def disable(call: Call) -> JSON:
    """services.disable: an operation; one that is done already when the service is off."""
    project = _project(call, "serviceusage.services.disable")
    service = call.params["service"]
    _known([service])
    if service not in project.enabled:
        return dict(NOTHING_TO_DO)
    if _is_checked(call) and service in project.used:
        raise failed_precondition(f"The service {service} has usage in the last 30 days.")  # as reported; more follows

    def on_done() -> JSON:
        project.enabled.discard(service)
        return {"@type": RESPONSE + "DisableServiceResponse", "service": _document(project, service)}

    return _started(call, project, "p17", on_done)


def _is_checked(call: Call) -> bool:
    """Whether the caller wants services that were used to stay on. Raises GoogleError 400 for another word."""
    check = call.document().get("checkIfServiceHasUsage", _CHECKS[0])
    if check not in _CHECKS:
        raise invalid(INVALID_ARGUMENT)
    return bool(check == "CHECK")


def batch_enable(call: Call) -> JSON:
    """services.batchEnable: one operation for all of them, at most 20."""
    project = _project(call, "serviceusage.services.enable")
    services = call.document().get("serviceIds", [])
    if not isinstance(services, list) or not services or len(services) > MOST_IN_A_BATCH:
        raise invalid(f"A batch takes 1 to {MOST_IN_A_BATCH} services.")
    _known(services)
    if project.enabled.issuperset(services):
        return dict(NOTHING_TO_DO)

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


def generate_identity(call: Call) -> JSON:
    """services.generateServiceIdentity, version 1beta1: the service's agent in the project, at once (as recorded).

    The agent's name follows the rule of most services; those of some older ones, such as container, have other names.
    """
    project = _project(call, "serviceusage.services.enable")
    service = call.params["service"]
    _known([service])
    agent = f"service-{project.number}@gcp-sa-{service.partition('.')[0]}.iam.gserviceaccount.com"
    digits = int.from_bytes(sha256(agent.encode()).digest()[:8], "big") % 10**20
    identity = {"email": agent, "uniqueId": f"1{digits:020}"}
    response = {"@type": "type.googleapis.com/google.api.serviceusage.v1beta1.ServiceIdentity", **identity}
    return {"name": "operations/finished.DONE_OPERATION", "done": True, "response": response}


def _started(call: Call, project: Project, kind: str, on_done: Callable[[], JSON]) -> JSON:
    name = f"operations/acat.{kind}-{project.number}-{uuid4()}"
    operation_faults.start(call, name, on_done)
    return {"name": name}


def _shown(operation: Operation) -> JSON:
    pending = {"name": operation.name, "metadata": EMPTY}
    if operation.error is not None:
        return {**pending, "done": True, "error": operation.error}
    return {**pending, "done": True, "response": operation.response} if operation.done else pending


def _routes(version: str) -> list[Route]:
    services = f"/{version}/projects/{{project}}/services"
    one = services + "/{service}"
    return [
        Route("GET", services, list_services, "read", query=("filter", "pageSize", "pageToken")),
        Route("GET", services + ":batchGet", batch_get, "read", query=("names",)),
        Route("POST", services + ":batchEnable", batch_enable, "write", body=("serviceIds",)),
        Route("GET", one, get, "read"),
        Route("POST", one + ":enable", enable, "write"),
        Route("POST", one + ":disable", disable, "write", body=("disableDependentServices", "checkIfServiceHasUsage")),
        Route("GET", f"/{version}/operations/{{operation}}", get_operation, "read"),
    ]


ROUTES = [
    *_routes("v1"),
    *_routes("v1beta1"),
    Route(
        "POST",
        "/v1beta1/projects/{project}/services/{service}:generateServiceIdentity",
        generate_identity,
        "write",
    ),
]
