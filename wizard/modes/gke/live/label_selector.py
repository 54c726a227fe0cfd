"""Evaluate label selectors as Kubernetes does.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
"""

from collections.abc import Iterator, Mapping
from typing import Any

_Object = Mapping[str, Any]


def selects(selector: _Object | None, labels: Mapping[str, str]) -> bool:
    """Return whether a LabelSelector selects labels. An empty one selects everything."""
    selector = selector or {}
    equal = all(labels.get(name) == value for name, value in (selector.get("matchLabels") or {}).items())
    return equal and all(matches(expression, labels) for expression in selector.get("matchExpressions") or ())


def keys(selector: _Object | None) -> Iterator[str]:
    """Yield the label keys that decide whether a LabelSelector selects something."""
    selector = selector or {}
    yield from selector.get("matchLabels") or {}
    yield from (str(expression["key"]) for expression in selector.get("matchExpressions") or ())


def matches(requirement: _Object, labels: Mapping[str, str]) -> bool:
    """Return whether labels meet one requirement, with the operators of labels and of nodes."""
    value, values = labels.get(requirement["key"]), requirement.get("values") or ()
    match requirement["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt" as operator:
            return _compares(operator, value, values)
    return False


def _compares(operator: str, value: str | None, values: Any) -> bool:
    try:
        number, bound = int(str(value)), int(values[0])
    except (ValueError, IndexError):
        return False
    return number > bound if operator == "Gt" else number < bound
