"""Adding members to a policy that belongs to everyone: read, add, keep the rest, write with the etag."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.engine.patience import Patience, Time

Json = dict[str, Any]
Grants = Mapping[str, tuple[str, ...]]
"""Role -> members."""

_PATIENCE = 20.0  # seconds


def present(policy: Json, wanted: Grants) -> dict[str, list[str]]:
    """Of the wanted grants, those that the policy holds without a condition; roles with none are left out."""
    found = {}
    for role, members in wanted.items():
        held = [m for m in members if any(m in b.get("members", ()) for b in _plain_bindings(policy, role))]
        if held:
            found[role] = held
    return found


def with_grants(policy: Json, wanted: Grants) -> Json | None:
    """The policy with the wanted grants added and all else kept; None when nothing is missing."""
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


def add(read: Callable[[], Json], write: Callable[[Json], Any], wanted: Grants, time: Time | None = None) -> None:
    """Add the wanted grants to the policy; read and write again when somebody else changed it in between.

    Pauses after each such conflict (409 ABORTED), and gives up after 20 seconds. Raises CloudError.
    """
    patience = Patience(time or Time(), _PATIENCE)
    while (policy := with_grants(read(), wanted)) is not None:
        try:
            write(policy)
            return
        except CloudError as error:
            if error.status != 409 or not patience.wait():
                raise


def _plain_bindings(policy: Json, role: str) -> list[Json]:
    return [b for b in policy.get("bindings", ()) if b.get("role") == role and not b.get("condition")]
