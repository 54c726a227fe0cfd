"""Roles that members have on projects already, although a setup does not ask for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.language import _
from wizard.resources import ancestors, held, held_text
from wizard.setup.resource_types import name_of

Bindings = list[dict[str, Any]]

_KEPT = (
    "The policy of {project} also grants {roles} to {holder}. The setup does not ask for this access, and the wizard "
    "does not remove this access."
)


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
        policies = list(readers.map(partial(ancestors.read_policy, clouds), map(name_of, names)))
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


def kept(policies: Mapping[str, Bindings], holder: str, asked: Mapping[str, Collection[str]]) -> list[str]:
    """Return the roles that a member has and that no grant asks for, one sentence for each policy.

    `policies` and `asked` are by the ID of a project, or by another name of a resource for people.
    """
    found: dict[str, list[str]] = {}
    for each in not_asked(policies, {holder}, asked):
        found.setdefault(each.project, []).append(each.role)
    return [
        _(_KEPT).format(holder=holder, roles=", ".join(dict.fromkeys(names)), project=place)
        for place, names in found.items()
    ]
