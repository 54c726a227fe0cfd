"""What the API server publishes about itself: groups, resources, version and types."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.sandbox.model.clusters import VERSION

from . import openapi
from .kinds import KINDS, Kind, Object
from .paths import subresources

_ANSWERED_AS = {
    "eviction": ("policy", "v1", "Eviction"),
    "scale": ("autoscaling", "v1", "Scale"),
    "token": ("authentication.k8s.io", "v1", "TokenRequest"),
}
"""The kinds of subresources that are not of their object's kind."""
GROUPS = sorted({kind.group for kind in KINDS if kind.group})


def find(path: str, accept: str = "") -> Object | None:
    """The document at a path such as /apis/apps/v1, if there is one.

    kubectl asks for OpenAPI as JSON to show what fields mean, and else as protobuf, in place of which it takes JSON.
    """
    described = accept.partition(",")[0].strip() == "application/json"
    parts = path.strip("/").split("/")
    match parts:
        case ["version"]:
            return _version()
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case ["apis"]:
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(name) for name in GROUPS]}
        case ["apis", group] if group in GROUPS:
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(group)}
        case ["api", "v1"]:
            return _resources("")
        case ["apis", group, "v1"] if group in GROUPS:
            return _resources(group)
        case ["openapi", "v3"]:
            return {
                "paths": {_base(name): {"serverRelativeURL": f"/openapi/v3/{_base(name)}"} for name in ("", *GROUPS)}
            }
        case ["openapi", "v3", "api", "v1"]:
            return openapi.version_3("", described)
        case ["openapi", "v3", "apis", group, "v1"] if group in GROUPS:
            return openapi.version_3(group, described)
        case ["openapi", "v2"] if described or not accept or accept == "*/*":
            return openapi.version_2()
    return None


def _base(group: str) -> str:
    return f"apis/{group}/v1" if group else "api/v1"


def _version() -> Object:
    major, minor, _ = VERSION.split(".", 2)
    return {"major": major, "minor": minor, "gitVersion": f"v{VERSION}", "platform": "linux/amd64"}


def _group(name: str) -> Object:
    version = {"groupVersion": f"{name}/v1", "version": "v1"}
    return {"name": name, "versions": [version], "preferredVersion": version}


def _resources(group: str) -> Object:
    resources = [_resource(kind) for kind in KINDS if kind.group == group]
    resources += [entry for kind in KINDS if kind.group == group for entry in _subresources(kind)]
    version = f"{group}/v1" if group else "v1"
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}


def _resource(kind: Kind) -> Object:
    entry: Object = {"name": kind.plural, "singularName": kind.singular, "namespaced": kind.namespaced}
    entry |= {"kind": kind.kind, "verbs": list(kind.verbs)}
    if kind.short_names:
        entry["shortNames"] = list(kind.short_names)
    if kind.in_all:
        entry["categories"] = ["all"]
    return entry


def _subresources(kind: Kind) -> Iterator[Object]:
    for name, verbs in subresources(kind).items():
        entry: Object = {"name": f"{kind.plural}/{name}", "singularName": "", "namespaced": kind.namespaced}
        if name in _ANSWERED_AS:
            entry |= dict(zip(("group", "version", "kind"), _ANSWERED_AS[name], strict=True))
        yield {"kind": kind.kind, **entry, "verbs": sorted(set(verbs.values()))}
