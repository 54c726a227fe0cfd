"""The policies of resources inside projects: Pub/Sub, Secret Manager, Spanner, Artifact Registry and Cloud KMS.

Sources: the discovery documents of these APIs (paths, methods, and where the version of a policy is asked for).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from wizard.sandbox.json_value import JSON
from wizard.sandbox.model.things import Thing

from .calls import Call, Route
from .errors import denied, invalid, not_found
from .paging import page
from .policies import (
    POLICY_VERSION,
    READ_BODY,
    TEST_BODY,
    WRITE_BODY,
    asked_permissions,
    held,
    read_policy,
    write_policy,
)

_REGIONS = ("asia-northeast1", "europe-west1", "us", "us-central1")
_LISTING = ("pageSize", "pageToken", "filter", "orderBy")


@dataclass(frozen=True)
class Kind:
    """One kind of resource. `template` follows the version in paths; its names are in braces."""

    template: str
    key: str
    """The key of the list in the answer of its list method, such as "topics"."""
    permission: str
    """The start of the permissions on it, such as "pubsub.topics"."""
    testable: tuple[str, ...]
    """The starts of the permissions that it can test."""
    product: str
    """The start of the names of the predefined roles that its policy takes."""
    reads_with_get: bool = True
    """Whether getIamPolicy is a GET with the version in the query, or a POST with the version in the body."""


def found(call: Call, kind: Kind, permission: str) -> Thing:
    """The thing that the path names, if the caller has the permission on it. Raises GoogleError 403 and 404."""
    name = kind.template.format(**call.params)
    project = call.project(call.params["project"])
    thing = call.world.things.find(name)
    if thing is None:
        call.require(permission, project, name)
        raise not_found()
    if permission and not allowed(call, thing, permission):
        raise denied(permission, name)
    return thing


def allowed(call: Call, thing: Thing, permission: str) -> bool:
    """Whether the thing's own policy, or one that it inherits, gives the caller the permission now."""
    project = call.world.projects.find(thing.project)
    access = call.access(permission, thing.name)
    own = call.world.things.grants(thing, access)
    return own if project is None else call.world.projects.grants(project, access, own)


def check_roles(document: JSON, product: str) -> None:
    """Refuse a policy that names a predefined role of another product (GoogleError 400)."""
    bindings = document.get("bindings") if isinstance(document, dict) else None
    for binding in bindings if isinstance(bindings, list) else ():
        role = str(binding.get("role", "")) if isinstance(binding, dict) else ""
        if role.startswith("roles/") and "." in role and not role.startswith(f"roles/{product}"):
            raise invalid(f"Role {role} is not supported for this resource.")


def check_testable(permissions: Sequence[str], starts: tuple[str, ...]) -> None:
    """Refuse permissions that this kind of resource cannot test (GoogleError 400)."""
    for permission in permissions:
        if not permission.startswith(starts):
            raise invalid(f"Permission {permission} is not valid for this resource.")


def _get(kind: Kind, call: Call) -> JSON:
    return _document(found(call, kind, f"{kind.permission}.get"))


def _list(kind: Kind, call: Call) -> JSON:
    parent = kind.template.rpartition("/")[0].format(**call.params)
    project = call.project(call.params["project"])
    call.require(f"{kind.permission}.list", project, parent.rpartition("/")[0])
    documents = [_document(thing) for thing in call.world.things.below(f"{parent}/")]
    return page(kind.key, documents, call.query, default=100, most=1000)


def _locations(permission: str, call: Call) -> JSON:
    """locations.list: some regions, and those in which the project has something."""
    project = call.project(call.params["project"])
    call.require(permission, project)
    start = f"projects/{project.id}/locations/"
    names = [thing.name for thing in call.world.things.every() if thing.name.startswith(start)]
    found = sorted({*_REGIONS, *(name.removeprefix(start).partition("/")[0] for name in names)})
    documents: list[JSON] = [{"name": start + region, "locationId": region} for region in found]
    return page("locations", documents, call.query, default=100, most=1000)


def _document(thing: Thing) -> JSON:
    return {"name": thing.name}


def _get_policy(kind: Kind, call: Call) -> JSON:
    return read_policy(call, found(call, kind, f"{kind.permission}.getIamPolicy").policy)


def _set_policy(kind: Kind, call: Call) -> JSON:
    thing = found(call, kind, f"{kind.permission}.setIamPolicy")
    check_roles(call.part("policy"), kind.product)
    return write_policy(call, thing.policy)


def _test(kind: Kind, call: Call) -> JSON:
    thing = found(call, kind, "")
    permissions = asked_permissions(call)
    check_testable(permissions, kind.testable)
    return held([each for each in permissions if allowed(call, thing, each)])


def routes(kind: Kind) -> list[Route]:
    """The routes of one kind: its resources, one by one and as a list, and their policies."""
    one = f"/v1/{kind.template}"
    read = Route("POST", f"{one}:getIamPolicy", partial(_get_policy, kind), "read", body=READ_BODY)
    if kind.reads_with_get:
        read = Route("GET", f"{one}:getIamPolicy", partial(_get_policy, kind), "read", query=POLICY_VERSION)
    return [
        read,
        Route("POST", f"{one}:setIamPolicy", partial(_set_policy, kind), "write", body=WRITE_BODY),
        Route("POST", f"{one}:testIamPermissions", partial(_test, kind), "read", body=TEST_BODY),
        Route("GET", one, partial(_get, kind), "read"),
        Route("GET", one.rpartition("/")[0], partial(_list, kind), "read", query=_LISTING),
    ]


_PUBSUB = (
    Kind("projects/{project}/topics/{topic}", "topics", "pubsub.topics", ("pubsub.topics.",), "pubsub."),
    Kind(
        "projects/{project}/subscriptions/{subscription}",
        "subscriptions",
        "pubsub.subscriptions",
        ("pubsub.subscriptions.",),
        "pubsub.",
    ),
)
_SECRETS = (
    Kind(
        "projects/{project}/secrets/{secret}",
        "secrets",
        "secretmanager.secrets",
        ("secretmanager.",),
        "secretmanager.",
    ),
)
_INSTANCE = "projects/{project}/instances/{instance}"
_SPANNER = (
    Kind(_INSTANCE, "instances", "spanner.instances", ("spanner.",), "spanner.", reads_with_get=False),
    Kind(
        f"{_INSTANCE}/databases/{{database}}",
        "databases",
        "spanner.databases",
        ("spanner.databases.", "spanner.sessions.", "spanner.databaseOperations.", "spanner.databaseRoles."),
        "spanner.",
        reads_with_get=False,
    ),
)
_LOCATION = "projects/{project}/locations/{location}"
_REGISTRY = (
    Kind(
        f"{_LOCATION}/repositories/{{repository}}",
        "repositories",
        "artifactregistry.repositories",
        ("artifactregistry.",),
        "artifactregistry.",
    ),
)
_RING = f"{_LOCATION}/keyRings/{{ring}}"
_KMS = (
    Kind(_RING, "keyRings", "cloudkms.keyRings", ("cloudkms.",), "cloudkms."),
    Kind(
        f"{_RING}/cryptoKeys/{{key}}",
        "cryptoKeys",
        "cloudkms.cryptoKeys",
        ("cloudkms.cryptoKeys.", "cloudkms.cryptoKeyVersions."),
        "cloudkms.",
    ),
)


def _of_locations(api: str, version: str = "v1") -> Route:
    """Return the route that lists the locations of an API."""
    listing = partial(_locations, f"{api}.locations.list")
    return Route("GET", f"/{version}/projects/{{project}}/locations", listing, "read", query=_LISTING)


SERVICES = {
    "pubsub": [route for kind in _PUBSUB for route in routes(kind)],
    "secretmanager": [route for kind in _SECRETS for route in routes(kind)],
    "spanner": [route for kind in _SPANNER for route in routes(kind)],
    "artifactregistry": [
        _of_locations("artifactregistry"),
        _of_locations("artifactregistry", "v1beta2"),  # gcloud asks here
        *(route for kind in _REGISTRY for route in routes(kind)),
    ],
    "cloudkms": [_of_locations("cloudkms"), *(route for kind in _KMS for route in routes(kind))],
}
"""The routes of each API, by the first part of its host."""
