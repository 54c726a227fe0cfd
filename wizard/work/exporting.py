"""Exports what the application's team needs: writes the files of a setup to a folder, over no file of somebody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wizard.modes.opened import ExportedFile, Opened
from wizard.outside import files
from wizard.setup.problems import BadInput


@dataclass(frozen=True)
class Saved:
    """What became of one file: it was written, was there with the same content, or was kept with its other content."""

    path: Path
    title: str
    state: Literal["written", "in place", "kept"]


def app_files(opened: Opened) -> list[ExportedFile]:
    """Return the files for the application of a setup: configuration, manifests, code."""
    return opened.exports()


def save(exported: Sequence[ExportedFile], folder: Path) -> list[Saved]:
    """Write files to a folder, which is created if it does not exist. Raises BadInput."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [Saved(folder / each.file, each.title, _save(each, folder / each.file)) for each in exported]
    except OSError as error:
        raise BadInput(f"cannot write {error.filename or folder}: {error.strerror}") from error


def _save(exported: ExportedFile, path: Path) -> Literal["written", "in place", "kept"]:
    try:
        with path.open("x", encoding="utf-8") as file:  # never over a file, nor through a link
            file.write(exported.text)
    except FileExistsError:
        return "in place" if _content(path) == exported.text else "kept"
    return "written"


def _content(path: Path) -> str | None:
    try:
        return files.read_text(path)
    except (OSError, UnicodeDecodeError):
        return None
