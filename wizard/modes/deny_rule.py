"""What a rule of a deny policy means for a workload, in words."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.clouds.google import Json
from wizard.federation import denials
from wizard.federation.denials import Answer, Principal
from wizard.language import _
from wizard.modes.opened import Observation

_DENIES = "rule {number} of the deny policy {policy} on {place} denies {permission} to {member}"
_EXCEPT = (
    "ask the owner of the deny policy {policy} on {place} to add {member} to the exceptionPrincipals of rule {number}. "
    "To see the policy, run: gcloud iam policies get {policy} "
    "--attachment-point=cloudresourcemanager.googleapis.com/{place} --kind=denypolicies"
)
_CONDITIONAL = (
    "rule {number} of the deny policy {policy} on {place} denies {permission} under a condition that the wizard cannot "
    "evaluate: {condition}"
)
_UNCLEAR = (
    "rule {number} of the deny policy {policy} on {place} denies {permission}, but the wizard does not know whether "
    "the rule applies to {member}: the rule names {principals}"
)


@dataclass(frozen=True)
class DenyRule:
    """A rule of a deny policy."""

    place: str
    policy: str
    number: int
    rule: Json

    def explanation(self, principal: Principal, permission: str) -> Observation:
        """Return that the rule denies a permission to a principal, and what to ask for."""
        cause = self._fill(_(_DENIES), permission=permission, member=principal.name)
        return Observation("WIF0520", (cause,), self._fill(_(_EXCEPT), member=principal.name))

    def doubts(self, answer: Answer, principal: Principal, permission: str) -> list[str]:
        """Return why it is not known whether the rule denies a permission; nothing if it surely does not."""
        if answer is not None:
            return []
        condition = (self.rule.get("denialCondition") or {}).get("expression")
        if condition:
            return [self._fill(_(_CONDITIONAL), permission=permission, condition=str(condition))]
        named = [*self.rule.get("deniedPrincipals", ()), *self.rule.get("exceptionPrincipals", ())]
        principals = ", ".join(str(each) for each in named if denials.includes(str(each), principal) is None)
        return [self._fill(_(_UNCLEAR), permission=permission, member=principal.name, principals=principals)]

    def _fill(self, template: str, **more: str) -> str:
        return template.format(place=self.place, policy=self.policy, number=self.number, **more)
