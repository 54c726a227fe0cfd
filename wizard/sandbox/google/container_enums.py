"""Container API: values of enumerations in what a call asks for, checked against the API's own messages."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from wizard.sandbox.json_value import JSON

from .calls import Call
from .container_calls import version
from .errors import GoogleError

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor


def check_enumerations(call: Call, message: str, field: str, document: dict[str, JSON]) -> None:
    """Refuse values that the enumerations of a message do not have (GoogleError 400 in recorded words).

    `message` is the API's name, such as NodePool, and `field` the field of the request that holds the document, as
    refusals name it. Fields that the message does not have are left to others.
    """
    # Loading the client library takes a moment, so that only the calls that need it wait for it.
    package = "container_v1" if version(call) == "v1" else "container_v1beta1"
    types: Any = import_module(f"google.cloud.{package}.types")
    descriptor = getattr(types, message).pb().DESCRIPTOR
    wrong = list(_unknown_values(descriptor, field, document))
    if wrong:
        raise GoogleError(400, "INVALID_ARGUMENT", "\n".join(wrong), entry={"reason": "invalid"})


def _unknown_values(descriptor: Descriptor, path: str, document: dict[str, JSON]) -> Iterator[str]:
    fields = {field.json_name: field for field in descriptor.fields}
    for key, value in document.items():
        field = fields.get(key)
        if field is not None and not _is_map(field):
            yield from _unknown_in(field, f"{path}.{field.name}", value)


def _unknown_in(field: FieldDescriptor, path: str, value: JSON) -> Iterator[str]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unknown_in(field, f"{path}[{number}]", item)
    elif isinstance(value, dict) and field.message_type is not None:
        yield from _unknown_values(field.message_type, path, value)
    elif isinstance(value, str) and field.enum_type is not None and not _has(field.enum_type, value):
        yield f"Invalid value at '{path}' (type.googleapis.com/{field.enum_type.full_name}), \"{value}\""


def _has(enumeration: EnumDescriptor, value: str) -> bool:
    return value in enumeration.values_by_name or value.isdecimal()


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)
