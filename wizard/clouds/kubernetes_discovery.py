"""Which kinds of objects a namespace of a cluster can have, as the cluster's own discovery tells it.

Source: Kubernetes documentation, "The Kubernetes API", API discovery.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from lightkube.core.resource import ApiInfo, NamespacedResourceG, ResourceDef

Json = dict[str, Any]


@dataclass(frozen=True)
class ApiResource:
    """One kind of object that namespaces can have, and that can be listed."""

    group: str
    version: str
    kind: str
    plural: str


class Reference(msgspec.Struct):
    """An owner reference."""

    kind: str = ""
    name: str = ""


class Metadata(msgspec.Struct):
    """The metadata of an object, as far as it tells whose the object is."""

    name: str = ""
    namespace: str = ""
    annotations: dict[str, str] | None = None
    ownerReferences: list[Reference] | None = None  # noqa: N815 (Kubernetes' name)


class Object(msgspec.Struct):
    """An object of any kind. Nothing but its metadata is kept: a Secret is not read into anything."""

    metadata: Metadata


@cache
def class_of(resource: ApiResource) -> type[Object]:
    """Return the class by which the objects of a kind are listed."""
    definition = ResourceDef(resource.group, resource.version, resource.kind)
    info = ApiInfo(resource=definition, plural=resource.plural, verbs=["list", "global_list"])
    body = {"_api_info": info, "__module__": __name__}
    made: type[Object] = types.new_class(
        resource.kind, (NamespacedResourceG, Object), exec_body=lambda names: names.update(body)
    )
    return made


def namespaced(get: Callable[[str], Json]) -> Iterator[ApiResource]:
    """Yield the kinds that namespaces can have, each in the version that the cluster prefers.

    `get` returns the document at a path of the cluster's API, such as /apis.
    """
    yield from _listable("", "v1", get("/api/v1"))
    for group in get("/apis").get("groups") or ():
        version = str((group.get("preferredVersion") or {}).get("version") or group["versions"][0]["version"])
        name = str(group["name"])
        yield from _listable(name, version, get(f"/apis/{name}/{version}"))


def _listable(group: str, version: str, document: Json) -> Iterator[ApiResource]:
    for entry in document.get("resources") or ():
        is_subresource = "/" in entry["name"]
        if entry.get("namespaced") and not is_subresource and "list" in (entry.get("verbs") or ()):
            yield ApiResource(group, version, str(entry["kind"]), str(entry["name"]))
