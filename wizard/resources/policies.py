"""Add members to a shared policy, and remove them: read it, keep everything else, and write it with its etag."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.engine.patience import Patience, Time
from wizard.engine.resource import Refused
from wizard.language import _

Json = dict[str, Any]
Grants = Mapping[str, tuple[str, ...]]
"""Members by role."""

_PATIENCE = 20.0  # seconds
_CONFLICTS = (409, 412)
"""ABORTED of IAM policies; the failed If-Match of a BigQuery dataset, and the stale etag of Cloud Storage."""
_GRANTED_MEANWHILE = "someone else granted {role} to {member} at the same time as the wizard"


class GrantedMeanwhile(Refused):
    """Someone else added a wanted grant after it was read as missing: the grant is theirs, and a revert keeps it."""


def granted_meanwhile(role: str, member: str) -> GrantedMeanwhile:
    """Return the refusal of a write that would add a grant which is there by now."""
    return GrantedMeanwhile(_(_GRANTED_MEANWHILE).format(role=role, member=member))


def present(policy: Json, wanted: Grants) -> dict[str, list[str]]:
    """Return the wanted grants that the policy has without a condition. Roles without any are left out."""
    grants = {}
    for role, members in wanted.items():
        stored = {member for binding in _plain_bindings(policy, role) for member in binding.get("members") or ()}
        granted = [member for member in members if member in stored]
        if granted:
            grants[role] = granted
    return grants


def with_grants(policy: Json, wanted: Grants) -> Json | None:
    """Return the policy with the wanted grants added, and everything else kept; None if nothing is missing."""
    result = copy.deepcopy(policy)
    bindings = result["bindings"] = result.get("bindings") or []
    changed = False
    for role, members in wanted.items():
        for member in members:
            if present(result, {role: (member,)}):
                continue
            changed = True
            for binding in _plain_bindings(result, role)[:1]:
                binding["members"] = [*(binding.get("members") or ()), member]
                break
            else:
                bindings.append({"role": role, "members": [member]})
    result["version"] = 3
    return result if changed else None


def without_grants(policy: Json, unwanted: Grants) -> Json | None:
    """Return the policy without these grants that have no condition, and everything else kept.

    Returns None if none of them is there. A binding that has no member left is removed.
    """
    result = copy.deepcopy(policy)
    emptied: list[Json] = []
    changed = False
    for role, members in unwanted.items():
        for binding in _plain_bindings(result, role):
            stored = binding.get("members") or []
            kept = [member for member in stored if member not in members]
            if len(kept) == len(stored):
                continue
            changed = True
            binding["members"] = kept
            if not kept:
                emptied.append(binding)
    if not changed:
        return None
    result["bindings"] = [each for each in result["bindings"] if not any(each is other for other in emptied)]
    result["version"] = 3
    return result


def add(read: Callable[[], Json], write: Callable[[Json], Any], wanted: Grants, time: Time | None = None) -> None:
    """Add the wanted grants, which are missing. Start again if someone else changed the policy since it was read.

    Pauses after each such conflict, and raises its CloudError after 20 seconds. Raises CloudError, and
    GrantedMeanwhile if a wanted grant is there by now.
    """

    def edited(policy: Json) -> Json | None:
        for role, members in present(policy, wanted).items():
            raise granted_meanwhile(role, members[0])
        return with_grants(policy, wanted)

    _edit(read, write, edited, time)


def remove(read: Callable[[], Json], write: Callable[[Json], Any], unwanted: Grants, time: Time | None = None) -> None:
    """Remove the grants from the policy, as `add` adds them. Raises CloudError."""
    _edit(read, write, lambda policy: without_grants(policy, unwanted), time)


def _edit(
    read: Callable[[], Json],
    write: Callable[[Json], Any],
    edited: Callable[[Json], Json | None],
    time: Time | None,
) -> None:
    patience = Patience(time or Time(), _PATIENCE)
    while (policy := edited(read())) is not None:
        try:
            write(policy)
            return
        except CloudError as error:
            if error.status not in _CONFLICTS or not patience.wait():
                raise


def _plain_bindings(policy: Json, role: str) -> list[Json]:
    bindings = (binding for binding in policy.get("bindings") or () if binding.get("role") == role)
    return [binding for binding in bindings if not binding.get("condition")]
