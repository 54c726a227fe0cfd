"""Grants as answers, and answers as grants: what every mode asks about the resources that a workload uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wizard.setup import resource_types
from wizard.setup.question import AnswersSoFar, Value
from wizard.setup.resource_types import PROJECT, ResourceName

Json = dict[str, Any]


@dataclass(frozen=True)
class GrantAnswers:
    """The answers that stand for the first grants of a setup, by path. `further` are the grants that they do not."""

    answers: Mapping[str, Value] = field(default_factory=dict)
    further: tuple[Json, ...] = ()


def from_grants(grants: Sequence[Json], home: str) -> GrantAnswers:
    """Return the answers for grants of a setup. `home` is the setup's own project.

    Roles that have an effect on projects only, and those on one resource, are one answer.
    """
    if not grants:
        return GrantAnswers()
    first, on = grants[0], resource_types.parse(grants[0]["on"])
    if on is None or on.type is not PROJECT:
        resource: dict[str, Value] = {"access.resource": first["on"], "access.roles": tuple(first["roles"])}
        project = on.project if on and on.project else home
        return GrantAnswers({"access.on": project, **resource}, tuple(grants[1:]))
    of_project: dict[str, Value] = {"access.on": on.project, "access.roles": tuple(first["roles"])}
    second = resource_types.parse(grants[1]["on"]) if len(grants) > 1 else None
    if second is None or not _belong_together(first, grants[1], on, second):
        return GrantAnswers(of_project, tuple(grants[1:]))
    roles = (*first["roles"], *grants[1]["roles"])
    together: dict[str, Value] = {"access.on": on.project, "access.resource": grants[1]["on"], "access.roles": roles}
    return GrantAnswers(together, tuple(grants[2:]))


def to_grants(answers: AnswersSoFar) -> list[Json]:
    """Return the grants that the answers stand for: roles that have an effect on projects only go to the project."""
    roles = answers.get("access.roles")
    chosen = list(roles) if isinstance(roles, tuple) else []
    project, resource = f"projects/{answers.text('access.on')}", answers.text("access.resource")
    on = resource_types.parse(resource) if resource else None
    if not resource:
        return [{"on": project, "roles": chosen}]
    if on is None:
        return [{"on": resource, "roles": chosen}]
    of_project = [role for role in chosen if resource_types.only_on_projects(role, on)]
    of_resource = [role for role in chosen if role not in of_project]
    found = [{"on": project, "roles": of_project}] if of_project else []
    return [*found, {"on": resource, "roles": of_resource}] if of_resource or not of_project else found


def place_of(grant: Json) -> str:
    """Return where a grant is, for people: the ID of a project, or the name of another resource as it was typed."""
    name = str(grant["on"])
    on = resource_types.parse(name)
    return name.removeprefix("projects/") if on is None or on.type is PROJECT else name


def _belong_together(first: Json, second: Json, project: ResourceName, on: ResourceName) -> bool:
    same_project = on.project in ("", project.project)
    whole = all(resource_types.only_on_projects(role, on) for role in first["roles"])
    narrow = not any(resource_types.only_on_projects(role, on) for role in second["roles"])
    return on.type is not PROJECT and same_project and whole and narrow
