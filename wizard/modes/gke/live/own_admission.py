"""Whether a rule that keeps out the one-off pod certainly keeps out the workload's own pods too.

Source: https://kubernetes.io/docs/concepts/policy/limit-range/ and .../policy/resource-quotas/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from wizard.modes.gke.live.users import User

Json = Mapping[str, Any]

_LIMIT = re.compile(
    r"(?P<bound>minimum|maximum) (?P<resource>[\w./-]+) usage per (?P<per>\w+) is (?P<amount>[^\s,]+?)"
    r"(?:, but|\.\s+(?P<none>No) )"
)
_EXCEEDED = re.compile(r"exceeded quota: [^,]+, requested: .*?, used: (?P<used>.*?), limited: (?P<limited>[^\s\]]+)")
_MUST_SET = re.compile(r"failed quota: [^:]+: must specify (?P<what>.*)")
_SET = re.compile(r"(?P<what>(?:requests|limits)\.[\w./-]+|cpu|memory)\b")
_COUNTS = ("pods", "count/pods")


def admits(message: str, users: Sequence[User]) -> bool:
    """Return whether the workload's own pods run, or nothing shows that the rule in the refusal keeps them out too."""
    waiting = [user for user in users if not user.nodes]
    of_amounts = _LIMIT.search(message) or _EXCEEDED.search(message) or _MUST_SET.search(message)
    if not of_amounts:
        return bool(users) and not waiting
    return not any(_is_refused(message, user.spec) for user in waiting)


def _is_refused(message: str, spec: Json) -> bool:
    containers: list[Json] = list(spec.get("containers") or ())
    if any(_is_outside(found, containers) for found in _LIMIT.finditer(message)):
        return True
    exceeded, must_set = _EXCEEDED.search(message), _MUST_SET.search(message)
    if exceeded and _exceeds(exceeded, containers):
        return True
    wanted = [found["what"] for found in _SET.finditer(must_set["what"])] if must_set else []
    return any(amount is None for what in wanted for amount in _amounts(what, containers))


def _is_outside(found: re.Match[str], containers: Sequence[Json]) -> bool:
    """Return whether the amounts of the containers are outside of a limit, as those of the one-off pod are."""
    side, bound = ("requests", "minimum") if found["bound"] == "minimum" else ("limits", "maximum")
    amounts = list(_amounts(f"{side}.{found['resource']}", containers))
    if None in amounts:
        return bool(found["none"])  # else the cluster can have a default
    known = [amount for amount in amounts if amount is not None]
    compared = [sum(known, Decimal(0))] if found["per"] == "Pod" else known
    limit = _quantity(found["amount"])
    return any(each < limit if bound == "minimum" else each > limit for each in compared)


def _exceeds(found: re.Match[str], containers: Sequence[Json]) -> bool:
    used, limited = _pairs(found["used"]), _pairs(found["limited"])
    for what, limit in limited.items():
        amounts = [Decimal(1)] if what in _COUNTS else list(_amounts(what, containers))
        known = [amount for amount in amounts if amount is not None]
        if len(known) == len(amounts) and used.get(what, Decimal(0)) + sum(known, Decimal(0)) > limit:
            return True
    return False


def _amounts(what: str, containers: Sequence[Json]) -> Iterator[Decimal | None]:
    """Yield the amount that each container sets, such as its "limits.cpu"; a request without a side is meant too."""
    side, _, resource = what.rpartition(".") if what.startswith(("requests.", "limits.")) else ("requests", "", what)
    for container in containers:
        resources = container.get("resources") or {}
        amount = (resources.get(side) or {}).get(resource)
        if amount is None and side == "requests":  # Kubernetes takes the limit as the request
            amount = (resources.get("limits") or {}).get(resource)
        yield None if amount is None else _quantity(str(amount))


def _pairs(text: str) -> dict[str, Decimal]:
    pairs = (pair.partition("=") for pair in text.split(","))
    return {name.strip(): _quantity(value) for name, _, value in pairs if value}


def _quantity(text: str) -> Decimal:
    from lightkube.utils.quantity import parse_quantity

    return parse_quantity(text) or Decimal(0)
