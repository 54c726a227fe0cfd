"""Add members to a shared policy, and remove them: read it, keep everything else, and write it with its etag."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.engine.patience import Patience, Time

Json = dict[str, Any]
Grants = Mapping[str, tuple[str, ...]]
"""Members by role."""

_PATIENCE = 20.0  # seconds


def present(policy: Json, wanted: Grants) -> dict[str, list[str]]:
    """Return the wanted grants that the policy has without a condition. Roles without any are left out."""
    grants = {}
    for role, members in wanted.items():
        stored = {member for binding in _plain_bindings(policy, role) for member in binding.get("members", ())}
        granted = [member for member in members if member in stored]
        if granted:
            grants[role] = granted
    return grants


def with_grants(policy: Json, wanted: Grants) -> Json | None:
    """Return the policy with the wanted grants added, and everything else kept; None if nothing is missing."""
    result = copy.deepcopy(policy)
    bindings = result.setdefault("bindings", [])
    changed = False
    for role, members in wanted.items():
        for member in members:
            if present(result, {role: (member,)}):
                continue
            changed = True
            for binding in _plain_bindings(result, role)[:1]:
                binding.setdefault("members", []).append(member)
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
    changed = False
    for role, members in unwanted.items():
        for binding in _plain_bindings(result, role):
            stored = binding.get("members") or []
            kept = [member for member in stored if member not in members]
            changed = changed or len(kept) < len(stored)
            binding["members"] = kept
    if not changed:
        return None
    bindings = result.get("bindings") or []
    result["bindings"] = [each for each in bindings if each.get("members") or each.get("role") not in unwanted]
    result["version"] = 3
    return result


def add(read: Callable[[], Json], write: Callable[[Json], Any], wanted: Grants, time: Time | None = None) -> None:
    """Add the wanted grants to the policy. Start again if someone else changed it between the read and the write.

    Pauses after each such conflict (409 ABORTED), and raises its CloudError after 20 seconds. Raises CloudError.
    """
    _edit(read, write, lambda policy: with_grants(policy, wanted), time)


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
            if error.status != 409 or not patience.wait():
                raise


def _plain_bindings(policy: Json, role: str) -> list[Json]:
    bindings = (binding for binding in policy.get("bindings", ()) if binding.get("role") == role)
    return [binding for binding in bindings if not binding.get("condition")]
