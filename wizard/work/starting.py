"""What the doctor can start from: recognises what a person has in hand, and opens it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.clouds.errors import CloudError
from wizard.modes.mode import table
from wizard.modes.opened import FoundSetup, Inventory, Opened, OpenedConfiguration
from wizard.setup import load
from wizard.setup.problems import BadInput
from wizard.work import opening, surroundings, testing

_NO_FILE = (
    'there is no file "{given}", and the doctor found no workload with this name. Name one of these: a setup, a '
    "credential configuration, the ARN of a role or of a job or task definition, the email address of a service "
    "account, NAMESPACE/SERVICE_ACCOUNT, pod/NAME, cluster/NAME or account/REGION. Or add an error text with --error"
)
_NO_SETUP = "the doctor could not find the setup of the credential configuration: {reason}"
_NUMBER_UNKNOWN = "Google Cloud: {reason}"
_NOT_FOUND_SETUP = "the doctor found no setup for {given}, so --save cannot write a setup: remove --save"
_EXISTS = "--save {path}: the file exists; the doctor does not overwrite files"


@dataclass(frozen=True)
class Started:
    """Something that was opened to be diagnosed."""

    given: str
    """What the person gave."""
    opened: Opened | OpenedConfiguration
    assumed: tuple[str, ...] = ()
    """What was found or assumed to open it, one sentence each."""
    unknown: tuple[str, ...] = ()
    """What could not be read, one sentence each."""
    half: str | None = None
    """The only half of the setup that can be read; None if both can."""
    found_setup: bool = False
    """Whether the setup was found in the clouds, and is in no file."""
    file: Path | None = None
    """The setup file, if there is one."""


def start(given: str, role: str = "", environ: Mapping[str, str] | None = None) -> Started | Inventory | str:
    """Open what a person gave: a file, or a name that leads to a workload. An error text is returned as it is.

    For a cluster or an account, return how its workloads reach Google Cloud today.

    `role` is the name or the ARN of the workload's role, if the person gave one. Raises BadInput, CloudError, and
    NoWay if no cloud can be reached from here.
    """
    environ = os.environ if environ is None else environ
    if _is_text(given):
        return given
    surroundings.check(environ)
    if Path(given).expanduser().exists():
        return _file(given, role, environ)
    for mode in table().values():
        inventory = mode.inventory(given, environ)
        if inventory:
            return inventory
        found = mode.find_setup(given, environ)
        if found:
            return _found(given, found, Path.cwd(), environ)
    raise BadInput(_NO_FILE.format(given=given))


def error_text(given: str) -> str:
    """Return an error text. Raises BadInput if it is empty."""
    if not given.strip():
        raise BadInput("the error text is empty: paste the whole error, or pipe the error to wif-wizard doctor -")
    return given


def save(started: Started, path: Path) -> None:
    """Write the setup that was found to a new file. Raises BadInput if there is none, or if the file exists."""
    if not started.found_setup or not isinstance(started.opened, Opened):
        raise BadInput(_NOT_FOUND_SETUP.format(given=started.given))
    if path.exists():
        raise BadInput(_EXISTS.format(path=path))
    try:
        path.write_text(started.opened.text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"--save {path}: {error.strerror}") from error


def _file(given: str, role: str, environ: Mapping[str, str]) -> Started:
    path = Path(given).expanduser()
    if testing.is_configuration(str(path)):
        return _configuration(path, role, environ)
    return _setup(given, path, environ)


def _setup(given: str, path: Path, environ: Mapping[str, str]) -> Started:
    """Open a setup file, also if Google Cloud does not tell the number of its project: then the other half is open."""
    text = load.read_text(path)
    setup, folder = load.loads(text, table(), given), path.resolve().parent
    try:
        return Started(given, opening.open_in_memory(setup, folder, text, environ), file=path)
    except CloudError as error:
        opened = opening.open_in_memory(setup, folder, text, environ, ask_google=False)
        halves = opening.mode_of(opened.setup).halves
        other = next(half for half in halves if half != "google")
        return Started(given, opened, unknown=(_NUMBER_UNKNOWN.format(reason=error.message),), half=other, file=path)


def _configuration(path: Path, role: str, environ: Mapping[str, str]) -> Started:
    """Open a credential configuration together with the setup that it belongs to, or alone if that is not found."""
    configuration = testing.open_configuration(path, role, environ)
    try:
        return _found(str(path), configuration.found_setup(), path.resolve().parent, environ)
    except (BadInput, CloudError) as error:
        return Started(str(path), configuration, unknown=(_NO_SETUP.format(reason=error),))


def _found(given: str, found: FoundSetup, folder: Path, environ: Mapping[str, str]) -> Started:
    """Open a setup that was found in the clouds."""
    opened = opening.open_in_memory(load.from_data(found.data, table(), given), folder, environ=environ)
    return Started(given, opened, found.assumed, found.unknown, found_setup=True)


def _is_text(given: str) -> bool:
    """Return whether a text is an error, and not a name: it has several lines, or several words and is no file."""
    return "\n" in given.strip() or (len(given.split()) > 2 and not Path(given).expanduser().exists())
