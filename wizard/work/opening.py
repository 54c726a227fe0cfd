"""Opens a setup file: reads the setup, and prepares its clouds and resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.sessions import Sessions
from wizard.modes.mode import Mode, table
from wizard.modes.opened import Opened
from wizard.setup import load
from wizard.setup.sections import Setup


def read_setup(path: Path) -> Setup:
    """Return the setup in a file. Raises SetupError with all problems of the file."""
    return load.load(path, table())


def mode_of(setup: Setup) -> Mode:
    """Return the mode of a setup."""
    return table()[setup.mode]


def open_setup(file: str, *, ask_google: bool = True) -> Opened:
    """Read a setup file and open it. Raises SetupError and CloudError.

    Without `ask_google`, the number of the project is not read from Google, and names contain a placeholder for it.
    """
    return _opened_file(Path(file), lambda _: ask_google)


def open_half(file: str, only: str | None, sessions: Sessions | None = None) -> Opened:
    """Read a setup file and open it for a plan of one half, or of both. Raises SetupError and CloudError.

    For a half that is not Google's, the number of the project is read if that is possible: the other half has it.
    `sessions` are those of the command, if it works on several setups.
    """
    path = Path(file)
    text = load.read_text(path)
    setup = load.loads(text, table(), str(path))
    return open_half_in_memory(setup, only, path.resolve().parent, text, sessions=sessions)


def open_half_in_memory(
    setup: Setup,
    only: str | None,
    folder: Path,
    text: str | None = None,
    environ: Mapping[str, str] | None = None,
    sessions: Sessions | None = None,
) -> Opened:
    """Open a setup that is in memory for a plan of one half, or of both. Raises CloudError. See `open_half`."""
    try:
        return open_in_memory(setup, folder, text, environ, sessions=sessions)
    except CloudError:
        if only in (None, "google"):
            raise
        return open_in_memory(setup, folder, text, environ, ask_google=False, sessions=sessions)


def open_for_test(file: str, sessions: Sessions | None = None) -> Opened:
    """Read a setup file and open it for its live test. Raises SetupError and CloudError."""
    return _opened_file(Path(file), lambda mode: mode.test_needs_number, sessions)


def open_unread(file: str, sessions: Sessions | None = None) -> Opened:
    """Read a setup file and open it without a call to a cloud. Raises SetupError.

    A number of a project that only Google knows is UNKNOWN_NUMBER.
    """
    return _opened_file(Path(file), lambda _: False, sessions)


def _opened_file(path: Path, asks_google: Callable[[Mode], bool], sessions: Sessions | None = None) -> Opened:
    # Read once: what is opened, and what the journal keeps, is the same text.
    text = load.read_text(path)
    setup = load.loads(text, table(), str(path))
    asks = asks_google(mode_of(setup))
    return open_in_memory(setup, path.resolve().parent, text, ask_google=asks, sessions=sessions)


def open_in_memory(
    setup: Setup,
    folder: Path,
    text: str | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    ask_google: bool = True,
    sessions: Sessions | None = None,
) -> Opened:
    """Open a setup that is in memory. Raises CloudError.

    Relative paths in the setup are relative to `folder`. The journal records `text`; None means that the text is
    generated. For `ask_google` see `open_setup`. `sessions` have an environment of their own.
    """
    text = load.dump(setup) if text is None else text
    return mode_of(setup).open(setup, folder, text, sessions or Sessions(environ), ask_google=ask_google)


def setup_schema() -> dict[str, Any]:
    """Return the JSON Schema of the setup file."""
    from wizard.setup.schema import json_schema

    return json_schema(table())
