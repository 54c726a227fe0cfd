"""The JSON of commands that work on several setups. See `formats`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wizard.commands.formats import Answer, CloudError, Described, Error, Plan, SetupFileError, Test, TestOfSeveral
from wizard.commands.formats_doctor import Diagnosis


@dataclass(frozen=True, kw_only=True)
class PlanOfSetup(Described):
    """The plan of one of several setups."""

    file: str
    plan: Plan | None
    """null if there is an error."""
    error: SetupFileError | CloudError | Error | None
    """Why there is no plan; null if there is one."""


@dataclass(frozen=True, kw_only=True)
class Clash(Described):
    """A resource of which setups want different things."""

    files: list[str]
    kind: str
    """What the resource is."""
    name: str
    """The cloud's full name of the resource, or its ARN."""
    contradiction: bool
    """Whether no order of applies satisfies both setups: apply refuses them."""
    text: str
    """For people."""


@dataclass(frozen=True, kw_only=True)
class Plans(Answer):
    """What `plan` answers about several setups."""

    setups: list[PlanOfSetup]
    """In the order of the table."""
    clashes: list[Clash]
    notes: list[str]
    """What was left out: files that are not setups, and files that were named twice."""


@dataclass(frozen=True, kw_only=True)
class TestOfSetup(Described):
    """The live test of one of several setups."""

    file: str
    test: Test | TestOfSeveral | None
    """null if there is an error."""
    error: SetupFileError | CloudError | Error | None
    """Why the test could not run; null if it ran."""


@dataclass(frozen=True, kw_only=True)
class Tests(Answer):
    """What `test` answers about several setups."""

    passed: bool
    """Whether every test ran, and no step failed."""
    setups: list[TestOfSetup]
    notes: list[str]
    """What was left out: files that are not setups, and files that were named twice."""


@dataclass(frozen=True, kw_only=True)
class DiagnosisOfSetup(Described):
    """What the doctor found about one of several setups."""

    file: str
    diagnosis: Diagnosis | None
    """null if there is an error."""
    error: SetupFileError | CloudError | Error | None
    """Why there is no diagnosis; null if there is one."""


@dataclass(frozen=True, kw_only=True)
class Diagnoses(Answer):
    """What `doctor` answers about several setups."""

    setups: list[DiagnosisOfSetup]
    notes: list[str]
    """What was left out: files that are not setups, and files that were named twice."""


@dataclass(frozen=True, kw_only=True)
class NextSetup(Answer):
    """A line of `apply` with several setups: the lines that follow are about this setup."""

    event: Literal["setup"] = "setup"
    file: str


@dataclass(frozen=True, kw_only=True)
class AppliedSetups(Answer):
    """The last line of `apply` with several setups."""

    event: Literal["setups"] = "setups"
    done: list[str]
    """The setups of which everything is in place."""
    stopped: str | None
    """The setup that ended the command; null if all are done."""
    error: SetupFileError | CloudError | Error | None
    """Why nothing was applied to this setup; null if there is no such setup, or if its own lines say it."""
    not_begun: list[str]
