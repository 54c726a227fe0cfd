"""The record of the policies that were set on projects and service accounts: what the audit log is made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wizard.sandbox.json_value import JSON

from .policy import Binding


@dataclass(frozen=True)
class BindingDelta:
    """One member that got a role, or lost it, by one change of a policy."""

    action: Literal["ADD", "REMOVE"]
    role: str
    member: str
    condition: JSON = None


@dataclass(frozen=True)
class PolicyChange:
    """One call of setIamPolicy that was accepted. `account` is the service account's: its email and unique ID.

    It is empty for the policy of the project itself. `caller` is an email address, or the principal of an identity.
    """

    made: datetime
    caller: str
    project_id: str
    account: tuple[str, str] | None
    deltas: tuple[BindingDelta, ...]


def deltas(before: tuple[Binding, ...], after: tuple[Binding, ...]) -> tuple[BindingDelta, ...]:
    """Return what changed from one set of bindings to another, one entry for each member."""
    old, new = list(_members(before)), list(_members(after))
    removed = [BindingDelta("REMOVE", *each) for each in old if each not in new]
    return (*removed, *(BindingDelta("ADD", *each) for each in new if each not in old))


def _members(bindings: tuple[Binding, ...]) -> Iterator[tuple[str, str, JSON]]:
    for binding in bindings:
        for member in binding.members:
            yield binding.role, member, binding.condition
