"""Kubernetes' protobuf bodies, which kubectl sends for `create`, `create token` and `auth`, made into JSON objects.

A body is four magic bytes and an envelope that names the kind (runtime.Unknown). The fields are those of `schema.py`.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from wizard.sandbox.json_value import parsed

from . import schema
from .kinds import Object
from .schema import Field

MAGIC = b"k8s\x00"
MEDIA_TYPE = "application/vnd.kubernetes.protobuf"

_TYPE_META, _RAW, _ENCODING = 1, 2, 3
"""The numbers of the envelope's fields: what it is, the message, and how that is compressed."""
_MAPS = ("map", "bytesmap", "quantities", "listmap")

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class ProtobufError(ValueError):
    """The bytes are not a protobuf body of Kubernetes."""


class UnknownMessageError(ProtobufError):
    """The sandbox does not know the message of the body's kind."""


def decode(body: bytes) -> Object:
    """The object in a body, with apiVersion and kind. Raises ProtobufError."""
    if not body.startswith(MAGIC):
        raise ProtobufError("the magic bytes are missing")
    envelope = _raw(body[len(MAGIC) :])
    types = _raw(envelope.get(_TYPE_META, b""))
    api_version, kind = _text(types.get(1, b"")), _text(types.get(2, b""))
    if not schema.has(kind) or envelope.get(_ENCODING):
        raise UnknownMessageError(f"{api_version} {kind}")
    return {"apiVersion": api_version, "kind": kind, **_message(envelope.get(_RAW, b""), kind)}


def _raw(data: bytes) -> dict[int, bytes]:
    """A message whose fields are all bytes, by their numbers."""
    return {number: _bytes(value) for number, value in _wire(data)}


def _message(data: bytes, name: str) -> Object:
    """A message's fields by name. What has its zero value is left out, as JSON does, unless zero says something."""
    known = schema.message(name)
    found: Object = {}
    for number, value in _wire(data):
        each = known.get(number)
        if each is None:
            continue
        if each.is_list:
            found.setdefault(each.name, []).append(_value(value, each))
        elif each.type in _MAPS:
            key, entry = _entry(_bytes(value), each.type)
            found.setdefault(each.name, {})[key] = entry
        elif each.is_inline:
            found |= _value(value, each)
        else:
            read = _value(value, each)
            if each.keeps_zero or each.is_message or read not in ("", 0, False):
                found[each.name] = read
    return found


def _entry(data: bytes, kind: str) -> tuple[str, Any]:
    """Key and value of an entry of a map."""
    pair = _raw(data)
    value = pair.get(2, b"")
    match kind:
        case "bytesmap":  # JSON has such values in base64
            shown: Any = b64encode(value).decode()
        case "quantities":
            shown = _text(_raw(value).get(1, b""))
        case "listmap":
            shown = [_text(_bytes(each)) for number, each in _wire(value) if number == 1]
        case _:
            shown = _text(value)
    return _text(pair.get(1, b"")), shown


def _value(value: int | bytes, field: Field) -> Any:
    match field.type:
        case "int32" | "int64":
            return _signed(value)
        case "bool":
            return _signed(value) != 0
        case "bytes":
            return b64encode(_bytes(value)).decode()
        case "string":
            return _text(_bytes(value))
        case "Quantity":
            return _text(_raw(_bytes(value)).get(1, b""))
        case "Time" | "MicroTime":
            return _time(_bytes(value))
        case "IntOrString":
            return _int_or_string(_bytes(value))
        case "object":
            return _json(_bytes(value))
        case "double":
            return struct.unpack("<d", _bytes(value))[0]
    return _message(_bytes(value), field.type)


def _int_or_string(data: bytes) -> int | str:
    """A number, or a string if the first field says so."""
    parts = dict(_wire(data))
    return _text(_bytes(parts.get(3, b""))) if parts.get(1) else _signed(parts.get(2, 0))


def _json(data: bytes) -> Any:
    """A value that travels as JSON."""
    try:
        return parsed(_raw(data).get(1, b"{}"))
    except ValueError as error:
        raise ProtobufError("what should be JSON is not") from error


def _time(data: bytes) -> str:
    seconds = _signed(dict(_wire(data)).get(1, 0))
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
    except (OverflowError, ValueError) as error:
        raise ProtobufError("a time is out of range") from error


def _signed(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise ProtobufError("a field is of another type")
    return value - (1 << 64) if value >> 63 else value


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ProtobufError("a field is of another type")
    return value


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ProtobufError("a string is not UTF-8") from error


def _wire(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The numbers and raw values of a message's fields, in their order."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == _BYTES:
            size, at = _varint(data, at)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise ProtobufError(f"wire type {wire} is not in use")
        if at + size > len(data):
            raise ProtobufError("it ends too early")
        yield number, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(10):
        if at + index >= len(data):
            break
        byte = data[at + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & ((1 << 64) - 1), at + index + 1
    raise ProtobufError("a number does not end")
