"""Grants on a project or a service account. They are added to the policy, and nothing else in it changes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.federation.endings import of_grants
from wizard.phrases import full_stop
from wizard.resources import already, ancestors, blind, held, held_text, policies
from wizard.resources.grant_commands import grant_command
from wizard.resources.held import Held
from wizard.resources.kind import Kind, Needed, NeededAt

_NOTES = "notes"
_ENDS = "ends"
"""The keys of the state that have the notes, and the roles that are in place only for a time. The others are roles."""


@dataclass(frozen=True, eq=False)
class Grants(Kind):
    """All grants wanted on one policy, as members by role. The state has those that are in place.

    A role that a member has another way is in place too: through one of the members that include it (`also`, by
    member), under a condition that holds now, or inherited. What is not in place shows the condition, if there is one.
    """

    shared: ClassVar[bool] = True
    project: str
    grants: dict[str, tuple[str, ...]] = field(hash=False)
    needs: tuple[Resource, ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    kept: frozenset[str] = frozenset()
    """The members of which the plan says which other roles the policy grants to them."""

    def desired(self) -> State:
        return {role: list(members) for role, members in self.grants.items()}

    def read(self, clouds: Clouds) -> State | None:
        now, policy = datetime.now(UTC), self._get(clouds)
        found = list(held.ways(policy, self.grants, self.also, now))
        if any(held.in_force(found, role, member) is None for role, member in self._pairs()):
            for place, above in self._inherited(clouds):
                found += held.ways(above, self.grants, self.also, now, place)
        notes = list(self._notes(found))
        for role, member, deleted in held.stale(policy, self.grants):
            if held.in_force(found, role, member) is None:
                notes.append(held_text.stale(role, deleted))
        notes += self._kept(policy)
        ends = list(self._ends(found, now))
        return self._granted(found) | ({_NOTES: notes} if notes else {}) | ({_ENDS: ends} if ends else {})

    def create(self, clouds: Clouds) -> Operation | None:
        """Add the grants to a policy that was not there yet. Raises GrantedMeanwhile if it has some of them by now."""
        state = self.read(clouds) or {}
        for role, member in self._pairs():
            if member in (state.get(role) or ()):
                raise policies.granted_meanwhile(role, member)
        return self.update(clouds, Change(self, state, self.desired()))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        wanted: dict[str, tuple[str, ...]] = {}
        for role, member in self.missing(change):
            wanted[role] = (*wanted.get(role, ()), member)
        policies.add(lambda: self._get(clouds), lambda policy: self._set(clouds, policy), wanted)
        return None

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Remove the grants that the change added. They are in the form that `parts` returns."""
        added: dict[str, tuple[str, ...]] = {role: tuple(members) for role, members in change.after.items()}
        policies.remove(lambda: self._get(clouds), lambda policy: self._set(clouds, policy), added)
        return None

    def written(self, clouds: Clouds, change: Change) -> State | None:
        """Return those of the grants that are in the policy itself, without a condition."""
        added: dict[str, tuple[str, ...]] = {role: tuple(members) for role, members in change.after.items()}
        return policies.present(self._get(clouds), added)

    def parts(self, state: State) -> State:
        return {role: dict.fromkeys(members, True) for role, members in state.items() if role not in (_NOTES, _ENDS)}

    def serves(self, other: Resource) -> bool:
        return isinstance(other, Kind) and any(other.is_member(member) for _, member in self._pairs())

    def moved(self, error: Refused) -> bool:
        """Return whether someone else added a wanted grant meanwhile, so that the journal must not call it ours."""
        return isinstance(error, policies.GrantedMeanwhile)

    def notes(self, change: Change) -> list[str]:
        return list((change.before or {}).get(_NOTES, ()))

    def ends(self, change: Change) -> list[str]:
        return list((change.before or {}).get(_ENDS, ()))

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        """Return whether IAM does not know a new pool or service account yet, which can take up to a minute."""
        unknown = isinstance(error, CloudError) and error.status == 400 and "does not exist" in error.message
        return unknown or blind.is_api_starting(error)

    def missing(self, change: Change) -> list[tuple[str, str]]:
        """Return the grants that are not in place, as pairs of role and member."""
        before = change.before or {}
        return [(role, member) for role, member in self._pairs() if member not in (before.get(role) or ())]

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for role, members in self.grants.items():
            yield from ((role, member) for member in members)

    def _granted(self, found: list[Held]) -> State:
        """Return the members that have each role now, and the conditions of those that do not."""
        granted: State = {}
        for role, member in self._pairs():
            if held.in_force(found, role, member):
                granted.setdefault(role, []).append(member)
        for each in self._conditional(found):
            if each.condition and each.direct:
                granted.setdefault(each.role, []).append(held_text.conditional_member(each.member, each.condition))
        return granted

    def _notes(self, found: list[Held]) -> Iterator[str]:
        for role, member in self._pairs():
            best = held.in_force(found, role, member)
            if best and (text := held_text.in_place(best)):
                yield text
        conditional = self._conditional(found)
        yield from (full_stop(held_text.not_in_force(each)) for each in conditional)
        beside = dict.fromkeys((each.role, each.member) for each in conditional)
        yield from (held_text.beside(role, member) for role, member in beside)

    def _ends(self, found: list[Held], now: datetime) -> Iterator[str]:
        for role, member in self._pairs():
            own = [each for each in found if (each.role, each.member) == (role, member)]
            if own and all(each.condition for each in own):
                expressions = [each.condition.expression for each in own if each.condition]
                on = own[0].on or self.name
                yield from (each.text for each in of_grants(own[0].to, role, on, expressions, now))

    def _kept(self, policy: dict[str, Any]) -> Iterator[str]:
        """Yield what the policy grants to the members beside the roles that are wanted."""
        here = {self.label: list(policy.get("bindings", ()))}
        for holder in sorted(self.kept):
            asked = [role for role, members in self.grants.items() if holder in members]
            if asked:  # a holder without a role here is about another resource
                yield from already.kept(here, holder, {self.label: asked})

    def _conditional(self, found: list[Held]) -> list[Held]:
        """Return the conditional grants in this policy to members that do not have the role another way."""
        here = [each for each in found if each.condition and not each.on]
        return [each for each in here if held.in_force(found, each.role, each.member) is None]

    @abstractmethod
    def _get(self, clouds: Clouds) -> dict[str, Any]: ...

    @abstractmethod
    def _set(self, clouds: Clouds, policy: dict[str, Any]) -> None: ...

    @abstractmethod
    def _inherited(self, clouds: Clouds) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the policies whose grants apply here too, as far as the operator can read them, with their names."""


@dataclass(frozen=True, eq=False)
class ProjectGrants(Grants):
    """Grants of roles on a project."""

    kind: ClassVar[str] = "roles on the project"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("permission",)

    @property
    def name(self) -> str:
        return f"projects/{self.project}"

    def commands(self, change: Change) -> list[str]:
        return [grant_command(self.name, role, member) for role, member in self.missing(change)]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        return [Needed("google", "resourcemanager.projects.setIamPolicy", self.project)]

    def _get(self, clouds: Clouds) -> dict[str, Any]:
        body = {"options": {"requestedPolicyVersion": 3}}
        return clouds.google.call("cloudresourcemanager", "POST", f"/v1/{self.name}:getIamPolicy", body)

    def _set(self, clouds: Clouds, policy: dict[str, Any]) -> None:
        clouds.google.call("cloudresourcemanager", "POST", f"/v1/{self.name}:setIamPolicy", {"policy": policy})

    def _inherited(self, clouds: Clouds) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from ancestors.policies_above(clouds, self.project)


@dataclass(frozen=True, eq=False)
class ServiceAccountGrants(Grants):
    """Grants of roles on a service account: who can impersonate it.

    `gained` has what a member gets as it can impersonate it, although the setup does not ask for it, by member.
    """

    kind: ClassVar[str] = "roles on the service account"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("impersonation",)
    email: str = ""
    gained: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return f"projects/{self.project}/serviceAccounts/{self.email}"

    def read(self, clouds: Clouds) -> State | None:
        try:
            return super().read(clouds)
        except CloudError as error:
            if error.status == 404:
                return None
            raise

    def written(self, clouds: Clouds, change: Change) -> State | None:
        try:
            return super().written(clouds, change)
        except CloudError as error:
            if error.status == 404:
                return None
            raise

    def not_yet(self, error: Refused) -> bool:
        return super().not_yet(error) or blind.has_status(error, 404)

    def gains(self, change: Change) -> list[str]:
        return [line for _, member in self.missing(change) for line in self.gained.get(member, ())]

    def commands(self, change: Change) -> list[str]:
        return [grant_command(self.name, role, member) for role, member in self.missing(change)]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        return [Needed("google", "iam.serviceAccounts.setIamPolicy", self.project)]

    def _get(self, clouds: Clouds) -> dict[str, Any]:
        return clouds.google_iam.get_policy(self.project, self.email)

    def _set(self, clouds: Clouds, policy: dict[str, Any]) -> None:
        clouds.google_iam.set_policy(self.project, self.email, policy)

    def _inherited(self, clouds: Clouds) -> Iterator[tuple[str, dict[str, Any]]]:
        name = f"projects/{self.project}"
        policy = ancestors.read_policy(clouds, name)
        if policy:
            yield name, policy
        yield from ancestors.policies_above(clouds, self.project)
