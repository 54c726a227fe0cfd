"""The JSON that `runs` answers with --json."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from wizard.commands.formats import Answer, Described
from wizard.engine.journal import RunOutcome, WriteOutcome


@dataclass(frozen=True, kw_only=True)
class Write(Described):
    """One write of a run."""

    run: str
    ordinal: int
    kind: str
    """What the resource is."""
    name: str
    """The cloud's full name of the resource, or its ARN."""
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any]
    started: str
    """ISO 8601, in UTC, as all times are."""
    finished: str | None
    outcome: WriteOutcome
    """started: no answer arrived; done: accepted; failed: refused."""
    operation: str | None
    """The long operation that the write began."""
    error: str | None
    """Why it was refused; or, if it was accepted, why it could not be verified."""


@dataclass(frozen=True, kw_only=True)
class RunDetails(Described):
    """What a run was asked to do, by whom and where."""

    by: str
    """The user and the host."""
    identities: list[str]
    """The operator in each cloud."""
    folder: str
    """The folder of the setup file."""
    file: str
    """The setup file as the operator named it; empty if there was none."""
    only: str | None
    """The half of the setup that was applied; null for both."""
    override_owner: bool
    reverts: list[str]
    """The runs that it reverts; empty for a run of apply."""
    services: bool
    """Whether it disables the services that those runs enabled."""
    resumes: list[str]
    """The unfinished runs that it completes, oldest first."""


@dataclass(frozen=True, kw_only=True)
class Run(Described):
    """One run of apply."""

    id: str
    started: str
    """ISO 8601, in UTC, as all times are."""
    ended: str | None
    outcome: RunOutcome
    title: str
    setup: str
    """The text of the setup file, as it was applied."""
    state: Literal["running", "done", "failed", "interrupted", "reverted"]
    """The outcome; reverted or done if another run reverted or completed it."""
    reverted_by: str | None
    """The run that reverted it."""
    completed_by: str | None
    """The run that resumed it and completed it."""
    details: RunDetails
    writes: list[Write] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Leftover(Described):
    """Something that an interrupted live test of this machine left in a cloud."""

    kind: str
    """What it is."""
    name: str
    started: str
    """When the live test recorded it, just before it created it."""


@dataclass(frozen=True, kw_only=True)
class Runs(Answer):
    """What `runs` answers: the newest run first."""

    runs: list[Run]
    leftovers: list[Leftover]
    """What interrupted live tests left, the oldest first. The commands
    apply, test and resume of the setup remove it."""
