"""Label and field selectors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .kinds import Object
from .status import bad_request

Test = Callable[[Mapping[str, str]], bool]

_SET = re.compile(r"\s*(?P<key>[^\s=!,()]+)\s+(?P<operator>in|notin)\s+\((?P<values>[^)]*)\)\s*")
_EQUAL = re.compile(r"\s*(?P<key>[^\s=!,()]+)\s*(?P<operator>==|=|!=)\s*(?P<value>[^\s=!,()]*)\s*")
_EXISTS = re.compile(r"\s*(?P<operator>!?)\s*(?P<key>[^\s=!,()]+)\s*")
_FIELDS = ("metadata.name", "metadata.namespace", "spec.nodeName", "spec.serviceAccountName", "status.phase", "type")
_INVOLVED = ("kind", "name", "namespace", "uid", "apiVersion")
FIELDS = (*_FIELDS, "reason", *(f"involvedObject.{each}" for each in _INVOLVED))
"""The fields that can be selected by."""


def by_labels(text: str) -> Callable[[Object], bool]:
    """The test of a labelSelector such as `app=scorer,tier in (a, b),!legacy`. Raises ApiError 400."""
    tests = [_requirement(part) for part in _parts(text)]
    return lambda item: all(test(labels(item)) for test in tests)


def by_fields(text: str) -> Callable[[Object], bool]:
    """The test of a fieldSelector such as `metadata.name=scorer`. Raises ApiError 400 for other fields."""
    tests = []
    for part in filter(None, text.split(",")):
        found = _EQUAL.fullmatch(part)
        if found is None or found["key"] not in FIELDS:
            raise bad_request(f"Unable to find a field selector that matches: {part}")
        tests.append((found["key"], found["operator"] != "!=", found["value"]))
    return lambda item: all((_at(item, key) == value) == wanted for key, wanted, value in tests)


def by_object(selector: Mapping[str, Any], item_labels: Mapping[str, str]) -> bool:
    """Whether labels match a LabelSelector object: matchLabels and matchExpressions; an empty one matches all."""
    if any(item_labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(requirement_holds(each, item_labels) for each in selector.get("matchExpressions") or [])


def labels(item: Object) -> Mapping[str, str]:
    """An object's labels."""
    found: Mapping[str, str] = item["metadata"].get("labels") or {}
    return found


def requirement_holds(expression: Mapping[str, Any], item_labels: Mapping[str, str]) -> bool:
    """Whether labels meet one requirement: key, operator (those of nodes too) and values."""
    key, values = expression.get("key", ""), expression.get("values") or []
    match expression.get("operator"):
        case "In":
            return item_labels.get(key) in values
        case "NotIn":
            return item_labels.get(key) not in values
        case "Exists":
            return key in item_labels
        case "DoesNotExist":
            return key not in item_labels
        case "Gt" | "Lt" if item_labels.get(key, "").isdecimal() and str(values[0]).isdecimal():
            value, bound = int(item_labels[key]), int(values[0])
            return value > bound if expression["operator"] == "Gt" else value < bound
    return False


def _parts(text: str) -> list[str]:
    """The requirements of a selector: split at commas that are not inside of parentheses."""
    return [part for part in re.split(r",(?![^()]*\))", text) if part.strip()]


def _requirement(part: str) -> Test:
    if found := _SET.fullmatch(part):
        chosen = found["key"]
        values = {value.strip() for value in found["values"].split(",")}
        wanted = found["operator"] == "in"
        return lambda have: (have.get(chosen) in values) == wanted
    if found := _EQUAL.fullmatch(part):
        key, value, equal = found["key"], found["value"], found["operator"] != "!="
        return lambda have: (have.get(key) == value) == equal
    if found := _EXISTS.fullmatch(part):
        name, there = found["key"], not found["operator"]
        return lambda have: (name in have) == there
    raise bad_request(f"unable to parse requirement: {part}")


def _at(item: Object, path: str) -> str:
    value: Any = item
    for key in path.split("."):
        value = value.get(key, "") if isinstance(value, dict) else ""
    return str(value)
