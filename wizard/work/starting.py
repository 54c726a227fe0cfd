"""What the doctor can start from: recognises what a person has in hand, and opens it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.clouds import missing_permissions
from wizard.clouds.errors import CloudError
from wizard.clouds.sessions import Sessions
from wizard.detect.machine import google_defaults
from wizard.federation.annotation import is_email
from wizard.language import _
from wizard.modes import configurations
from wizard.modes.mode import table
from wizard.modes.opened import FoundSetup, Inventory, NearGrant, Opened, OpenedConfiguration
from wizard.outside import files
from wizard.setup import load, recognise, service_accounts
from wizard.setup.problems import BadInput
from wizard.work import given_file, opening, pasted, surroundings, testing

_NO_FILE = (
    'the file "{given}" does not exist, and the doctor found no workload with this name. Specify one of these: a '
    "setup, a credential configuration, the ARN of a role, job definition or task definition, the email address of a "
    "service account, NAMESPACE/SERVICE_ACCOUNT, pod/NAME, cluster/NAME or account/REGION. Alternatively, add an "
    "error text with --error"
)
_MANIFEST = (
    "{path} is a Kubernetes manifest. Specify the Kubernetes service account that the pods use: wif-wizard doctor "
    "NAMESPACE/SERVICE_ACCOUNT"
)
_EMPTY = "{path} is empty: specify a setup, or the credential configuration that the workload uses"
_OTHER_TEXT = (
    "{path} is neither a setup nor a credential configuration. If the file contains an error text, run: wif-wizard "
    "doctor - <{quoted}"
)
_POD_AFTER = "put the namespace before pod/: wif-wizard doctor {namespace}/pod/{name}"
_PERSON = (
    "{given} is not the email address of a service account: such addresses end in .gserviceaccount.com. Specify the "
    "service account that the workload uses"
)
_NO_ACCOUNT = (
    "the service account {given} does not exist. If someone deleted the service account less than 30 days ago, you "
    "can undelete the account with its unique ID: gcloud iam service-accounts undelete UNIQUE_ID"
)
_UNREAD_ACCOUNT = (
    "the doctor cannot read the service account {given} ({reason}). Specify the credential configuration of the "
    "workload, the ARN of its role, or NAMESPACE/SERVICE_ACCOUNT"
)
_UNUSED_ACCOUNT = (
    "the doctor found no workload that impersonates {given}. Specify the credential configuration of the workload, the "
    "ARN of its role, or NAMESPACE/SERVICE_ACCOUNT"
)
_NO_SETUP = "the doctor could not find the setup for the credential configuration: {reason}"
_NUMBER_UNKNOWN = "Google Cloud: {reason}"
_PASTED_SETUP = "the pasted setup"
_NOT_FOUND_SETUP = "the doctor found no setup for {given}, so --save cannot write a setup: remove --save"
_EXISTS = "--save {path}: the file exists, and the doctor does not overwrite files. Specify another file"

_DATA = (".json", ".yaml", ".yml")
"""The names of files that are meant as a setup or as a credential configuration end so."""
_POD_IN_NAMESPACE = re.compile(r"pods?/(?P<namespace>[a-z0-9-]+)/(?P<name>[a-z0-9.-]+)")


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
    near_grants: tuple[NearGrant, ...] = ()
    """What policies grant to a wrong member, beside what the workload has."""
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
    kind = pasted.kind_of(given)
    if not kind and _is_text(given):
        return given
    surroundings.check(environ)
    if kind:
        return _pasted(given, kind, role, environ)
    if Path(given).expanduser().exists():
        return _file(given, role, environ)
    _check_name(given)
    for mode in table().values():
        inventory = mode.inventory(given, environ)
        if inventory:
            return inventory
        found = mode.find_setup(given, environ)
        if found:
            return _found(given, found, Path.cwd(), environ)
    raise BadInput(_unknown_account(given, environ) if is_email(given) else _(_NO_FILE).format(given=given))


def _check_name(given: str) -> None:
    """Raise BadInput for a name that cannot lead to a workload, although it looks as if it did."""
    pod = _POD_IN_NAMESPACE.fullmatch(given)
    if pod:
        raise BadInput(_(_POD_AFTER).format(**pod.groupdict()))
    if is_email(given) and not given.endswith(".gserviceaccount.com"):
        raise BadInput(_(_PERSON).format(given=given))


def _unknown_account(email: str, environ: Mapping[str, str]) -> str:
    """Return why a service account leads to no workload, and what to do."""
    default = google_defaults(environ).get("google.project")
    project = service_accounts.project_of(email, "-")
    clouds = Sessions(environ).clouds(str(default.value) if default else project)
    try:
        clouds.google_iam.get_service_account(project, email)
    except CloudError as error:
        if error.status == 404:
            return _(_NO_ACCOUNT).format(given=email)
        return _(_UNREAD_ACCOUNT).format(given=email, reason=missing_permissions.words(error))
    return _(_UNUSED_ACCOUNT).format(given=email)


def error_text(given: str) -> str:
    """Return an error text. Raises BadInput if it is empty."""
    if not given.strip():
        raise BadInput(_("the error text is empty: paste the whole error, or pipe the error to `wif-wizard doctor -`"))
    return given


def save(started: Started, path: Path) -> None:
    """Write the setup that was found to a new file. Raises BadInput if there is none, or if the file exists."""
    if not started.found_setup or not isinstance(started.opened, Opened):
        raise BadInput(_(_NOT_FOUND_SETUP).format(given=started.given))
    if path.exists():
        raise BadInput(_(_EXISTS).format(path=path))
    try:
        path.write_text(started.opened.text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"--save {path}: {error.strerror}") from error


def _file(given: str, role: str, environ: Mapping[str, str]) -> Started:
    path = Path(given).expanduser()
    _check_kind(path)
    if given_file.is_configuration(str(path)):
        return _configuration(path, role, environ)
    return setup_in(given, Sessions(environ))


def _check_kind(path: Path) -> None:
    """Raise BadInput for a file that is clearly neither a setup nor a credential configuration."""
    try:
        text = files.read_text(path)
    except (OSError, UnicodeDecodeError):
        return  # what reads the file next says why it cannot
    kind = recognise.kind_of_text(text)
    if kind is not None and kind.name == "manifest":
        raise BadInput(_(_MANIFEST).format(path=path))
    if kind is not None or path.suffix in _DATA or recognise.is_setup(text):
        return
    if not text.strip():
        raise BadInput(_(_EMPTY).format(path=path))
    if text.lstrip()[0] not in "{[":
        raise BadInput(_(_OTHER_TEXT).format(path=path, quoted=shlex.quote(str(path))))


def _pasted(text: str, kind: pasted.Kind, role: str, environ: Mapping[str, str]) -> Started:
    """Open a setup or a credential configuration that was pasted as a whole."""
    if kind == "setup":
        opened = opening.open_in_memory(load.loads(text, table(), "setup"), Path.cwd(), text, environ=environ)
        return Started(_(_PASTED_SETUP), opened)
    path = pasted.path_of(text)
    document = configurations.document_of(text, path)
    return _described(path, testing.open_document(path, document, role, environ), environ)


def setup_in(given: str, sessions: Sessions) -> Started:
    """Open a setup file, also if Google Cloud does not tell the number of its project: then the other half is open.

    Raises SetupError.
    """
    path = Path(given).expanduser()
    text = load.read_text(path)
    setup, folder = load.loads(text, table(), given), path.resolve().parent
    try:
        return Started(given, opening.open_in_memory(setup, folder, text, sessions=sessions), file=path)
    except CloudError as error:
        opened = opening.open_in_memory(setup, folder, text, ask_google=False, sessions=sessions)
        halves = opening.mode_of(opened.setup).halves
        other = next(half for half in halves if half != "google")
        unknown = _(_NUMBER_UNKNOWN).format(reason=missing_permissions.words(error))
        return Started(given, opened, unknown=(unknown,), half=other, file=path)


def _configuration(path: Path, role: str, environ: Mapping[str, str]) -> Started:
    """Open a credential configuration together with the setup that it belongs to, or alone if that is not found."""
    return _described(path, testing.open_configuration(path, role, environ), environ)


def _described(path: Path, configuration: OpenedConfiguration, environ: Mapping[str, str]) -> Started:
    """Return a credential configuration together with the setup that was found for it, or alone."""
    try:
        return _found(str(path), configuration.found_setup(), path.resolve().parent, environ)
    except (BadInput, CloudError) as error:
        return Started(str(path), configuration, unknown=(_(_NO_SETUP).format(reason=error),))


def _found(given: str, found: FoundSetup, folder: Path, environ: Mapping[str, str]) -> Started:
    """Open a setup that was found in the clouds."""
    opened = opening.open_in_memory(load.from_data(found.data, table(), given), folder, environ=environ)
    return Started(given, opened, found.assumed, found.unknown, near_grants=found.near_grants, found_setup=True)


def _is_text(given: str) -> bool:
    """Return whether a text is an error, and not a name: it has several lines, or several words and is no file."""
    return "\n" in given.strip() or (len(given.split()) > 2 and not Path(given).expanduser().exists())
