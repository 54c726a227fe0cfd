"""Roles that members have on projects already, although a setup does not ask for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.resources import ancestors, held, held_text

Bindings = list[dict[str, Any]]


@dataclass(frozen=True)
class Already:
    """One role that a policy grants to a member. `condition` is its condition in words; None if it has none."""

    role: str
    project: str
    member: str
    condition: str | None = None


def read_bindings(clouds: Clouds, projects: Iterable[str]) -> dict[str, Bindings]:
    """Return the bindings of the projects' policies, by project ID. Policies that cannot be read are left out."""
    names = list(dict.fromkeys(projects))
    with Readers(max_workers=max(len(names), 1)) as readers:
        policies = list(readers.map(partial(ancestors.read_policy, clouds), (f"projects/{name}" for name in names)))
    return {name: policy.get("bindings", []) for name, policy in zip(names, policies, strict=True) if policy}


def not_asked(
    policies: Mapping[str, Bindings], members: Collection[str], asked: Mapping[str, Collection[str]]
) -> Iterator[Already]:
    """Yield what the policies grant to these members beside the roles that are asked for, by project ID.

    A grant whose condition cannot hold again is left out.
    """
    now = datetime.now(UTC)
    for project, bindings in policies.items():
        for binding in bindings:
            role, condition = str(binding["role"]), held.condition_of(binding, now)
            if role in asked.get(project, ()) or (condition and condition.holding.ended):
                continue
            words = held_text.condition(condition) if condition else None
            found = (member for member in binding.get("members", ()) if member in members)
            yield from (Already(role, project, member, words) for member in found)
