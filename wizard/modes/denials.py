"""Reads the policies that deny access whatever roles a workload has, after a refusal that nothing else explains.

The APIs allow few reads a minute. A run reads each policy once, the nearest ones first, until one explains a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from wizard.clouds import missing_permissions
from wizard.clouds.errors import CloudError
from wizard.clouds.google import Json
from wizard.clouds.limited_reads import LimitedReads
from wizard.clouds.session import Clouds
from wizard.federation import denials
from wizard.federation.denials import Answer, Principal
from wizard.language import _
from wizard.modes.opened import Observation
from wizard.resources import ancestors
from wizard.setup import resource_types, service_accounts
from wizard.setup.resource_types import FOLDER, ORGANIZATION

_POLICY = re.compile(r"policies/[A-Za-z0-9.%-]+/denypolicies/(?P<id>[a-z][a-z0-9.-]*)")

_DENIES = "rule {number} of the deny policy {policy} on {place} denies {permission} to {member}"
_EXCEPT = (
    "ask the owner of the deny policy {policy} on {place} to add {member} to the exceptionPrincipals of rule {number}. "
    "To see the policy: gcloud iam policies get {policy} "
    "--attachment-point=cloudresourcemanager.googleapis.com/{place} --kind=denypolicies"
)
_CONDITIONAL = (
    "rule {number} of the deny policy {policy} on {place} denies {permission} under a condition that the wizard cannot "
    "evaluate: {condition}"
)
_UNCLEAR = (
    "rule {number} of the deny policy {policy} on {place} denies {permission}, but the wizard does not know whether "
    "the rule is about {member}: the rule names {principals}"
)
_UNREAD = "deny policies of {place}: {reason}"
_UNKNOWN_ABOVE = "deny policies above {place}: the wizard could not read which folder or organization contains {place}"
_NONE = "no deny policy of {places} denies {permissions}"


@dataclass(frozen=True)
class Lacking:
    """Permissions that Google Cloud refused to a principal, in a project or on a folder or organization."""

    principal: Principal
    permissions: tuple[str, ...]
    place: str
    """The name of the project, folder or organization, such as "projects/acme-analytics"."""


def account(clouds: Clouds, email: str) -> Principal:
    """Return the principal of a service account, with the sets of its project if the run read the project."""
    project = service_accounts.project_of(email, "")
    above = ancestors.names_above(clouds, project) if project in clouds.projects else None
    if above is None:
        return denials.service_account(email)
    return denials.service_account(email, [f"projects/{clouds.projects[project]['projectNumber']}", *above])


def place_of(clouds: Clouds, place: str) -> str:
    """Return the name of the project, folder or organization that a tested resource is, or is in; empty if unknown."""
    on = resource_types.of_place(place)
    if on is None:
        return ""
    if on.type in (FOLDER, ORGANIZATION):
        return on.name
    project = on.project or ancestors.project_of(clouds, on)
    return f"projects/{project}" if project else ""


@dataclass
class Denials:
    """What the policies of a run say about a refusal."""

    clouds: Clouds
    reads: LimitedReads = field(init=False)

    def __post_init__(self) -> None:
        """Start without any read."""
        self.reads = LimitedReads(self.clouds.google)

    def find(self, lacking: Lacking) -> Denial:
        """Return what explains a refusal, what is ruled out and what is not known. A refused read is not known."""
        found = Denial()
        places, unknown = self._places(lacking.place)
        for place in places:
            found.explanation = found.explanation or self._in_deny_policies(place, lacking, found.unknown)
        if found.explanation:
            return Denial(found.explanation)
        if unknown:
            found.unknown.append(_(_UNKNOWN_ABOVE).format(place=lacking.place))
        if not found.unknown:
            permissions = ", ".join(lacking.permissions)
            found.ruled_out.append(_(_NONE).format(places=", ".join(places), permissions=permissions))
        return found

    def _places(self, place: str) -> tuple[list[str], bool]:
        """Return a place and what contains it, from the nearest on, and whether some of it is not known."""
        kind, _slash, name = place.partition("/")
        above = ancestors.names_above(self.clouds, name) if kind == "projects" else self._above(place)
        return [place, *(above or ())], above is None

    def _above(self, place: str) -> list[str] | None:
        return [] if place.startswith("organizations/") else ancestors.containers(self.clouds, place)

    def _in_deny_policies(self, place: str, lacking: Lacking, unknown: list[str]) -> Observation | None:
        """Return the rule on a place that surely denies a permission. Adds to `unknown` what may deny it."""
        try:
            for name, policy in self._deny_policies(place):
                for number, rule in enumerate(policy.get("rules", ()), 1):
                    about = _Rule(place, name, number, rule.get("denyRule") or {})
                    for permission in lacking.permissions:
                        answer = denials.denied_by(about.rule, lacking.principal, permission)
                        if answer:
                            return about.explanation(lacking.principal, permission)
                        unknown.extend(about.doubts(answer, lacking.principal, permission))
        except CloudError as error:
            unknown.append(_(_UNREAD).format(place=place, reason=missing_permissions.words(error)))
        return None

    def _deny_policies(self, place: str) -> Iterator[tuple[str, Json]]:
        """Yield the ID of each deny policy on a place, and the policy with its rules. Raises CloudError."""
        attached = quote(f"cloudresourcemanager.googleapis.com/{place}", safe="")
        for listed in self.reads.pages(f"/v2/policies/{attached}/denypolicies", "policies"):
            named = _POLICY.fullmatch(str(listed.get("name")))
            if named:
                yield named["id"], self.reads.get(f"/v2/{named[0]}")


@dataclass
class Denial:
    """What explains a refusal; None if no policy surely does. What is ruled out and not known, one sentence each."""

    explanation: Observation | None = None
    ruled_out: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Rule:
    """A rule of a deny policy."""

    place: str
    policy: str
    number: int
    rule: Json

    def explanation(self, principal: Principal, permission: str) -> Observation:
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
