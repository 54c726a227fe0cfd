"""What is said and kept when the wizard ends in a way it should not."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path


def log_path(environ: Mapping[str, str]) -> Path:
    """Where the traceback goes."""
    state = environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state, "wif-wizard", "crash.log")


def write(error: BaseException, environ: Mapping[str, str]) -> str:
    """Keep the traceback, without local variables, readable by its owner only; answers the apology."""
    path = log_path(environ)
    text = f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{''.join(traceback.format_exception(error))}\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            path.chmod(0o600)
            file.write(text)
        where = f"What happened is in {path}."
    except OSError as problem:
        where = f"What happened could not be kept in {path} ({problem.strerror}): {type(error).__name__}."
    return (
        f"wif-wizard ended on a mistake of its own, sorry.\n{where}\n"
        "What was applied is in the journal: start again with the same setup, and it is found in place."
    )
