"""`wif-wizard` alone: the full-screen wizard, in a terminal."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

from wizard.setup.problems import BadInput


def run(options: argparse.Namespace) -> int:
    """Open the wizard. Raises BadInput where there is no terminal."""
    if not has_terminal():
        raise BadInput("the wizard needs a terminal; without one: wif-wizard plan, apply, test (see --help)")
    return open_wizard(setup=Path(options.setup) if options.setup else None)


def has_terminal() -> bool:
    """Whether there is a person at both ends: Textual writes its escapes into pipes too."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def open_wizard(sandbox_title: str | None = None, setup: Path | None = None) -> int:
    """Open the screens, which nothing else here may know of; answers the exit code."""
    os.environ.setdefault("ESCDELAY", "25")  # milliseconds after which Esc does not begin another key's code any more
    gc.disable()  # all that is made until the first frame stays; the screens enable it again
    from screens.app import main

    return main(sandbox_title=sandbox_title, setup=setup)
