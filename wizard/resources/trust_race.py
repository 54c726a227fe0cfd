"""Writing a trust policy, and what others changed in it at that time. Trust policies have no etag."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wizard.engine import file_lock, journal
from wizard.federation import trust
from wizard.language import _
from wizard.resources.trust_quota import AwsCalls

_TURN = 30.0
"""Seconds to wait for another program of this machine that writes the same trust policy: a read and a write."""

_ADDED = (
    "While the wizard was writing the trust policy of {role}, someone else added {statements}. The wizard did not "
    "overwrite this change: review the trust policy."
)
_REMOVED = (
    "While the wizard was writing the trust policy of {role}, someone else removed {statements}. The wizard did not "
    "overwrite this change: review the trust policy."
)
_CHANGED = (
    "While the wizard was writing the trust policy of {role}, someone else changed {keys}. The wizard did not "
    "overwrite this change: review the trust policy."
)


@dataclass
class Edit:
    """The last write to a trust policy: what was read for it, and what was written."""

    read: dict[str, Any] | None = None
    written: dict[str, Any] | None = None

    def differences(self, role: str, now: dict[str, Any] | None) -> list[str]:
        """Return how the policy differs from the one that was written, one sentence for each kind of difference.

        The order of the statements does not matter. IAM can still answer with the policy from before the write.
        """
        if self.written is None or now in (None, self.read, self.written):
            return []
        return _differences(role, self.written, now or {})


def rewrite(aws: AwsCalls, role: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Edit:
    """Read the trust policy of a role and write it changed, with no other call between the two.

    Programs of this machine take turns, so that none writes back a statement that another has just removed.
    Returns an empty edit if there is nothing to change. Raises CloudError, and what `change` raises.
    """
    lock = journal.default_path(os.environ).with_name(f"trust-{role}.lock")
    with file_lock.turn(lock, _TURN):
        document: dict[str, Any] = aws.call("iam", "get_role", RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        changed = change(document)
        if changed == document:
            return Edit()
        aws.call("iam", "update_assume_role_policy", RoleName=role, PolicyDocument=json.dumps(changed))
    return Edit(document, changed)


def _differences(role: str, written: dict[str, Any], now: dict[str, Any]) -> list[str]:
    found = []
    if added := _missing(now, written):
        found.append(_(_ADDED).format(role=role, statements=", ".join(added)))
    if removed := _missing(written, now):
        found.append(_(_REMOVED).format(role=role, statements=", ".join(removed)))
    keys = {key for key in {*written, *now} - {"Statement"} if written.get(key) != now.get(key)}
    if keys:
        found.append(_(_CHANGED).format(role=role, keys=", ".join(sorted(keys))))
    return found


def _missing(policy: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Return the titles of the statements of a policy that another policy does not have."""
    theirs = trust.statements(other)
    numbered = enumerate(trust.statements(policy), 1)
    titles = [trust.title(number, statement) for number, statement in numbered if statement not in theirs]
    return [trust.title_in_language(title) for title in titles]
