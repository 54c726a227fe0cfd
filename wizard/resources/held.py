"""How members already have the roles that a setup wants: directly, under a condition, as others, or inherited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wizard.federation.condition_time import Holding, holding

Json = dict[str, Any]
Members = tuple[str, ...]

_ALWAYS = Holding(now=True)


@dataclass(frozen=True)
class Condition:
    """The condition of a binding, and whether it holds now."""

    title: str
    expression: str
    holding: Holding


@dataclass(frozen=True)
class Held:
    """One binding that gives a wanted role to a member, or to others that include it: `to`.

    `on` is where the role is granted, for people; empty for the policy that the setup writes to.
    """

    role: str
    member: str
    to: str
    on: str = ""
    condition: Condition | None = None

    @property
    def holding(self) -> Holding:
        """Whether it gives the role now."""
        return self.condition.holding if self.condition else _ALWAYS

    @property
    def direct(self) -> bool:
        """Whether the member itself has the role in the policy that the setup writes to."""
        return self.to == self.member and not self.on

    @property
    def rank(self) -> tuple[bool, bool, float]:
        """The order of preference: first what has no condition, then what is direct, then what lasts longest."""
        changes = self.holding.changes
        return self.condition is not None, not self.direct, -changes.timestamp() if changes else float("-inf")


def ways(
    policy: Json, wanted: Mapping[str, Members], also: Mapping[str, Members], now: datetime, on: str = ""
) -> Iterator[Held]:
    """Yield every binding of a policy that gives a wanted role to a wanted member, in force or not.

    `also` has all members that include a wanted member, by that member.
    """
    for binding in policy.get("bindings", ()):
        condition = condition_of(binding, now)
        role, stored = str(binding.get("role")), binding.get("members", ())
        for member in wanted.get(role, ()):
            for to in dict.fromkeys((member, *also.get(member, ()))):
                if to in stored:
                    yield Held(role, member, to, on, condition)


def condition_of(binding: Json, now: datetime) -> Condition | None:
    """Return the condition of a binding; None if it has none."""
    found = binding.get("condition")
    if not found:
        return None
    expression = str(found.get("expression", ""))
    return Condition(str(found.get("title", "")), expression, holding(expression, now))


def in_force(held: Sequence[Held], role: str, member: str) -> Held | None:
    """Return the best binding that gives the member the role now; None if there is none."""
    own = (each for each in held if (each.role, each.member) == (role, member) and each.holding.now)
    return min(own, key=lambda each: each.rank, default=None)


def stale(policy: Json, wanted: Mapping[str, Members]) -> Iterator[tuple[str, str, str]]:
    """Yield each role, the wanted member, and a deleted member of the same name, whose grant gives it nothing."""
    for binding in policy.get("bindings", ()):
        for member in wanted.get(str(binding.get("role")), ()):
            for stored in binding.get("members", ()):
                if stored.startswith(f"deleted:{member}?uid="):
                    yield str(binding["role"]), member, stored
