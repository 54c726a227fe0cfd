"""Files that a command writes beside its answer, such as a report: the whole file, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

from wizard.engine.resource import Refused
from wizard.setup.problems import BadInput


def check_path(path: Path, option: str) -> None:
    """Raise BadInput if the file that an option names cannot be written."""
    if not path.parent.is_dir():
        raise BadInput(f"{option}: the folder {path.parent} does not exist; create the folder, or name another file")
    if path.is_dir():
        raise BadInput(f"{option}: {path} is a folder; name a file")
    if not os.access(path.parent, os.W_OK):
        raise BadInput(f"{option}: you cannot write to the folder {path.parent}; name a file in another folder")


def write(path: Path, text: str, option: str) -> None:
    """Write the file: the whole of it or, if that fails, nothing. Raises Refused."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise Refused(f"{option}: {path} was not written: {error.strerror}") from error
