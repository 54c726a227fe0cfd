"""A setup file, opened: what it says, the clouds it is about, and its blueprint."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, overload

from wizard import detect
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.commands.exits import BadInput
from wizard.engine.resource import Resource
from wizard.modes import consistency
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.model import AwsSetup
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.model import GkeSetup
from wizard.setup.load import Setup, SetupError, dump, load

UNKNOWN_NUMBER = "PROJECT_NUMBER"
"""Stands for the number of the pool's project where Google is not asked."""


@dataclass(frozen=True)
class Opened(ABC):
    """Everything a command needs to work on one setup, of either mode."""

    HALVES: ClassVar[tuple[str, str]]
    """The two parts that can be planned alone (`--only`), as different people may be allowed to do them."""

    text: str
    clouds: Clouds

    @property
    @abstractmethod
    def title(self) -> str:
        """Both ends in one line."""

    @property
    @abstractmethod
    def notes(self) -> list[str]:
        """What works within limits that the operator should know of."""

    @abstractmethod
    def resources(self, only: str | None = None) -> list[Resource]:
        """Everything that must be so, or one half of it."""

    @abstractmethod
    def check_operator(self, only: str | None) -> None:
        """Refuse to work as somebody else than the setup means. Raises CloudError."""


@dataclass(frozen=True)
class AwsOpened(Opened):
    """A setup of a workload on AWS."""

    HALVES = ("aws", "google")
    setup: AwsSetup
    blueprint: Blueprint

    @property
    def title(self) -> str:
        setup = self.setup
        return f"AWS {setup.aws.account} role {setup.aws.role} -> Google Cloud {setup.google.project}"

    @property
    def notes(self) -> list[str]:
        return consistency.notes(self.setup)

    def resources(self, only: str | None = None) -> list[Resource]:
        return self.blueprint.resources(None if only is None else "aws" if only == "aws" else "google")

    def check_operator(self, only: str | None) -> None:
        """Refuse to work on another AWS account than the setup's."""
        if only == "google":
            return
        caller, wanted = self.clouds.aws.caller(), self.setup.aws.account
        if caller["Account"] != wanted:
            raise CloudError(
                "sts",
                "get_caller_identity",
                None,
                "OtherAccount",
                f"your AWS credentials are of account {caller['Account']} ({caller['Arn']}), the setup says {wanted}",
                "choose another AWS_PROFILE, or correct aws.account",
            )


@dataclass(frozen=True)
class GkeOpened(Opened):
    """A setup of workloads on GKE."""

    HALVES = ("google", "kubernetes")
    setup: GkeSetup
    blueprint: GkeBlueprint

    @property
    def title(self) -> str:
        setup = self.setup
        count = len(setup.workloads)
        workloads = "1 workload" if count == 1 else f"{count} workloads"
        return f"GKE cluster {setup.gke.cluster}, {workloads} -> Google Cloud {setup.google.project}"

    @property
    def notes(self) -> list[str]:
        return consistency.notes(self.setup)

    def resources(self, only: str | None = None) -> list[Resource]:
        return self.blueprint.resources(None if only is None else "google" if only == "google" else "kubernetes")

    def check_operator(self, only: str | None) -> None:
        """Cluster and project are named in the setup, and nothing else is implied by who the operator is."""


def open_setup(file: str, ask_google: bool = True) -> AwsOpened | GkeOpened:
    """Read the setup and, if Google may be asked, the number of the pool's project. Raises BadInput, CloudError."""
    path = Path(file)
    try:
        setup = load(path)
        text = path.read_text(encoding="utf-8-sig")
        return of_setup(setup, path.resolve().parent, text, ask_google=ask_google, source=file)
    except SetupError as error:
        raise BadInput(str(error)) from error


@overload
def of_setup(
    setup: AwsSetup,
    folder: Path,
    text: str | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    ask_google: bool = True,
    source: str = "setup",
) -> AwsOpened: ...
@overload
def of_setup(
    setup: GkeSetup,
    folder: Path,
    text: str | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    ask_google: bool = True,
    source: str = "setup",
) -> GkeOpened: ...
def of_setup(
    setup: Setup,
    folder: Path,
    text: str | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    ask_google: bool = True,
    source: str = "setup",
) -> AwsOpened | GkeOpened:
    """Open a setup in memory: `folder` is where relative files go, `text` the file's own words if there are any.

    Raises SetupError, which names `source`, and CloudError.
    """
    if found := consistency.problems(setup):
        raise SetupError(found, source)
    environ = os.environ if environ is None else environ
    text = dump(setup) if text is None else text
    if isinstance(setup, GkeSetup):
        clouds = Clouds(setup.google.project, environ=environ)
        number = detect.project_number(clouds, setup.google.project) if ask_google else UNKNOWN_NUMBER
        return GkeOpened(text, clouds, setup, GkeBlueprint(setup, number))
    clouds = Clouds(setup.google.project, setup.aws.region, folder / setup.credential_config_path, environ)
    number = detect.project_number(clouds, setup.pool_project) if ask_google else UNKNOWN_NUMBER
    return AwsOpened(text, clouds, setup, Blueprint(setup, number, environ, folder))
