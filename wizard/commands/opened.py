"""A setup file, opened: what it says, the clouds it is about, and its blueprint."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard import consistency, detect
from wizard.blueprint import Blueprint
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.commands.exits import BadInput
from wizard.setup.load import SetupError, dump, load
from wizard.setup.model import AwsSetup

UNKNOWN_NUMBER = "PROJECT_NUMBER"
"""Stands for the number of the pool's project where Google is not asked."""


@dataclass(frozen=True)
class Opened:
    """Everything a command needs to work on one setup."""

    setup: AwsSetup
    text: str
    clouds: Clouds
    blueprint: Blueprint

    @property
    def title(self) -> str:
        """Both ends in one line."""
        setup = self.setup
        return f"AWS {setup.aws.account} role {setup.aws.role} -> Google Cloud {setup.google.project}"


def open_setup(file: str, ask_google: bool = True) -> Opened:
    """Read the setup and, if Google may be asked, the number of the pool's project. Raises BadInput, CloudError."""
    path = Path(file)
    try:
        setup = load(path)
        text = path.read_text(encoding="utf-8-sig")
        return of_setup(setup, path.resolve().parent, text, ask_google=ask_google, source=file)
    except SetupError as error:
        raise BadInput(str(error)) from error


def of_setup(
    setup: AwsSetup,
    folder: Path,
    text: str | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    ask_google: bool = True,
    source: str = "setup",
) -> Opened:
    """Open a setup in memory: `folder` is where relative files go, `text` the file's own words if there are any.

    Raises SetupError, which names `source`, and CloudError.
    """
    if found := consistency.problems(setup):
        raise SetupError(found, source)
    environ = os.environ if environ is None else environ
    clouds = Clouds(setup.google.project, setup.aws.region, folder / setup.credential_config_path, environ)
    number = detect.project_number(clouds, setup.pool_project) if ask_google else UNKNOWN_NUMBER
    return Opened(setup, dump(setup) if text is None else text, clouds, Blueprint(setup, number, environ, folder))


def check_account(opened: Opened) -> None:
    """Refuse to work on another AWS account than the setup's. Raises CloudError."""
    caller = opened.clouds.aws.caller()
    wanted = opened.setup.aws.account
    if caller["Account"] != wanted:
        raise CloudError(
            "sts",
            "get_caller_identity",
            None,
            "OtherAccount",
            f"your AWS credentials are of account {caller['Account']} ({caller['Arn']}), the setup says {wanted}",
            "choose another AWS_PROFILE, or correct aws.account",
        )
