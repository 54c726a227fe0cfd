"""Writes the files of a setup for the team: the script, manifests, code. No file of anyone else is overwritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from wizard.clouds.errors import CloudError
from wizard.engine.plan import plan
from wizard.engine.resource import Refused
from wizard.export import table
from wizard.export.source import History, Planned, Source
from wizard.language import _, speaking
from wizard.modes.opened import ExportedFile, Opened
from wizard.outside import files
from wizard.setup.problems import BadInput
from wizard.work import last_test, runs
from wizard.work.opening import open_in_memory, open_setup

RECORD = ".wif-wizard-export.json"
"""The file in a folder of exported files that says what the wizard wrote there: the hash of each file."""

State = Literal["written", "in place", "kept", "overwritten"]

_WITH_EVIDENCE = ("report", table.ALL)
"""The exports that have the plan and the last live test."""

_LINE = "{resource}: {action}"
_ACTIONS = {
    "create": "to be created",
    "update": "to be changed",
    "undelete": "to be undeleted",
    "delete": "to be deleted",
    "none": "in place",
}
_NOT_WRITTEN = "the wizard cannot write {path}: {error}"
_OUTSIDE = "the wizard cannot write {path}: a symbolic link in this path points to another folder, {folder}"


@dataclass(frozen=True)
class Saved:
    """What became of one file: it was written, was there with the same content, was kept, or was overwritten."""

    path: Path
    title: str
    state: State


def exported(file: str, what: str) -> list[ExportedFile]:
    """Return the files of one export of a setup file. Raises BadInput, SetupError and CloudError."""
    with speaking("en"):
        return table.files(source_of(file, what), what)


def of_opened(opened: Opened, file: Path, what: str) -> list[ExportedFile]:
    """Return the files of one export of a setup that is open, in English. `file` is the path of the setup file.

    Raises BadInput and CloudError.
    """
    with speaking("en"):
        return _of_opened(opened, file, what)


def _of_opened(opened: Opened, file: Path, what: str) -> list[ExportedFile]:
    folder = file.resolve().parent
    unread = open_in_memory(opened.setup, folder, opened.text, opened.clouds.environ, ask_google=False)
    source = Source(opened, unread, file.name, folder, History(runs.of_file(file)))
    if what in _WITH_EVIDENCE:
        source = replace(source, planned=_planned(opened), test=last_test.read(opened))
    return table.files(source, what)


def source_of(file: str, what: str) -> Source:
    """Return what an exporter works from. Google Cloud is asked for the number of the project only if files have it.

    Raises SetupError, and CloudError if the number is needed and cannot be read.
    """
    opened, unread = _opened(file, table.EXPORTERS[what].number)
    path = Path(file)
    source = Source(opened, unread, path.name, path.resolve().parent, History(runs.of_file(path)))
    if what not in _WITH_EVIDENCE:
        return source
    return replace(source, planned=_planned(opened), test=last_test.read(opened))


def _opened(file: str, number: table.Number) -> tuple[Opened, Opened]:
    """Return a setup with the number of the project, if it must or can be read, and without it."""
    if number == "needed":
        opened = open_setup(file)
        return opened, opened
    unread = open_setup(file, ask_google=False)
    if number == "no":
        return unread, unread
    try:
        return open_setup(file), unread
    except CloudError:
        return unread, unread


def _planned(opened: Opened) -> Planned:
    """Return the plan of a setup, one line for each resource, as far as the clouds can be read."""
    try:
        found = plan(opened.resources(), opened.clouds)
    except Refused as error:
        return Planned(unread=error.message)
    lines = [_LINE.format(action=_ACTIONS[change.action], resource=change.resource) for change in found.changes]
    return Planned(tuple(lines), len(found.pending), changes=found.changes)


def save(
    exports: Sequence[ExportedFile],
    folder: Path,
    may_overwrite: Callable[[Path, bool], bool] = lambda _, __: False,
) -> list[Saved]:
    """Write files to a folder, which is created if it does not exist. Raises BadInput.

    `may_overwrite` is asked before a file with other content is overwritten: with its path, and whether the content
    is what the wizard wrote there before.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        record = _read_record(folder)
        saved = [_save(export, folder, record, may_overwrite) for export in exports]
        _write_record(folder, record, exports, saved)
    except OSError as error:
        raise BadInput(_(_NOT_WRITTEN).format(path=error.filename or folder, error=error.strerror)) from error
    return saved


def _save(
    export: ExportedFile, folder: Path, record: dict[str, str], may_overwrite: Callable[[Path, bool], bool]
) -> Saved:
    path = folder / export.file
    _refuse_outside(path, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:  # never over a file, nor through a link
            file.write(export.text)
    except FileExistsError:
        return Saved(path, export.title, _over(export, path, record, may_overwrite))
    return Saved(path, export.title, "written")


def _over(
    export: ExportedFile, path: Path, record: dict[str, str], may_overwrite: Callable[[Path, bool], bool]
) -> State:
    there = _content(path)
    if there == export.text:
        return "in place"
    is_ours = there is not None and record.get(export.file) == _hash(there)
    if path.is_symlink() or not may_overwrite(path, is_ours):
        return "kept"
    path.write_text(export.text, encoding="utf-8")
    return "overwritten"


def _refuse_outside(path: Path, folder: Path) -> None:
    """Raise BadInput if a link in the folder leads to a place outside of it."""
    home, parent = folder.resolve(), path.parent.resolve()
    if parent != home and home not in parent.parents:
        raise BadInput(_(_OUTSIDE).format(path=path, folder=parent))


def _read_record(folder: Path) -> dict[str, str]:
    """Return the hashes of what the wizard wrote to a folder, by file; empty if that is not known."""
    try:
        document = json.loads(files.read_text(folder / RECORD))
    except (OSError, ValueError, RecursionError):
        return {}
    found = document.get("files") if isinstance(document, dict) else None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _write_record(
    folder: Path, record: dict[str, str], exports: Sequence[ExportedFile], saved: Sequence[Saved]
) -> None:
    kept = {each.path for each in saved if each.state == "kept"}
    ours = {export.file: _hash(export.text) for export in exports if folder / export.file not in kept}
    wanted = dict(sorted((record | ours).items()))
    path = folder / RECORD
    if wanted != record and not path.is_symlink():
        path.write_text(json.dumps({"format": 1, "files": wanted}, indent=2) + "\n", encoding="utf-8")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _content(path: Path) -> str | None:
    try:
        return files.read_text(path)
    except (OSError, UnicodeDecodeError):
        return None
