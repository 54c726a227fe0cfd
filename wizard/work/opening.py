"""Opening a setup file: what it says, the clouds it is about, and the resources that it wants."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wizard.modes.mode import Mode, table
from wizard.modes.opened import Opened
from wizard.setup import load
from wizard.setup.sections import Setup


def read_setup(path: Path) -> Setup:
    """The setup in a file. Raises SetupError with every problem."""
    return load.load(path, table())


def mode_of(setup: Setup) -> Mode:
    """The mode of a setup."""
    return table()[setup.mode]


def open_setup(file: str, *, ask_google: bool = True) -> Opened:
    """Read a setup file and open it. Raises SetupError, CloudError.

    Unless `ask_google`, the number of the project is not asked for, and a word stands in its place.
    """
    return _opened_file(Path(file), lambda _: ask_google)


def open_for_test(file: str) -> Opened:
    """Read a setup file and open it for its live test. Raises SetupError, CloudError."""
    return _opened_file(Path(file), lambda mode: mode.test_needs_number)


def _opened_file(path: Path, asks_google: Callable[[Mode], bool]) -> Opened:
    """Read once: what is opened, and what the journal keeps, is the same text."""
    text = load.read_text(path)
    setup = load.loads(text, table(), str(path))
    return opened(setup, path.resolve().parent, text, ask_google=asks_google(mode_of(setup)))


def opened(
    setup: Setup,
    folder: Path,
    text: str | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    ask_google: bool = True,
) -> Opened:
    """Open a setup in memory: `folder` is where relative files go, `text` the file's own words if there are any.

    Raises CloudError.
    """
    text = load.dump(setup) if text is None else text
    environ = os.environ if environ is None else environ
    return mode_of(setup).open(setup, folder, text, environ, ask_google=ask_google)


def setup_schema() -> dict[str, Any]:
    """The JSON Schema of the setup file."""
    return load.json_schema(table())
