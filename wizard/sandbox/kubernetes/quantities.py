"""Kubernetes quantities such as 100m and 128Mi, and what pods request. Source: Kubernetes API, "Quantity"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

_FORM = re.compile(r"(?P<number>[+-]?\d+(\.\d*)?|[+-]?\.\d+)(?P<suffix>[EPTGMk]i?|Ki|m|u|n|[eE][+-]?\d+)?")
_POWERS = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


def amount(quantity: object) -> Decimal:
    """The value of a quantity. Raises ValueError."""
    found = _FORM.fullmatch(str(quantity))
    if found is None:
        raise ValueError(f"{quantity!r} is not a quantity")
    number, suffix = Decimal(found["number"]), found["suffix"] or ""
    if suffix in _BINARY:
        return number * Decimal(1024) ** _BINARY[suffix]
    power = int(suffix[1:]) if suffix[:1] in ("e", "E") and len(suffix) > 1 else _POWERS.get(suffix, 0)
    return number.scaleb(power)


def written(value: Decimal, resource: str) -> str:
    """A value as Kubernetes writes it for a resource: CPU in thousandths where it is not whole."""
    if value == value.to_integral_value():
        return str(int(value))
    return f"{int(value * 1000)}m" if resource.endswith("cpu") else str(value)


def requested(containers: Iterable[Mapping[str, Any]], part: str, resource: str) -> Decimal:
    """What the containers of a pod ask for together; `part` is `requests` or `limits`."""
    found = ((container.get("resources") or {}).get(part) or {} for container in containers)
    return sum((amount(each[resource]) for each in found if resource in each), Decimal(0))


def quality(spec: Mapping[str, Any]) -> str:
    """The QoS class of a pod. Source: Kubernetes documentation, "Pod Quality of Service Classes"."""
    resources = [each.get("resources") or {} for each in spec["containers"]]
    if not any(each.get(part) for each in resources for part in ("requests", "limits")):
        return "BestEffort"
    return "Guaranteed" if all(map(_is_guaranteed, resources)) else "Burstable"


def _is_guaranteed(resources: Mapping[str, Any]) -> bool:
    """Whether a container gets exactly what it is limited to; what it does not request, it requests by its limit."""
    limits = resources.get("limits") or {}
    requests = {**limits, **(resources.get("requests") or {})}
    return all(name in limits and amount(requests[name]) == amount(limits[name]) for name in ("cpu", "memory"))
