"""Resource Manager: folders and organizations, and their policies, in the versions that gcloud and the wizard call."""

from collections.abc import Callable

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.hierarchy import Container, ContainerKind

from .calls import Call, Route
from .errors import no_permission
from .policies import asked_permissions, held, read_policy, write_policy

_VERSIONS: dict[ContainerKind, tuple[str, ...]] = {"folder": ("v2", "v3"), "organization": ("v1", "v3")}


def _visible(call: Call, kind: ContainerKind, verb: str) -> Container:
    """The call's folder or organization; unknown, invisible and forbidden ones are refused alike."""
    container = call.world.projects.containers.get(f"{kind}s/{call.params['id']}")
    if container is None or not _allowed(call, container, f"resourcemanager.{kind}s.{verb}"):
        raise no_permission()
    return container


def _allowed(call: Call, container: Container, permission: str) -> bool:
    return call.world.projects.grants(container, call.access(permission, container.name))


def _document(container: Container) -> JSON:
    shown = {
        "name": container.name,
        "displayName": container.title,
        "lifecycleState": "ACTIVE",
        "state": "ACTIVE",
        "createTime": container.created.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "parent": container.parent,
    }
    return {key: value for key, value in shown.items() if value}


def _routes(kind: ContainerKind) -> list[Route]:
    def get(call: Call) -> JSON:
        return _document(_visible(call, kind, "get"))

    def get_policy(call: Call) -> JSON:
        return read_policy(call, _visible(call, kind, "getIamPolicy").policy)

    def set_policy(call: Call) -> JSON:
        return write_policy(call, _visible(call, kind, "setIamPolicy").policy)

    def test_permissions(call: Call) -> JSON:
        container = _visible(call, kind, "get")
        return held([each for each in asked_permissions(call) if _allowed(call, container, each)])

    verbs: dict[str, Callable[[Call], JSON]] = {
        "getIamPolicy": get_policy,
        "setIamPolicy": set_policy,
        "testIamPermissions": test_permissions,
    }
    routes = []
    for version in _VERSIONS[kind]:
        one = f"/{version}/{kind}s/{{id}}"
        routes.append(Route("GET", one, get, "read"))
        for verb, handler in verbs.items():
            routes.append(Route("POST", f"{one}:{verb}", handler, "write" if verb == "setIamPolicy" else "read"))
    return routes


ROUTES = [*_routes("folder"), *_routes("organization")]
