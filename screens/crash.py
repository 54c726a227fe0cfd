"""Logs an unexpected error that ends the wizard, and tells the user about it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from wizard.language import _
from wizard.outside.text import visible

_NOT_WRITTEN = "Error type: {kind}. The wizard could not write the details to {path}: {error}."
_SORRY = "A bug in wif-wizard ended the program."
_GO_ON = (
    "The journal contains the changes that the wizard applied. To continue, start wif-wizard again with the same setup."
)


def log_path(environ: Mapping[str, str]) -> Path:
    """Return the path of the file for the traceback."""
    state = environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state, "wif-wizard", "crash.log")


def write(error: BaseException, environ: Mapping[str, str]) -> str:
    """Write the traceback, without local variables, to a file that only its owner can read.

    Returns the message for the user.
    """
    path = log_path(environ)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    text = visible(f"{when}\n{''.join(traceback.format_exception(error))}\n")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            path.chmod(0o600)
            file.write(text)
        log = _("The details are in {path}.").format(path=path)
    except OSError as problem:
        kind = type(error).__name__
        log = _(_NOT_WRITTEN).format(kind=kind, path=path, error=problem.strerror)
    return f"{_(_SORRY)}\n{log}\n{_(_GO_ON)}"
