"""Runs the wizard in a terminal."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from screens import leaving, threads
from screens.app import WizardApp
from screens.session import Session
from wizard.language import _
from wizard.modes.mode import is_place

if TYPE_CHECKING:
    from wizard.work.demo import Demo

SWITCH_INTERVAL = 0.001
"""Seconds for which a working thread can delay a key."""


def main(*, demo: Demo | None = None, setup: Path | None = None, workloads: tuple[str, ...] = ()) -> int:
    """Run the wizard until the user quits. Returns the exit status, and says how to continue.

    `setup` can also be the name of a cluster or an account, of which `workloads` are to be set up.
    Waits for work that must not be interrupted, but not for work that only reads: outside a sandbox, this function then
    ends the process. A sandbox ends such work when it ends itself.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = WizardApp(_session(demo, setup, workloads))
    answer = app.run()
    code = app.return_code or answer or 0
    app.bridge.stop()
    for thread in threads.lasting():
        print(_("The wizard is finishing work that must not be interrupted …"), file=sys.stderr)
        thread.join()
    if demo is None:  # a demo has a last line of its own
        _say_how_to_continue(app.session)
    if app.session.sandbox is None and threads.lingering():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _say_how_to_continue(session: Session) -> None:
    """Print the last line, unless the terminal or the folder is gone, or the terminal cannot show the line."""
    with suppress(OSError, UnicodeError):
        print(leaving.leave(session), flush=True)


def _session(demo: Demo | None, file: Path | None, workloads: tuple[str, ...]) -> Session:
    """Return a session that opens a file: a setup, or a credential configuration, for which the doctor looks.

    The name of a cluster or of an account opens its inventory.
    """
    if file is None or not file.exists():
        return _without_file(demo, file, workloads)
    from wizard.work.given_file import is_configuration

    if not is_configuration(str(file)):
        return Session(demo=demo, setup=file)
    session = Session(demo=demo)
    session.to_diagnose = file
    return session


def _without_file(demo: Demo | None, given: Path | None, workloads: tuple[str, ...]) -> Session:
    """Return a session that opens the inventory of a cluster or of an account, or else names the missing file."""
    if given is None or not is_place(str(given)):
        return Session(demo=demo, setup=given)
    session = Session(demo=demo)
    session.to_diagnose, session.to_set_up = str(given), workloads
    return session
