"""`wif-wizard` alone: the full-screen wizard, in a terminal."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path

from wizard.setup.problems import BadInput


def run(options: argparse.Namespace) -> int:
    """Open the wizard. Returns the exit code. Raises BadInput if there is no terminal."""
    if not has_terminal():
        raise BadInput("the wizard needs a terminal; if there is none, use wif-wizard plan, apply and test")
    return open_wizard(setup=Path(options.setup) if options.setup else None)


def has_terminal() -> bool:
    """Whether stdin and stdout are terminals. Textual itself does not check: it writes its escapes into pipes too."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def open_wizard(sandbox_title: str | None = None, setup: Path | None = None) -> int:
    """Open the wizard. Returns the exit code. Nothing else in this package may import the screens."""
    os.environ.setdefault("ESCDELAY", "25")  # milliseconds until Esc counts as a key, not as the start of a key's code
    gc.disable()  # everything that is created before the first frame is kept; the screens enable it again
    from screens.run import main

    return main(sandbox_title=sandbox_title, setup=setup)
