"""What names, labels and annotations may be (apimachinery's rules and texts)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import granting, shapes
from .kinds import BINDINGS, NAMESPACE, ROLES, Kind, Object
from .status import Cause, invalid

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")

NOT_A_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    f"'{LABEL.pattern}')"
)
NOT_A_SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    f"'{SUBDOMAIN.pattern}')"
)
NOT_QUALIFIED = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    f"'{QUALIFIED.pattern}')"
)
NOT_A_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    f"'{VALUE.pattern}')"
)


def check(kind: Kind, item: Object) -> None:
    """Refuse names, labels and annotations that may not be, and what is incomplete (ApiError 422, every problem)."""
    granting.set_defaults(kind, item)
    causes = [*_name(kind, item["metadata"]), *_keys(item["metadata"]), *shapes.missing(kind, item)]
    if causes:
        raise invalid(kind, str(item["metadata"].get("name", "")), causes)


def _name(kind: Kind, metadata: Object) -> Iterator[Cause]:
    name = metadata.get("name") or ""
    if not name:
        yield Cause("metadata.name", "FieldValueRequired", "Required value: name or generateName is required")
        return
    if kind in (*ROLES, *BINDINGS):
        if name in (".", "..") or "/" in name or "%" in name:
            yield _bad("metadata.name", name, "may not be '.' or '..', and may not contain '/' or '%'")
        return
    pattern, most, said = (LABEL, 63, NOT_A_LABEL) if kind is NAMESPACE else (SUBDOMAIN, 253, NOT_A_SUBDOMAIN)
    if len(name.encode()) > most:
        yield _bad("metadata.name", name, f"must be no more than {most} bytes")
    if pattern.fullmatch(name) is None:
        yield _bad("metadata.name", name, said)


def _keys(metadata: Object) -> Iterator[Cause]:
    for field in ("annotations", "labels"):
        for key in metadata.get(field) or {}:
            prefix, slash, name = key.rpartition("/")
            if slash and (SUBDOMAIN.fullmatch(prefix) is None or len(prefix) > 253):
                yield _bad(f"metadata.{field}", key, f"prefix part {NOT_A_SUBDOMAIN}")
            if QUALIFIED.fullmatch(name) is None or len(name) > 63:
                yield _bad(f"metadata.{field}", key, NOT_QUALIFIED)
    for value in (metadata.get("labels") or {}).values():
        if VALUE.fullmatch(value) is None or len(value) > 63:
            yield _bad("metadata.labels", value, NOT_A_VALUE)


def _bad(field: str, value: str, why: str) -> Cause:
    return Cause(field, "FieldValueInvalid", f'Invalid value: "{value}": {why}')
