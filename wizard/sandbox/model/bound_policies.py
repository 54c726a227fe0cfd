"""Policies that bindings apply to principals or resources: access boundaries and unified access policies of IAM."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from wizard.federation import denials
from wizard.sandbox.json_value import JSON

from .policy import Access

BoundKind = Literal["PRINCIPAL_ACCESS_BOUNDARY", "ACCESS"]


@dataclass
class BoundPolicy:
    """An access boundary or a unified access policy. `fields` are displayName, annotations and details, as written."""

    name: str
    kind: BoundKind
    created: datetime
    fields: dict[str, JSON]
    uid: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass
class PolicyBinding:
    """What applies a policy to the target: the full name of a set of principals, or of a resource."""

    name: str
    policy: BoundPolicy
    created: datetime
    enforced: datetime
    """When it takes effect."""
    fields: dict[str, JSON]
    """Its target, condition, displayName and annotations, as they were written."""
    uid: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def target(self) -> str:
        """The full name of what the policy is bound to."""
        target = self.fields.get("target") or {}
        return str(target.get("principalSet") or target.get("resource") or "")


class BoundPolicies:
    """The policies and their bindings, by name."""

    def __init__(self) -> None:
        self.policies: dict[str, BoundPolicy] = {}
        self.bindings: dict[str, PolicyBinding] = {}

    def bound_to(self, targets: Iterable[str]) -> list[PolicyBinding]:
        """The bindings whose target is one of these full names, by name."""
        wanted = set(targets)
        return [self.bindings[name] for name in sorted(self.bindings) if self.bindings[name].target in wanted]

    def keeps_out(self, principal_sets: Iterable[str], places: Iterable[str], access: Access) -> bool:
        """Whether the boundaries of a principal do not include the resource, which is in these places.

        A principal is eligible for what any of its boundaries includes. A boundary with a condition is not looked at.
        """
        boundaries = self._in_force("PRINCIPAL_ACCESS_BOUNDARY", principal_sets, access)
        documents = [each.fields for each in boundaries]
        if not documents or any(denials.is_inside(each, places) for each in documents):
            return False
        return any(denials.can_block(each, access.permission) for each in documents)

    def deny(self, resources: Iterable[str], principal: denials.Principal, access: Access) -> bool:
        """Whether a rule of a unified access policy that is bound to a resource denies the permission."""
        return any(
            denials.denied_by_access_rule(rule, principal, access.permission)
            for policy in self._in_force("ACCESS", resources, access)
            for rule in (policy.fields.get("details") or {}).get("rules") or ()
        )

    def _in_force(self, kind: BoundKind, targets: Iterable[str], access: Access) -> Iterator[BoundPolicy]:
        for binding in self.bound_to(targets):
            if binding.policy.kind == kind and binding.enforced <= access.now and not binding.fields.get("condition"):
                yield binding.policy
