"""The JSON that commands answer with --json, one class for each object.

The classes are the only description: `wif-wizard schema` makes the JSON Schema from them and from their docstrings.
Keys have no blanks. Keys may be added to a format; removing one, or changing its meaning, needs a new format number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from wizard.chain.hop import Status
from wizard.engine import events
from wizard.engine.resource import Action


@dataclass(frozen=True, kw_only=True)
class Described:
    """An object whose keys are described by the docstrings below them."""

    __pydantic_config__: ClassVar[dict[str, bool]] = {"use_attribute_docstrings": True}


@dataclass(frozen=True, kw_only=True)
class Answer(Described):
    """What a command answers."""

    format: Literal[1] = 1
    """The version of this format."""


# Errors


@dataclass(frozen=True, kw_only=True)
class Error(Described):
    """Why a command failed."""

    kind: Literal["bad-input", "refused", "interrupted"]
    """bad-input: exit code 64; refused: exit code 1; interrupted: exit code 130."""
    message: str
    """For people: what happened, why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Problem(Described):
    """One problem of a setup file."""

    where: str
    """The path of the key: aws.account."""
    line: int | None
    """The line in the file, from 1; null if the problem has none."""
    what: str
    """What is wrong."""
    fix: str
    """What to do."""


@dataclass(frozen=True, kw_only=True)
class SetupFileError(Described):
    """Why a setup file cannot be used: exit code 64."""

    kind: Literal["bad-input"] = "bad-input"
    message: str
    """For people: every problem."""
    problems: list[Problem]
    """Every problem, in the order of their lines."""


@dataclass(frozen=True, kw_only=True)
class CloudError(Described):
    """What a cloud API refused: exit code 1."""

    kind: Literal["cloud"] = "cloud"
    message: str
    """The cloud's own words."""
    service: str
    """The API's host name, or the name of the AWS service."""
    operation: str
    """The call that was refused."""
    status: int | None
    """The HTTP status; null if there was no answer."""
    reason: str
    """The cloud's own code: PERMISSION_DENIED, AccessDenied."""
    hint: str
    """What to do, if that is known; else empty."""


@dataclass(frozen=True, kw_only=True)
class Failure(Answer):
    """What every command answers if it fails."""

    error: SetupFileError | CloudError | Error


# plan


@dataclass(frozen=True, kw_only=True)
class Summary(Described):
    """How many resources need which action."""

    create: int
    update: int
    undelete: int
    in_place: int
    """Resources that need nothing."""


@dataclass(frozen=True, kw_only=True)
class Field(Described):
    """One value that a change sets."""

    key: str
    """The path in the state, with dots."""
    before: Any
    """null if it is absent."""
    after: Any


@dataclass(frozen=True, kw_only=True)
class Change(Described):
    """A resource, and what has to be done about it."""

    kind: str
    """What it is, in the cloud's own words: workload identity pool."""
    name: str
    """The cloud's full name, or ARN."""
    action: Action
    before: dict[str, Any] | None
    """The state now; null if the resource does not exist, or could not be read."""
    after: dict[str, Any]
    """The state that is wanted."""
    fields: list[Field]
    """What differs."""
    blind: str | None
    """Why the state could not be read; null if it was."""
    impact: str | None
    """What the change does to running workloads; null if it does nothing."""
    gains: list[str]
    """What the change gives to someone although the setup does not ask for it."""
    notes: list[str]
    """What is worth knowing about the resource, whether or not it changes."""
    commands: list[str]
    """The same change as commands."""


@dataclass(frozen=True, kw_only=True)
class Loss(Described):
    """Something that someone can do now and cannot do after apply; apply needs --accept-loss."""

    kind: str
    """What the changed resource is, in the cloud's own words."""
    name: str
    """The cloud's full name of the resource, or its ARN."""
    text: str
    """Who loses what."""


@dataclass(frozen=True, kw_only=True)
class LeftToOwner(Described):
    """A change that apply does not make, because another tool manages the resource and would revert it."""

    tool: str
    """The tool: Helm, Argo CD, Terraform."""
    place: str
    """Where the change must be made."""
    change: Change


@dataclass(frozen=True, kw_only=True)
class Waiting(Described):
    """A change that apply does not make, because it needs a change that is left to another tool."""

    needs: str
    """The name of the resource that must be changed first."""
    change: Change


@dataclass(frozen=True, kw_only=True)
class Permission(Described):
    """A permission of yours that the changes need."""

    cloud: str
    permission: str
    on: str
    """The resource."""
    status: Literal["granted", "missing", "unknown"]
    fix: str
    """What to do, or why it is unknown; empty if it is granted."""


@dataclass(frozen=True, kw_only=True)
class Plan(Answer):
    """What `plan` answers: the changes, in the order in which they are made."""

    title: str
    summary: Summary
    changes: list[Change]
    permissions: list[Permission]
    notes: list[str]
    """What works within limits that you should know of."""
    handover: list[str]
    """With --only: the commands for the other side."""
    handover_notes: list[str]
    """What to know about these commands, such as what could not be read there."""
    losses: list[Loss]
    """What others lose; empty unless apply needs --accept-loss."""
    waiting: list[Waiting]
    """The changes that apply does not make before one of `left` is made."""
    left: list[LeftToOwner]
    """The changes that apply leaves to other tools, unless --override-owner."""


# apply


@dataclass(frozen=True, kw_only=True)
class Event(Answer):
    """A line of `apply`: something that happened to a change."""

    event: events.EventKind
    kind: str
    """What the resource is."""
    name: str
    """The cloud's full name of the resource, or its ARN."""
    action: Action
    text: str
    """For people: what is waited for, what was done, why it failed or was skipped."""
    elapsed: float
    """Seconds since the change was started; 0 before."""


@dataclass(frozen=True, kw_only=True)
class Result(Answer):
    """The last line of `apply`."""

    event: Literal["result"] = "result"
    outcome: Literal["done", "failed", "interrupted"]
    run: str | None
    """The run in the journal; null if there was nothing to do."""


# test


@dataclass(frozen=True, kw_only=True)
class Refusal(Described):
    """A cloud's own code and words."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Hop(Described):
    """A step of the live test, and what came of it."""

    hop: str
    title: str
    status: Status
    reason: str | None
    """Why it failed, was skipped or could not be proven; null if it is ok."""
    fix: str | None
    """What to do."""
    code: str
    """The code of the cause, for `wif-wizard doctor --explain`; empty if the cause has none."""
    elapsed: float
    """Seconds."""
    evidence: list[str]
    sent: dict[str, Any]
    """What was sent, with secrets masked."""
    received: dict[str, Any]
    """What was answered, with secrets masked."""
    error: Refusal | None
    """The words of the cloud that refused."""


@dataclass(frozen=True, kw_only=True)
class Test(Answer):
    """What `test` answers for a single workload."""

    passed: bool
    """Whether no step failed. What was not proven is in `not_proven`."""
    not_proven: list[str]
    """What the test could not prove, one sentence each. With --strict it makes the exit code 1."""
    notes: list[str]
    """What is worth knowing about the roles, such as a role that is missing for the usual job, or ends on a date."""
    holds_until: str | None
    """When the first role ends that a condition gives only for a time, in ISO 8601; null if no end is known."""
    place: str
    """Where the test ran: here, inside or task; output: in the workload, as a printed probe whose output was read."""
    hops: list[Hop]


@dataclass(frozen=True, kw_only=True)
class TestOfSeveral(Answer):
    """What `test` answers for several workloads."""

    passed: bool
    """Whether no step of any workload failed. What was not proven is in `not_proven`."""
    not_proven: list[str]
    """What the test could not prove, one sentence each, which begins with the workload."""
    notes: list[str]
    """What is worth knowing about the roles, such as a role that is missing for the usual job, or ends on a date."""
    holds_until: str | None
    """When the first role ends that a condition gives only for a time, in ISO 8601; null if no end is known."""
    place: str
    """Where the test ran: here, inside or task; output: in the workload, as a printed probe whose output was read."""
    workloads: dict[str, list[Hop]]
    """The steps of each workload, by its name."""
