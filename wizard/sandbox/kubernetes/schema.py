"""The types of Kubernetes' objects: one table for JSON, for protobuf and for OpenAPI.

A line of the table is `Message = name:number:type ...`, and these types are written so:

    string bool int32 int64 double bytes          as in protobuf
    map bytesmap quantities listmap               by any key: strings, bytes, quantities, lists of strings
    Time MicroTime Quantity IntOrString object    what JSON writes in a form of its own
    Container                                     another message
    [T]                                           a list of that type
    ?                                             may be zero, which is something else than absent
    !                                             an object without it is not valid
    ^                                             its fields stand in the message itself, in JSON
    #name                                         a list that is merged item by item, by that key

The table is that of Kubernetes 1.37, so that it knows some fields that a cluster of 1.33 drops.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from . import core_fields, group_fields

_FIELD = re.compile(r"(\w+):(\d+):(\[?)(\w+)\]?([!?^]*)(?:#(\w+))?")


@dataclass(frozen=True)
class Field:
    """One field of a message; `type` is that of an item if it is a list."""

    name: str
    number: int
    type: str
    is_list: bool
    is_required: bool
    keeps_zero: bool
    is_inline: bool
    merge_key: str | None

    @property
    def go_type(self) -> str:
        """The type as messages of Go's decoder name it."""
        go = _GO.get(self.type, f"v1.{self.type}" if self.is_message else self.type)
        return f"[]{go}" if self.is_list else go

    @property
    def is_message(self) -> bool:
        """Whether it is a message of the table."""
        return self.type in _lines()


_GO = {
    "map": "map[string]string",
    "bytesmap": "map[string][]uint8",
    "quantities": "v1.ResourceList",
    "listmap": "map[string][]string",
    "double": "float64",
    "IntOrString": "intstr.IntOrString",
}


@cache
def message(name: str) -> Mapping[int, Field]:
    """The fields of a message by their numbers. Raises KeyError for messages that the table does not have."""
    parsed = map(_parsed, _lines()[name].split())
    return {each.number: each for each in parsed}


@cache
def fields(name: str) -> Mapping[str, Field]:
    """The fields of a message as JSON has them, by their names. Raises KeyError."""
    found: dict[str, Field] = {}
    for each in message(name).values():
        found |= fields(each.type) if each.is_inline else {each.name: each}
    return found


def has(name: str) -> bool:
    """Whether the table has a message."""
    return name in _lines()


def place(name: str) -> str:
    """Where a message is: `core`, `meta` for what all groups share, or `group` for a group's own."""
    if name in _SHARED:
        return "meta"
    return "core" if name in _table(core_fields.TABLE) else "group"


_SHARED = frozenset(
    (
        *("Condition", "DeleteOptions", "FieldSelectorRequirement", "LabelSelector", "LabelSelectorRequirement"),
        *("ManagedFieldsEntry", "ObjectMeta", "OwnerReference", "Preconditions"),
    )
)


@cache
def _lines() -> Mapping[str, str]:
    return _table(core_fields.TABLE) | _table(group_fields.TABLE)


@cache
def _table(text: str) -> dict[str, str]:
    """The definitions in a table, by the names of the messages."""
    whole = text.strip().replace("\n  ", " ")
    entries = (line.partition(" =") for line in whole.splitlines())
    return {name: definition for name, _, definition in entries}


def _parsed(word: str) -> Field:
    found = _FIELD.fullmatch(word)
    assert found is not None, word
    name, number, bracket, type_, marks, key = found.groups()
    return Field(name, int(number), type_, bool(bracket), "!" in marks, "?" in marks, "^" in marks, key)
