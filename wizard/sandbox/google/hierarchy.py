"""Resource Manager: reading folders and organizations, and their policies, in the versions that gcloud calls and 3.

Folders are in versions 2 and 3, organizations in versions 1 and 3.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.hierarchy import Container, ContainerKind

from .calls import Call, Route
from .errors import INVALID_ARGUMENT, invalid, no_permission
from .paging import page
from .policies import READ_BODY, TEST_BODY, WRITE_BODY, asked_permissions, held, read_policy, write_policy
from .project_documents import state, timestamp
from .search_terms import matching

VERSIONS: dict[ContainerKind, tuple[str, ...]] = {"folder": ("v2", "v3"), "organization": ("v1", "v3")}

PAGES = ("pageSize", "pageToken")


def container_of(call: Call, kind: ContainerKind, verb: str) -> Container:
    """The call's folder or organization; unknown, invisible and forbidden ones are refused alike (GoogleError 403)."""
    container = call.world.projects.containers.get(f"{kind}s/{call.params['id']}")
    if container is None or not allowed_on(call, container, f"resourcemanager.{kind}s.{verb}"):
        raise no_permission()
    return container


def allowed_on(call: Call, container: Container, permission: str) -> bool:
    """Whether the policy of a folder or organization, or one above it, gives the caller the permission now."""
    return call.world.projects.grants(container, call.access(permission, container.name))


def document(container: Container, version: str) -> dict[str, JSON]:
    """The folder or organization as that version of the API shows it; fields without a value are left out."""
    shown = _latest(container) if version == "v3" else _older(container)
    return {key: value for key, value in shown.items() if value}


def _latest(container: Container) -> dict[str, JSON]:
    return {
        "name": container.name,
        "parent": container.parent,
        "displayName": container.title,
        "directoryCustomerId": _customer(container),
        "state": state(container.deleted),
        "createTime": timestamp(container.created),
        "updateTime": timestamp(container.changed or container.created),
        "deleteTime": timestamp(container.changed) if container.deleted and container.changed else "",
        "etag": container.policy.etag,
    }


def _older(container: Container) -> dict[str, JSON]:
    common = {"name": container.name, "displayName": container.title, "lifecycleState": state(container.deleted)}
    if container.kind == "folder":
        return {**common, "parent": container.parent, "createTime": timestamp(container.created)}
    owner = {"directoryCustomerId": _customer(container)}
    return {**common, "owner": owner, "creationTime": timestamp(container.created)}


def _customer(container: Container) -> str:
    """The id of the Google Workspace or Cloud Identity account that an organization belongs to."""
    if container.kind == "folder":
        return ""
    return "C0" + sha256(container.id.encode()).hexdigest()[:7]


def _search(kind: ContainerKind, version: str, call: Call) -> JSON:
    """search: all that the caller may see. The older versions take filter and page in the body."""
    body = {key: str(value) for key, value in call.document().items()}
    asked = {**body, **call.query}
    permission = f"resourcemanager.{kind}s.get"
    seen = [each for each in _sorted(call, kind) if allowed_on(call, each, permission)]
    documents = [document(each, version) for each in seen]
    found = matching(documents, asked.get("query") or asked.get("filter", ""))
    return page(f"{kind}s", found, asked, default=50, most=300)


def _list_folders(version: str, call: Call) -> JSON:
    """folders.list: the folders directly in a folder or organization; deleted ones if asked for."""
    parent = call.query.get("parent", "")
    if not parent.startswith(("folders/", "organizations/")):
        raise invalid(INVALID_ARGUMENT)
    container = call.world.projects.containers.get(parent)
    if container is None or not allowed_on(call, container, "resourcemanager.folders.list"):
        raise no_permission()
    deleted = call.query.get("showDeleted", "").lower() == "true"
    inside = [each for each in _sorted(call, "folder") if each.parent == parent and (deleted or not each.deleted)]
    return page("folders", [document(each, version) for each in inside], call.query, default=50, most=300)


def _sorted(call: Call, kind: ContainerKind) -> list[Container]:
    containers = call.world.projects.containers
    return [containers[name] for name in sorted(containers) if containers[name].kind == kind]


def _get(kind: ContainerKind, version: str, call: Call) -> JSON:
    return document(container_of(call, kind, "get"), version)


def _policy_routes(kind: ContainerKind, one: str) -> list[Route]:
    def get_policy(call: Call) -> JSON:
        return read_policy(call, container_of(call, kind, "getIamPolicy").policy)

    def set_policy(call: Call) -> JSON:
        return write_policy(call, container_of(call, kind, "setIamPolicy").policy)

    def test_permissions(call: Call) -> JSON:
        # "There are no permissions required for making this API call" (Resource Manager reference).
        container = call.world.projects.containers.get(f"{kind}s/{call.params['id']}")
        if container is None:
            raise no_permission()
        return held([each for each in asked_permissions(call) if allowed_on(call, container, each)])

    return [
        Route("POST", f"{one}:getIamPolicy", get_policy, "read", body=READ_BODY),
        Route("POST", f"{one}:setIamPolicy", set_policy, "write", body=WRITE_BODY),
        Route("POST", f"{one}:testIamPermissions", test_permissions, "read", body=TEST_BODY),
    ]


def _routes(kind: ContainerKind, version: str) -> list[Route]:
    every = f"/{version}/{kind}s"
    one = f"{every}/{{id}}"
    # Only version 3 searches with GET.
    search = partial(_search, kind, version)
    get_search = Route("GET", f"{every}:search", search, "read", query=("query", *PAGES))
    routes = [
        get_search if version == "v3" else Route("POST", f"{every}:search", search, "read"),
        Route("GET", one, partial(_get, kind, version), "read"),
        *_policy_routes(kind, one),
    ]
    if kind == "folder":
        listing = partial(_list_folders, version)
        routes.append(Route("GET", every, listing, "read", query=("parent", "showDeleted", *PAGES)))
    return routes


ROUTES = [route for kind, versions in VERSIONS.items() for version in versions for route in _routes(kind, version)]
