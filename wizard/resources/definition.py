"""A definition that starts the workload: a new revision gives it the role and its environment variables."""

from __future__ import annotations

import itertools
import shlex
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Owner, Refused, Resource, State
from wizard.federation.aws import partition_of
from wizard.language import _, translated
from wizard.resources import definition_texts as texts
from wizard.resources import registration, role_users
from wizard.resources.aws_role import Role
from wizard.resources.callers import Callers, Definition, DefinitionKind, read_callers
from wizard.resources.definition_revert import NotRecorded, filled, former, pinned
from wizard.resources.definition_texts import Seen, short
from wizard.resources.kind import Kind, Needed
from wizard.resources.registration import Document, Layout, Variables, Wiring

_NONE = (
    "the account {account} has no active revision of the {kind} {name} in {region}. Register the definition first, or "
    "correct {setting}"
)
_OLDER = (
    "{setting} names revision {wanted} of {name}, but revision {latest} is newer, and programs that start {name} "
    "without a revision number use revision {latest}. A new revision based on revision {wanted} would undo the "
    "changes in revision {latest}. Remove the revision from {setting}"
)
_PINNED = "{who} uses revision {revision} of {name}, which has the role {role}."
_DEREGISTERS = (
    "the wizard deregisters revision {revision} of {name}: programs that start {name} without a revision number use "
    "revision {former} again"
)
_REGISTERS = (
    "the wizard registers a revision of {name} with the former values, based on revision {revision}: programs that "
    "start {name} without a revision number use the new revision"
)
_COMMAND = """\
(
  definition=$(mktemp) && trap 'rm -f "$definition"' EXIT &&
  aws {api} {described} --query {query} --output json > "$definition" &&
  aws {api} {register} --cli-input-json "file://$definition"
)"""
"""The values of variables stand in a private file for a moment: the process list would show them to others."""
_STACK = "aws:cloudformation:stack-name"


@dataclass
class _Once:
    """What is read only once for a resource: who starts the definition."""

    callers: Callers | None = None
    registered: tuple[int, int] | None = None
    """The revision that was read for the last registration, and the one that it made."""


@dataclass(frozen=True, eq=False)
class Revisions(Kind):
    """A definition with revisions. The old revision stays, and every other field of it is in the new one."""

    account: str
    region: str
    definition: str
    """The name of the job definition, or the family of the task definition."""
    role: Role
    variables: Variables
    container: str | None = None
    revision: int | None = None
    """The revision that the setup names."""
    hints: tuple[str, ...] = ()
    """What the team must do for the variables to work, one sentence each."""
    services: frozenset[str] = frozenset()
    """The ECS services that the plan updates: CLUSTER/SERVICE."""
    needs: tuple[Resource, ...] = ()
    _once: _Once = field(default_factory=_Once)

    role_title: ClassVar[str]
    role_key: ClassVar[str]
    """The key of the role in a state, as AWS names it."""
    workloads: ClassVar[str]
    """What it starts, in the plural."""
    setting: ClassVar[str]
    """The key in a setup that names it."""
    path: ClassVar[DefinitionKind]
    api: ClassVar[str]
    register: ClassVar[str]
    """The operation that registers a revision, by its Python name."""

    @property
    def name(self) -> str:
        """The ARN of the definition, without a revision."""
        partition = partition_of(self.region)
        return f"arn:{partition}:{self.api}:{self.region}:{self.account}:{self.path}/{self.definition}"

    def desired(self) -> State:
        return self.desired_with(None)

    def desired_with(self, before: State | None) -> State:
        there = (before or {}).get("environment", {})
        kept = {name: there.get(name, value) for name, value in self.variables.defaults.items()}
        return {self.role_key: self._wanted(before), "environment": {**kept, **self.variables.always}}

    def _wanted(self, before: State | None) -> str:
        """Return the ARN of the role: the one that it has, if its path was read."""
        return str((before or {}).get("wanted_role", self.role.name))

    def _wiring(self, clouds: Clouds) -> Wiring:
        return Wiring(self.role.actual_arn(clouds), self.variables)

    def read(self, clouds: Clouds) -> State | None:
        """Return the role and our variables of the newest revision, and what the other methods need.

        Values of other variables are not in it: they can be secrets. Raises Refused if there is no such definition.
        """
        newest = self._newest(clouds)
        state = self._state(newest, self._wiring(clouds))
        in_place = Change(self, state, self.desired_with(state)).action == "none"
        latest = newest["revision"]
        if self.revision not in (None, latest) and not in_place:
            raise Refused(
                _(_OLDER).format(setting=self.setting, wanted=self.revision, latest=latest, name=self.definition)
            )
        if self._once.callers is None:
            self._once.callers = read_callers(clouds, Definition(self.path, self.name))
        return state

    def create(self, clouds: Clouds) -> Operation | None:  # noqa: ARG002 (a definition is never made from nothing)
        raise Refused(self._missing())

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (read again just before)
        """Register the new revision. Its ARN is the name of the operation, so that the journal has it."""
        newest = self._newest(clouds)
        wanted = registration.edited(self._kept(newest), self._layout(newest), self._wiring(clouds))
        return self._registered(clouds, newest, wanted)

    def changed_meanwhile(self, clouds: Clouds) -> list[str]:
        """Return the revisions that others registered between our read and our registration."""
        if self._once.registered is None:
            return []
        read, made = self._once.registered
        numbers = (int(document["revision"]) for document in self.before(clouds, made))
        between = itertools.takewhile(lambda number: number > read, numbers)
        return [translated(texts.BESIDE).format(name=self.definition, theirs=number, ours=made) for number in between]

    def written(self, clouds: Clouds, change: Change) -> State | None:
        """Return the role and our variables of the newest revision."""
        del change
        newest = self._find_newest(clouds)
        return None if newest is None else self.values(newest)

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Deregister our revision if the one before it has the former values, and nothing else differs.

        Otherwise register a new revision with the former values, which keeps what others have changed since.
        """
        newest = self._newest(clouds)
        if self._origin(clouds, newest, change):
            self._deregister(clouds, newest)
            return None
        return self._registered(clouds, newest, self._former(clouds, newest, change))

    def cannot_restore(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        """Return who names a revision with our role, and values that are not known any more."""
        newest = self._newest(clouds)
        reasons = role_users.former_gone(clouds, (change.before or {}).get(self.role_key))
        try:
            if not self._origin(clouds, newest, change):
                self._former(clouds, newest, change)
        except NotRecorded as error:
            reasons.append(error.message)
        return [*reasons, *self._pinned(clouds, newest, change, {resource.name for resource in going})]

    def revert_impact(self, clouds: Clouds, change: Change) -> str | None:
        newest = self._newest(clouds)
        origin = self._origin(clouds, newest, change)
        words = {"name": self.definition, "revision": newest["revision"]}
        return _(_DEREGISTERS).format(former=origin["revision"], **words) if origin else _(_REGISTERS).format(**words)

    def impact(self, change: Change) -> str | None:
        if change.action != "update" or change.before is None:
            return None
        return translated(texts.SWITCHES).format(revision=change.before["revision"], name=self.definition)

    def losers(self, change: Change) -> list[str]:
        before = change.before
        if before is None or before[self.role_key] == self._wanted(before):
            return []
        old, role = before[self.role_key], short(self._wanted(before))
        if old:
            words = {"workloads": translated(self.workloads), "name": self.definition, "old": short(old), "role": role}
            return [translated(texts.LOSES_ROLE).format(**words)]
        if before["on_hosts"] and "AWS_ACCESS_KEY_ID" not in before["variables"]:
            words = {"workloads": translated(self.workloads), "name": self.definition, "role": role}
            return [translated(texts.LOSES_HOST_ROLE).format(**words)]
        return []

    def owner(self, change: Change) -> Owner | None:
        stack = (change.before or {}).get("tags", {}).get(_STACK)
        return Owner("CloudFormation", f"stack {stack}") if stack else None

    def notes(self, change: Change) -> list[str]:
        before = change.before
        if before is None:
            return []
        seen = Seen(
            self.definition,
            before["revision"],
            self.role_title,
            before["key"],
            before[self.role_key],
            before["executionRoleArn"],
            frozenset(before["variables"]),
        )
        newest = before["revision"] if change.action == "none" else 0
        callers = self._once.callers or Callers()
        hints = self.hints if change.action != "none" else ()
        return [
            *texts.about_roles(seen, self._wanted(before)),
            *hints,
            *texts.about_callers(callers, self.definition, newest, self.services),
        ]

    def commands(self, change: Change) -> list[str]:
        """Return a command in which AWS's client copies the fields: the values of others are not printed."""
        if change.before is None:
            return []
        described, query = change.before["described"], change.before["query"]
        register = self.register.replace("_", "-")
        return [_COMMAND.format(api=self.api, described=described, query=shlex.quote(query), register=register)]

    def permissions(self, change: Change) -> list[Needed]:
        action = "".join(word.capitalize() for word in self.register.split("_"))
        before = change.before or {}
        roles = [self._wanted(before), *([before["executionRoleArn"]] if before.get("executionRoleArn") else [])]
        tagging = [Needed("aws", f"{self.api}:TagResource", self.name)] if before.get("tags") else []
        passing = [Needed("aws", "iam:PassRole", role) for role in dict.fromkeys(roles)]
        return [Needed("aws", f"{self.api}:{action}", self.name), *tagging, *passing]

    def values(self, document: Document) -> State:
        """Return the role and our variables of a revision, as AWS describes it."""
        container = registration.at(document, self._layout(document).container)
        desired: Mapping[str, str] = self.desired()["environment"]
        task = registration.at(document, self._layout(document).task)
        found = registration.environment(container, list(desired))
        raw = {entry["name"]: entry.get("value", "") for entry in container.get("environment") or ()}
        as_wanted = {name: value for name, value in desired.items() if raw.get(name) == value and name in found}
        return {self.role_key: task.get(self._layout(document).role_key), "environment": {**found, **as_wanted}}

    def _state(self, document: Document, wiring: Wiring) -> State:
        layout = self._layout(document)
        container, task = registration.at(document, layout.container), registration.at(document, layout.task)
        kept = self._kept(document)
        return self.values(document) | {
            "wanted_role": wiring.role,
            "revision": document["revision"],
            "key": layout.role_key,
            "executionRoleArn": task.get("executionRoleArn"),
            "variables": sorted(entry["name"] for entry in container.get("environment") or ()),
            "on_hosts": self._on_hosts(document),
            "tags": registration.tags_of(document),
            "described": self._describe_command(document),
            "query": self._query(kept, layout, wiring),
        }

    def origin(self, clouds: Clouds, made: Document, change: Change) -> Document | None:
        """Return the newest earlier revision with the values before a change, if `made` differs only in our values."""
        wiring = Wiring(change.after.get(self.role_key) or self.role.actual_arn(clouds), self.variables)
        for document in self.before(clouds, int(made["revision"])):
            if Change(self, self.values(document), filled(change)).action != "none":
                continue
            wanted = registration.edited(self._kept(document), self._layout(document), wiring)
            if registration.same(wanted, self._kept(made)):
                return document
        return None

    def _origin(self, clouds: Clouds, newest: Document, change: Change) -> Document | None:
        """Return the revision that is the newest again when ours is deregistered, if it has the former values."""
        origin = self.origin(clouds, newest, change)
        previous = next(iter(self.before(clouds, int(newest["revision"]))), None)
        is_next = origin is not None and previous is not None and origin["revision"] == previous["revision"]
        return origin if is_next else None

    def _former(self, clouds: Clouds, newest: Document, change: Change) -> Document:
        earlier = (
            (registration.at(document, self._layout(document).container), self.values(document)["environment"])
            for document in self.before(clouds, int(newest["revision"]))
        )
        return former(self._kept(newest), self._layout(newest), change, earlier, self.role_key)

    def _pinned(self, clouds: Clouds, newest: Document, change: Change, going: Collection[str]) -> Iterator[str]:
        """Yield who names a revision that has our role."""
        role = change.after.get(self.role_key)
        pins = pinned(read_callers(clouds, Definition(self.path, self.name)), going)
        if not role or not pins:
            return
        first = min(revision for _ignored, revision in pins)
        ours = {int(newest["revision"])} if self.values(newest)[self.role_key] == role else set()
        for document in self.before(clouds, int(newest["revision"])):
            if int(document["revision"]) < first:
                break
            if self.values(document)[self.role_key] == role:
                ours.add(int(document["revision"]))
        for who, revision in pins:
            if revision in ours:
                yield _(_PINNED).format(who=who, revision=revision, name=self.definition, role=short(role))

    def _registered(self, clouds: Clouds, newest: Document, wanted: Document) -> Operation:
        arn = self._register(clouds, wanted)
        self._once.registered = int(newest["revision"]), int(arn.rpartition(":")[2])
        return Operation(arn, poll=lambda: True)

    def _kept(self, document: Document) -> Document:
        return registration.registrable(self.api, self.operation, document)

    @property
    def operation(self) -> str:
        return "".join(word.capitalize() for word in self.register.split("_"))

    def _newest(self, clouds: Clouds) -> Document:
        found = self._find_newest(clouds)
        if found is None:
            raise Refused(self._missing())
        return found

    def _missing(self) -> str:
        words = {"account": self.account, "region": self.region, "setting": self.setting}
        return _(_NONE).format(kind=self.kind, name=self.definition, **words)

    @abstractmethod
    def _find_newest(self, clouds: Clouds) -> Document | None:
        """Return the newest active revision, as AWS describes it, with its tags under `tags`."""

    @abstractmethod
    def before(self, clouds: Clouds, revision: int) -> Iterator[Document]:
        """Yield the active revisions before one, the newest first."""

    @abstractmethod
    def _layout(self, document: Document) -> Layout:
        """Return where the roles and the workload's container are. Raises Refused."""

    @abstractmethod
    def _on_hosts(self, document: Document) -> bool:
        """Return whether it can run on EC2 hosts, whose role the containers can use."""

    @abstractmethod
    def _register(self, clouds: Clouds, wanted: Document) -> str:
        """Register a revision. Returns its ARN."""

    @abstractmethod
    def _deregister(self, clouds: Clouds, document: Document) -> None:
        """Deregister a revision."""

    @abstractmethod
    def _describe_command(self, document: Document) -> str:
        """Return the subcommand of aws that describes the revision."""

    @abstractmethod
    def _query(self, kept: Document, layout: Layout, wiring: Wiring) -> str:
        """Return the expression that makes the registration of what `_describe_command` prints."""
