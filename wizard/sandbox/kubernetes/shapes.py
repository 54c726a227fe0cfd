"""Whether an object has the form of its kind: its fields, their types, and those that it must have.

The texts are those of Go's JSON decoder and of the API server's strict decoder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import schema
from .kinds import Kind, Object
from .schema import Field
from .status import ApiError, Cause, bad_request

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "bytes": (str,),
    "bool": (bool,),
    "int32": (int,),
    "int64": (int,),
    "double": (int, float),
    "Time": (str,),
    "MicroTime": (str,),
    "Quantity": (str, int, float),
    "IntOrString": (int, str),
    "object": (dict,),
}
_OF_MAPS: Mapping[str, tuple[type, ...]] = {
    "map": (str,),
    "bytesmap": (str,),
    "quantities": (str, int, float),
    "listmap": (list,),
}
_FOUND = {bool: "bool", int: "number", float: "number", list: "array", dict: "object", str: "string"}
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=\r\n]")

_ALSO_REQUIRED = frozenset(
    (
        ("Container", "image"),
        ("CronJob", "spec"),
        ("DaemonSet", "spec"),
        ("Deployment", "spec"),
        ("Job", "spec"),
        ("JobTemplateSpec", "spec"),
        ("Pod", "spec"),
        ("PodTemplateSpec", "spec"),
        ("ReplicaSet", "spec"),
        ("ReplicaSetSpec", "template"),
        ("ReplicationController", "spec"),
        ("ReplicationControllerSpec", "template"),
        ("StatefulSet", "spec"),
    )
)
"""What the API server demands although the schema does not: messages and their fields."""

_DEFAULTED = frozenset((("StatefulSetSpec", "serviceName"),))
"""What the schema demands although the API server takes objects without it."""

_NUMBERS = ("containerPort",)
"""The numbers that an object must have: others are zero if they are absent."""


def fit(kind: Kind, item: Object) -> tuple[Object, list[str]]:
    """The object without the fields that its kind does not have, and their paths. Raises ApiError 400 for types."""
    unknown: list[str] = []
    types: Object = {name: item[name] for name in ("apiVersion", "kind") if name in item}
    inner = {name: value for name, value in item.items() if name not in types}
    return {**types, **_Reader(kind, unknown).message(kind.kind, inner, "", "")}, unknown


def missing(kind: Kind, item: Object) -> Iterator[Cause]:
    """What an object must have and does not."""
    for path in _missing(kind.kind, item, ""):
        yield Cause(path, "FieldValueRequired", "Required value")


def missing_in_status(kind: Kind, item: Object) -> Iterator[Cause]:
    """What the status of an object must have and does not."""
    for path in _missing_in(schema.fields(kind.kind)["status"], item.get("status"), "status", False):
        yield Cause(path, "FieldValueRequired", "Required value")


class _Reader:
    """Reads an object of one kind. Paths come in two forms: with the places in lists, and without, as Go has them."""

    def __init__(self, kind: Kind, unknown: list[str]) -> None:
        self._kind = kind
        self._unknown = unknown

    def message(self, name: str, value: Mapping[str, Any], path: str, go_path: str) -> Object:
        """What a message has of known fields."""
        known = schema.fields(name)
        kept: Object = {}
        for key, each in value.items():
            if key not in known:
                self._unknown.append(f"{path}{key}")
                continue
            kept[key] = self._field(known[key], each, name, (f"{path}{key}", f"{go_path}{key}"))
        return kept

    def _field(self, field: Field, value: Any, struct: str, paths: tuple[str, str]) -> Any:
        if not field.is_list:
            return self._value(field, value, struct, paths)
        self._expect(value, (list,), (struct, paths[1], field.go_type))
        places = [(f"{paths[0]}[{index}]", paths[1]) for index in range(len(value))]
        return [self._value(field, each, struct, place) for each, place in zip(value, places, strict=True)]

    def _value(self, field: Field, value: Any, struct: str, paths: tuple[str, str]) -> Any:
        told = (struct, paths[1], field.go_type.removeprefix("[]"))
        if field.is_message:
            self._expect(value, (dict,), told)
            return self.message(field.type, value, f"{paths[0]}.", f"{paths[1]}.")
        if field.type in _OF_MAPS:
            self._expect(value, (dict,), told)
            for each in value.values():
                self._expect(each, _OF_MAPS[field.type], (struct, paths[1], "string"))
                if field.type == "bytesmap":
                    self._check_base64(each)
            return value
        self._expect(value, _TYPES[field.type], told)
        return value

    def _expect(self, value: Any, wanted: tuple[type, ...], told: tuple[str, str, str]) -> None:
        """Refuse a value of another type; a boolean is not a number here, although Python counts it as one."""
        if isinstance(value, wanted) and (not isinstance(value, bool) or bool in wanted):
            return
        struct, path, go_type = told
        found = _FOUND.get(type(value), "null")
        raise self._refusal(f"json: cannot unmarshal {found} into Go struct field {struct}.{path} of type {go_type}")

    def _check_base64(self, text: str) -> None:
        bad = _NOT_BASE64.search(text)
        if bad is not None or len(text.replace("\n", "").replace("\r", "")) % 4:
            raise self._refusal(
                f"illegal base64 data at input byte {bad.start() if bad else len(text) - len(text) % 4}"
            )

    def _refusal(self, problem: str) -> ApiError:
        kind = self._kind
        return bad_request(f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: {problem}')


def _missing(name: str, value: Mapping[str, Any], path: str) -> Iterator[str]:
    """The paths of what is required inside of a message and not there; an empty list counts as none."""
    for key, field in schema.fields(name).items():
        if key != "status":
            yield from _missing_in(field, value.get(key), f"{path}{key}", _is_required(name, field))


def _missing_in(field: Field, value: Any, path: str, is_required: bool) -> Iterator[str]:
    """The same for one field, which has that value or None."""
    if field.is_message and not field.is_list:
        if value is None and not is_required:
            return
        inner = list(_missing(field.type, value or {}, f"{path}."))
        yield from inner if inner or value is not None else [path]
        return
    if is_required and value in (None, "", []):
        yield path
    if field.is_message:
        for index, each in enumerate(value or ()):
            yield from _missing(field.type, each, f"{path}[{index}].")


def _is_required(name: str, field: Field) -> bool:
    if (name, field.name) in _DEFAULTED:
        return False
    if field.type in ("int32", "int64", "bool", "IntOrString") and field.name not in _NUMBERS:
        return False
    return field.is_required or (name, field.name) in _ALSO_REQUIRED
