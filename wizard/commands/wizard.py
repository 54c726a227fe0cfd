"""`wif-wizard` alone: the full-screen wizard, in a terminal."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.language import _
from wizard.modes.mode import is_place
from wizard.setup.problems import BadInput

if TYPE_CHECKING:
    from wizard.work.demo import Demo

_NO_PLACE = "--workloads needs a cluster or an account: write cluster/NAME or account/REGION before --workloads"


def run(options: argparse.Namespace) -> int:
    """Open the wizard. Returns the exit code. Raises BadInput if there is no terminal."""
    if not has_terminal():
        raise BadInput(_("the wizard needs a terminal; without a terminal, use `wif-wizard plan`, `apply` and `test`"))
    if options.workloads and not is_place(options.setup or ""):
        raise BadInput(_(_NO_PLACE))
    workloads = tuple(filter(None, (options.workloads or "").split(",")))
    return open_wizard(setup=Path(options.setup) if options.setup else None, workloads=workloads)


def has_terminal() -> bool:
    """Whether stdin and stdout are terminals. Textual itself does not check: it writes its escapes into pipes too."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def open_wizard(demo: Demo | None = None, setup: Path | None = None, workloads: tuple[str, ...] = ()) -> int:
    """Open the wizard, for a demo of a scenario or not. Returns the exit code.

    `workloads` are those to set up, of the cluster or the account that `setup` then names.

    Nothing else in this package may import the screens.
    """
    os.environ.setdefault("ESCDELAY", "25")  # milliseconds until Esc counts as a key, not as the start of a key's code
    gc.disable()  # everything that is created before the first frame is kept; the screens enable it again
    from screens.run import main

    return main(demo=demo, setup=setup, workloads=workloads)
