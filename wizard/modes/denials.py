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
from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.federation import denials
from wizard.federation.denials import MANAGER, Principal
from wizard.federation.principals import FederatedIdentity
from wizard.language import _
from wizard.modes.deny_rule import DenyRule
from wizard.modes.opened import Observation
from wizard.resources import ancestors
from wizard.setup import resource_types, service_accounts
from wizard.setup.resource_types import FOLDER, ORGANIZATION

_DENY_POLICY = re.compile(r"policies/[A-Za-z0-9.%-]+/denypolicies/(?P<id>[a-z][a-z0-9.-]*)")
_BOUNDARY = re.compile(
    r"organizations/(?P<organization>[0-9]+)/locations/global/principalAccessBoundaryPolicies/(?P<id>[a-z][a-z0-9.-]*)"
)
_ACCESS_POLICY = re.compile(r"(projects|folders|organizations)/[a-z0-9-]+/locations/global/accessPolicies/[a-z0-9.-]+")

_NO_DENY_POLICY = "no deny policy of {places} denies {permissions}"

_OUTSIDE = (
    "the principal access boundary policy {policy} of the organization {organization} blocks {permission}: the policy "
    "is bound to {target}, and does not include {place}"
)
_INCLUDE = (
    "ask the owner of the principal access boundary policy {policy} to include {resource} in the policy. To see the "
    "policy, run: gcloud iam principal-access-boundary-policies describe {policy} --organization={organization} "
    "--location=global"
)
_PERHAPS_OUTSIDE = (
    "the principal access boundary policy {policy} of the organization {organization} does not include {place}, but "
    "the wizard does not know whether the policy blocks {permission}"
)
_NO_BOUNDARY = "no principal access boundary policy blocks access to {place}"

_ACCESS_DENIES = "rule {number} of the unified access policy {policy} denies {permission} to {member} on {place}"
_EXCLUDE = (
    "ask the owner of the unified access policy {policy} to add {member} to the excludedPrincipals of rule {number}"
)
_ACCESS_UNCLEAR = (
    "rule {number} of the unified access policy {policy} might deny {permission} on {place}, but the wizard does not "
    "know whether the rule applies to {member}"
)
_NO_ACCESS_POLICY = "no unified access policy of {places} denies {permissions}"

_DENY_UNREAD = "deny policies of {place}: {reason}"
_BOUNDARY_UNREAD = "principal access boundary policies of {place}: {reason}"
_ACCESS_UNREAD = "unified access policies of {place}: {reason}"
_ABOVE_UNREAD = (
    "inherited policies that deny access to {place}: the wizard could not determine which folder or organization "
    "contains {place}"
)


@dataclass(frozen=True)
class Lacking:
    """Permissions that Google Cloud refused to a principal, in a project or on a folder or organization."""

    principal: Principal
    permissions: tuple[str, ...]
    place: str
    """The name of the project, folder or organization, such as "projects/acme-analytics"."""
    home: str
    """The ID or the number of the project of the principal; empty if it is not known."""
    pool: str = ""
    """The name of the principal's pool; empty for a service account."""


def of_identity(identity: FederatedIdentity, principal: Principal, permissions: tuple[str, ...], place: str) -> Lacking:
    """Return what a federated identity lacks."""
    return Lacking(principal, permissions, place, identity.pool.project_number, identity.pool.name)


def of_account(clouds: Clouds, email: str, permissions: tuple[str, ...], place: str) -> Lacking:
    """Return what a service account lacks. The account is known with the sets of its project if the run read it."""
    home = service_accounts.project_of(email, "")
    above = ancestors.names_above(clouds, home) if home in clouds.projects else None
    containers = [] if above is None else [_names(clouds, f"projects/{home}")[0], *above]
    return Lacking(denials.service_account(email, containers), permissions, place, home)


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
class Denial:
    """What explains a refusal; None if no policy surely does. What is ruled out and not known, one sentence each."""

    explanation: Observation | None = None
    ruled_out: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass
class Denials:
    """What the policies of a run say about refusals."""

    clouds: Clouds
    reads: LimitedReads = field(init=False)

    def __post_init__(self) -> None:
        """Start without any read."""
        self.reads = LimitedReads(self.clouds.google)

    def find(self, lacking: Lacking) -> Denial:
        """Return what explains a refusal, what is ruled out and what is not known. A refused read is not known."""
        found = Denial()
        above = self._above(lacking.place)
        if above is None:
            found.unknown.append(_(_ABOVE_UNREAD).format(place=lacking.place))
        places = [lacking.place, *(above or ())]
        for look in (self._in_deny_policies, self._in_boundaries, self._in_access_policies):
            found.explanation = look(lacking, places, found)
            if found.explanation:
                return Denial(found.explanation)
        return found

    def _above(self, place: str) -> list[str] | None:
        """Return what contains a place, from the nearest on; None if it cannot be read."""
        if place.startswith("projects/"):
            return ancestors.names_above(self.clouds, _names(self.clouds, place)[-1].removeprefix("projects/"))
        return ancestors.containers(self.clouds, place)

    # Deny policies

    def _in_deny_policies(self, lacking: Lacking, places: list[str], found: Denial) -> Observation | None:
        before = len(found.unknown)
        for place in places:
            try:
                for name, policy in self._deny_policies(place):
                    for number, each in enumerate(policy.get("rules", ()), 1):
                        rule = DenyRule(place, name, number, each.get("denyRule") or {})
                        for permission in lacking.permissions:
                            answer = denials.denied_by(rule.rule, lacking.principal, permission)
                            if answer:
                                return rule.explanation(lacking.principal, permission)
                            found.unknown.extend(rule.doubts(answer, lacking.principal, permission))
            except CloudError as error:
                found.unknown.append(_(_DENY_UNREAD).format(place=place, reason=missing_permissions.words(error)))
        if len(found.unknown) == before:
            permissions = ", ".join(lacking.permissions)
            found.ruled_out.append(_(_NO_DENY_POLICY).format(places=", ".join(places), permissions=permissions))
        return None

    def _deny_policies(self, place: str) -> Iterator[tuple[str, Json]]:
        """Yield the ID of each deny policy on a place, and the policy with its rules. Raises CloudError."""
        attached = quote(f"cloudresourcemanager.googleapis.com/{place}", safe="")
        for listed in self.reads.pages(f"/v2/policies/{attached}/denypolicies", "policies"):
            named = _DENY_POLICY.fullmatch(str(listed.get("name")))
            if named:
                yield named["id"], self.reads.get(f"/v2/{named[0]}")

    # Access boundaries

    def _in_boundaries(self, lacking: Lacking, places: list[str], found: Denial) -> Observation | None:
        """Return the boundary that surely leaves out the place: only if all boundaries of the principal are known.

        A principal is eligible for what any of its boundaries includes. Only organizations have boundaries.
        """
        names = _names(self.clouds, f"projects/{lacking.home}") if lacking.home else ()
        above = self._above(names[0]) if names else []
        if above is None:
            found.unknown.append(_(_ABOVE_UNREAD).format(place=names[-1]))
        if not above:
            return None
        targets = [(names[0], f"//iam.googleapis.com/{lacking.pool}")] if lacking.pool else []
        targets += [(place, MANAGER + place) for place in (names[0], *above)]
        bound, complete = self._boundaries(targets, found)
        own = _names(self.clouds, lacking.place)
        including = [each for each in bound if denials.is_inside(each.policy, [*own, *places])]
        if any(not each.conditional for each in including) or (complete and not bound):
            found.ruled_out.append(_(_NO_BOUNDARY).format(place=lacking.place))
            return None
        others = [each for each in bound if each not in including]
        is_located = self._above(lacking.place) is not None
        is_named = len(own) == 2 or not lacking.place.startswith("projects/")
        surely = complete and is_located and is_named and not including
        return _blocking(others, lacking, found, surely=surely)

    def _boundaries(self, targets: list[tuple[str, str]], found: Denial) -> tuple[list[_Boundary], bool]:
        """Return the boundaries that are bound to sets of principals, and whether these are all of them.

        `targets` has the place in which each set is searched, and the full name of the set.
        """
        bound: list[_Boundary] = []
        complete = True
        for parent, target in targets:
            try:
                bound += self._bound_to(parent, target)
            except CloudError as error:
                complete = False
                reason = missing_permissions.words(error)
                found.unknown.append(_(_BOUNDARY_UNREAD).format(place=target.partition(".com/")[2], reason=reason))
        return bound, complete

    def _bound_to(self, parent: str, target: str) -> list[_Boundary]:
        """Return the boundaries that are bound to a set of principals. Raises CloudError."""
        bound = []
        for binding in self._bindings("v3", parent, target):
            named = _BOUNDARY.fullmatch(str(binding.get("policy")))
            if named:
                policy = self.reads.get(f"/v3/{named[0]}")
                bound.append(_Boundary(named["id"], named["organization"], target, policy, bool(_condition(binding))))
        return bound

    def _bindings(self, version: str, parent: str, target: str) -> Iterator[Json]:
        path = f"/{version}/{parent}/locations/global/policyBindings:searchTargetPolicyBindings"
        return self.reads.pages(path, "policyBindings", {"target": target})

    # Unified access policies

    def _in_access_policies(self, lacking: Lacking, places: list[str], found: Denial) -> Observation | None:
        """Return the rule that surely denies a permission. Only what an organization contains has such policies."""
        if not places[-1].startswith("organizations/"):
            return None
        before = len(found.unknown)
        for place in places:
            parent = _names(self.clouds, place)[0]
            try:
                for binding in self._bindings("v3beta", parent, MANAGER + parent):
                    name = str(binding.get("policy"))
                    if not _ACCESS_POLICY.fullmatch(name):
                        continue
                    explanation = _in_rules(name, self.reads.get(f"/v3beta/{name}"), place, lacking, found)
                    if explanation:
                        return explanation
            except CloudError as error:
                found.unknown.append(_(_ACCESS_UNREAD).format(place=place, reason=missing_permissions.words(error)))
        if len(found.unknown) == before:
            permissions = ", ".join(lacking.permissions)
            found.ruled_out.append(_(_NO_ACCESS_POLICY).format(places=", ".join(places), permissions=permissions))
        return None


@dataclass(frozen=True)
class _Boundary:
    """An access boundary that is bound to a set of principals."""

    id: str
    organization: str
    target: str
    policy: Json
    conditional: bool

    def fill(self, template: str, **more: str) -> str:
        return template.format(policy=self.id, organization=self.organization, target=self.target, **more)


def _blocking(bound: list[_Boundary], lacking: Lacking, found: Denial, *, surely: bool) -> Observation | None:
    """Return the first boundary that surely blocks a permission, of boundaries that all leave out the place.

    `surely` tells whether no other boundary can include the place.
    """
    for boundary in bound:
        for permission in lacking.permissions:
            blocks = denials.can_block(boundary.policy, permission)
            if blocks and (boundary.conditional or not surely):
                blocks = None
            values = {"place": lacking.place, "permission": permission}
            if blocks:
                fix = boundary.fill(_(_INCLUDE), resource=MANAGER + lacking.place)
                return Observation("WIF0521", (boundary.fill(_(_OUTSIDE), **values),), fix)
            if blocks is None:
                found.unknown.append(boundary.fill(_(_PERHAPS_OUTSIDE), **values))
    return None


def _in_rules(name: str, policy: Json, place: str, lacking: Lacking, found: Denial) -> Observation | None:
    """Return the rule of a unified access policy that surely denies a permission."""
    for number, rule in enumerate((policy.get("details") or {}).get("rules", ()), 1):
        for permission in lacking.permissions:
            values = {"policy": name, "number": number, "place": place, "permission": permission}
            member = lacking.principal.name
            denied = denials.denied_by_access_rule(rule, lacking.principal, permission)
            if denied:
                fix = _(_EXCLUDE).format(policy=name, number=number, member=member)
                return Observation("WIF0522", (_(_ACCESS_DENIES).format(member=member, **values),), fix)
            if denied is None:
                found.unknown.append(_(_ACCESS_UNCLEAR).format(member=member, **values))
    return None


def _condition(binding: Json) -> str:
    return str((binding.get("condition") or {}).get("expression", ""))


def _names(clouds: Clouds, place: str) -> tuple[str, ...]:
    """Return the names of a place: of a project by number and by ID, or only the given one if it cannot be read."""
    kind, _slash, name = place.partition("/")
    if kind != "projects":
        return (place,)
    try:
        found = _read(clouds, name) or (project_number(clouds, name) and _read(clouds, name))
    except CloudError:
        return (place,)
    return tuple(f"projects/{each}" for each in found) if found else (place,)


def _read(clouds: Clouds, name: str) -> tuple[str, str] | None:
    """Return the number and the ID of a project that the run read, by one of them; None if the run did not read it."""
    for key, document in clouds.projects.items():
        number = str(document.get("projectNumber"))
        if name in (key, number):
            return number, str(document.get("projectId", key))
    return None
