"""Files that a command writes beside its answer, such as a report: the whole file, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

from wizard.engine.resource import Refused
from wizard.language import _
from wizard.setup.problems import BadInput

_NO_FOLDER = "{option}: the folder {folder} does not exist; create the folder, or choose another file"
_IS_FOLDER = "{option}: {path} is a folder; choose a file"
_NOT_WRITABLE = "{option}: you cannot write to the folder {folder}; choose a file in another folder"
_NOT_WRITTEN = "{option}: the wizard could not write {path}: {error}"


def check_path(path: Path, option: str) -> None:
    """Raise BadInput if the file that an option names cannot be written."""
    if not path.parent.is_dir():
        raise BadInput(_(_NO_FOLDER).format(option=option, folder=path.parent))
    if path.is_dir():
        raise BadInput(_(_IS_FOLDER).format(option=option, path=path))
    if not os.access(path.parent, os.W_OK):
        raise BadInput(_(_NOT_WRITABLE).format(option=option, folder=path.parent))


def write(path: Path, text: str, option: str) -> None:
    """Write the file: the whole of it or, if that fails, nothing. Raises Refused."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise Refused(_(_NOT_WRITTEN).format(option=option, path=path, error=error.strerror)) from error
