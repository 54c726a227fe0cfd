"""Deny policies of IAM: stored at once, enforced later, attached to a project, a folder or an organization."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from wizard.federation import denials
from wizard.sandbox.json_value import JSON

from .callers import Caller
from .policy import Access


@dataclass
class DenyPolicy:
    """One deny policy. `fields` are displayName, annotations and rules, as they were written."""

    id: str
    created: datetime
    enforced: datetime
    """When its rules take effect."""
    fields: dict[str, JSON] = field(default_factory=dict)
    changed: datetime | None = None
    """When it was last changed; None for never."""
    uid: str = ""

    @property
    def rules(self) -> list[JSON]:
        """The rules, each with denyRule and description."""
        rules: list[JSON] = self.fields.get("rules") or []
        return rules

    def denies(self, principal: denials.Principal, access: Access) -> bool:
        """Whether a rule that is in force denies the permission.

        A rule with a condition does not: conditions are about tags, and nothing here has tags.
        """
        if access.now < self.enforced:
            return False
        rules = (each.get("denyRule") or {} for each in self.rules)
        return any(denials.denied_by(rule, principal, access.permission) is True for rule in rules)


def as_principal(caller: Caller, containers: Iterable[str]) -> denials.Principal:
    """The caller as deny policies name it. `containers` are those of the caller's project, if it has one."""
    if caller.identity is not None:
        return denials.federated(caller.identity)
    if caller.kind == "serviceAccount":
        return denials.service_account(caller.email, containers)
    return denials.user(caller.email)
