"""The allow policy of a project, as the operator reads it: how the workload holds a role there, as far as it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

Names = Callable[[str], bool]
"""Returns whether a member of a policy is the workload."""

How = Literal["granted", "conditional", "group", "inherited", "nobody"]


@dataclass(frozen=True)
class Holding:
    """How the workload holds a role. `by` is the condition, the group, or what is above the project.

    granted: without a condition. conditional: only while a condition is true. group: a group holds it, whose members
    are not known. inherited: no policy that was read grants it, but one above the project may. nobody: none of these.
    """

    how: How
    by: str = ""


@dataclass(frozen=True)
class Binding:
    """A role, who has it, and the expression of the condition under which they have it; empty if there is none."""

    role: str
    members: tuple[str, ...]
    condition: str = ""


@dataclass(frozen=True)
class ProjectPolicy:
    """The bindings on a project and above it. `unread` are the folders or the organization whose policies it inherits
    too, although they could not be read; empty if there are none.
    """

    bindings: tuple[Binding, ...] = ()
    unread: str = ""

    @classmethod
    def of(cls, policies: Iterable[Mapping[str, Any]], unread: str) -> Self:
        """Return the policy that answers of getIamPolicy describe: the project's own, and those that it inherits."""
        bindings = (
            Binding(
                str(each.get("role")),
                tuple(each.get("members", ())),
                str((each.get("condition") or {}).get("expression", "")),
            )
            for policy in policies
            for each in policy.get("bindings", ())
        )
        return cls(tuple(bindings), unread)

    def members(self, role: str) -> tuple[str, ...]:
        """Return everyone who has the role here, with and without conditions."""
        return tuple(member for binding in self._with(role) for member in binding.members)

    def holding(self, role: str, names: Names) -> Holding:
        """Return how the workload holds the role."""
        own = [binding for binding in self._with(role) if any(map(names, binding.members))]
        if any(not binding.condition for binding in own):
            return Holding("granted")
        if own:
            return Holding("conditional", own[0].condition)
        groups = [member for member in self.members(role) if member.startswith("group:")]
        if groups:
            return Holding("group", groups[0])
        return Holding("inherited", self.unread) if self.unread else Holding("nobody")

    def conditional(self, roles: Iterable[str], names: Names) -> list[Binding]:
        """Return the grants of the roles to the workload, if all that were read have a condition; else none."""
        own = [binding for role in roles for binding in self._with(role) if any(map(names, binding.members))]
        return own if all(binding.condition for binding in own) else []

    def roles_of(self, names: Names) -> list[str]:
        """Return the roles that the workload has here, with and without conditions."""
        return sorted({binding.role for binding in self.bindings if any(map(names, binding.members))})

    def _with(self, role: str) -> list[Binding]:
        return [binding for binding in self.bindings if binding.role == role]


def is_account(member: str, email: str) -> bool:
    """Return whether a member of a policy is the service account; emails are compared without regard to case."""
    return member in ("allUsers", "allAuthenticatedUsers") or member.lower() == f"serviceaccount:{email.lower()}"
