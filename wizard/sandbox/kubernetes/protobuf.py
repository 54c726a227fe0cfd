"""Kubernetes' protobuf bodies, which kubectl sends for `create`, `create token` and `auth`, made into JSON objects.

A body is four magic bytes and an envelope that names the kind (runtime.Unknown); the fields of the few messages that
matter here are in `messages.py`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from .kinds import Object
from .messages import ENVELOPE, MESSAGES, Fields

MAGIC = b"k8s\x00"
MEDIA_TYPE = "application/vnd.kubernetes.protobuf"

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class ProtobufError(ValueError):
    """The bytes are not a protobuf body of Kubernetes."""


class UnknownMessageError(ProtobufError):
    """The sandbox does not know the message of the body's kind."""


def decode(body: bytes) -> Object:
    """The object in a body, with apiVersion and kind. Raises ProtobufError."""
    if not body.startswith(MAGIC):
        raise ProtobufError("the magic bytes are missing")
    envelope = _message(body[len(MAGIC) :], ENVELOPE)
    types = envelope.get("typeMeta", {})
    kind, api_version = types.get("kind", ""), types.get("apiVersion", "")
    fields = MESSAGES.get(kind)
    if fields is None or envelope.get("contentEncoding"):
        raise UnknownMessageError(f"{api_version} {kind}")
    return {"apiVersion": api_version, "kind": kind, **_message(envelope.get("raw", b""), fields)}


def _message(data: bytes, fields: Fields) -> Object:
    """A message's fields by name. What has its zero value is left out, as JSON does; `?` marks what may be zero."""
    found: Object = {}
    for number, value in _wire(data):
        if number not in fields:
            continue
        name, kind = fields[number]
        if kind.startswith("[]"):
            found.setdefault(name, []).append(_value(value, kind[2:]))
        elif kind == "map":
            entry = _message(_bytes(value), {1: ("key", "?string"), 2: ("value", "?string")})
            found.setdefault(name, {})[entry.get("key", "")] = entry.get("value", "")
        elif kind == "bytesmap":  # JSON has such values in base64
            entry = _message(_bytes(value), {1: ("key", "?string"), 2: ("value", "?bytes")})
            found.setdefault(name, {})[entry.get("key", "")] = b64encode(entry.get("value", b"")).decode()
        else:
            read = _value(value, kind.removeprefix("?"))
            if read or kind.startswith("?"):
                found[name] = read
    return found


def _value(value: int | bytes, kind: str) -> Any:
    match kind:
        case "int":
            return _signed(value)
        case "bool":
            return _signed(value) != 0
        case "bytes":
            return _bytes(value)
        case "string":
            return _text(_bytes(value))
        case "time":
            return _time(_bytes(value))
    return _message(_bytes(value), MESSAGES[kind])


def _time(data: bytes) -> str:
    seconds = _message(data, {1: ("seconds", "int")}).get("seconds")
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
