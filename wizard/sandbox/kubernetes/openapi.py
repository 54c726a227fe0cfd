"""The OpenAPI documents of a cluster: the types of its kinds, as `kubectl explain` and typed clients read them.

Source: OpenAPI Specification 3.0 and 2.0; Kubernetes documentation, "The Kubernetes API", for the extensions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from wizard.sandbox.model.clusters import VERSION

from . import descriptions, schema
from .kinds import KINDS, REVIEWS, Kind, Object
from .schema import Field

V2, V3 = "#/definitions/", "#/components/schemas/"
_SHARED = "io.k8s.apimachinery.pkg.apis.meta.v1"
_INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_NAMED: dict[str, tuple[str, Object]] = {
    "Time": (f"{_SHARED}.Time", {"type": "string", "format": "date-time"}),
    "MicroTime": (f"{_SHARED}.MicroTime", {"type": "string", "format": "date-time"}),
    "Quantity": (_QUANTITY, {"type": "string"}),
    "IntOrString": (_INT_OR_STRING, {"type": "string", "format": "int-or-string"}),
}
"""The types that have names of their own, and what they are."""

_PLAIN: dict[str, Object] = {
    "bool": {"type": "boolean"},
    "bytes": {"type": "string", "format": "byte"},
    "double": {"type": "number", "format": "double"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "object": {"type": "object"},
    "string": {"type": "string"},
    "map": {"type": "object", "additionalProperties": {"type": "string"}},
    "bytesmap": {"type": "object", "additionalProperties": {"type": "string", "format": "byte"}},
    "listmap": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
}


@cache
def version_3(group: str, with_descriptions: bool) -> Object:
    """The document of one group: its paths with their PATCH, where kubectl looks for fieldValidation, and its types."""
    kinds = [each for each in KINDS if each.group == group]
    base = f"/apis/{group}/v1" if group else "/api/v1"
    paths = {_path(base, each): {"patch": _patch(each)} for each in kinds if each not in REVIEWS}
    info = {"title": "Kubernetes", "version": f"v{VERSION}"}
    schemas = _definitions(kinds, V3, with_descriptions)
    return {"openapi": "3.0.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


@cache
def version_2() -> Object:
    """The types of all groups in one document."""
    info = {"title": "Kubernetes", "version": f"v{VERSION}"}
    return {"swagger": "2.0", "info": info, "paths": {}, "definitions": _definitions(KINDS, V2, True)}


def _path(base: str, kind: Kind) -> str:
    middle = "/namespaces/{namespace}" if kind.namespaced else ""
    return f"{base}{middle}/{kind.plural}/{{name}}"


def _patch(kind: Kind) -> Object:
    parameter = {"name": "fieldValidation", "in": "query", "schema": {"type": "string", "uniqueItems": True}}
    return {"parameters": [parameter], "responses": {}, "x-kubernetes-group-version-kind": _gvk(kind)}


def _gvk(kind: Kind) -> Object:
    return {"group": kind.group, "version": kind.version, "kind": kind.kind}


def _definitions(kinds: tuple[Kind, ...] | list[Kind], prefix: str, with_descriptions: bool) -> Object:
    """The types of these kinds, and of all that is in them, by their full names."""
    found = {full: dict(type_) for full, type_ in _NAMED.values()}
    for kind in kinds:
        for name in _reached(kind.kind):
            found[_full(name, kind.group)] = _definition(name, kind.group, prefix, with_descriptions)
        own = found[_full(kind.kind, kind.group)]
        own["x-kubernetes-group-version-kind"] = [_gvk(kind)]
        texts = descriptions.of_fields(kind.kind) if with_descriptions else {}
        types = {name: _described(_PLAIN["string"], texts.get(name)) for name in ("apiVersion", "kind")}
        own["properties"] = {**types, **own["properties"]}
    return found


def _reached(name: str) -> Iterator[str]:
    """A message, and those in it."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        waiting += [each.type for each in schema.fields(name).values() if each.is_message]


def _full(name: str, group: str) -> str:
    """The full name of a message, in a group that has it or uses it."""
    place = schema.place(name)
    if place == "meta":
        return f"{_SHARED}.{name}"
    return f"io.k8s.api.{'core' if place == 'core' else group.partition('.')[0]}.v1.{name}"


def _definition(name: str, group: str, prefix: str, with_descriptions: bool) -> Object:
    texts = descriptions.of_fields(name) if with_descriptions else {}
    known = schema.fields(name).values()
    properties = {each.name: _described(_type(each, group, prefix), texts.get(each.name)) for each in known}
    found: Object = {"type": "object", "properties": properties}
    if required := [each.name for each in known if each.is_required]:
        found["required"] = required
    return _described(found, descriptions.of_message(name) if with_descriptions else None)


def _described(type_: Object, text: str | None) -> Object:
    """A type with what it means; beside a reference nothing else may stand, so that goes inside of allOf."""
    if not text:
        return type_
    if "$ref" in type_:
        return {"description": text, "allOf": [type_]}
    return {"description": text, **type_}


def _type(field: Field, group: str, prefix: str) -> Object:
    item = _item(field, group, prefix)
    if not field.is_list:
        return item
    array: dict[str, Any] = {"type": "array", "items": item, "x-kubernetes-list-type": "atomic"}
    if field.merge_key == "set":
        array |= {"x-kubernetes-list-type": "set", "x-kubernetes-patch-strategy": "merge"}
    elif field.merge_key is not None:
        keys = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [field.merge_key]}
        array |= {**keys, "x-kubernetes-patch-merge-key": field.merge_key, "x-kubernetes-patch-strategy": "merge"}
    return array


def _item(field: Field, group: str, prefix: str) -> Object:
    if field.is_message:
        return {"$ref": prefix + _full(field.type, group)}
    if field.type in _NAMED:
        return {"$ref": prefix + _NAMED[field.type][0]}
    if field.type == "quantities":
        return {"type": "object", "additionalProperties": {"$ref": prefix + _QUANTITY}}
    return dict(_PLAIN[field.type])
