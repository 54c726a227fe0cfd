"""What others changed in a trust policy while the wizard wrote it. Trust policies have no etag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wizard.federation import trust

_ADDED = (
    "While the wizard wrote the trust policy of {role}, someone else added {statements}. The wizard left the policy as "
    "it is now."
)
_REMOVED = (
    "While the wizard wrote the trust policy of {role}, someone else removed {statements}. The wizard left the policy "
    "as it is now."
)
_CHANGED = (
    "While the wizard wrote the trust policy of {role}, someone else changed {keys}. The wizard left the policy as it "
    "is now."
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


def _differences(role: str, written: dict[str, Any], now: dict[str, Any]) -> list[str]:
    found = []
    if added := _missing(now, written):
        found.append(_ADDED.format(role=role, statements=", ".join(added)))
    if removed := _missing(written, now):
        found.append(_REMOVED.format(role=role, statements=", ".join(removed)))
    keys = {key for key in {*written, *now} - {"Statement"} if written.get(key) != now.get(key)}
    if keys:
        found.append(_CHANGED.format(role=role, keys=", ".join(sorted(keys))))
    return found


def _missing(policy: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Return the titles of the statements of a policy that another policy does not have."""
    theirs = trust.statements(other)
    numbered = enumerate(trust.statements(policy), 1)
    return [trust.title(number, statement) for number, statement in numbered if statement not in theirs]
