"""Runs the wizard in a terminal."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from screens import leaving, threads
from screens.app import WizardApp
from screens.session import Session

SWITCH_INTERVAL = 0.001
"""Seconds for which a working thread can delay a key."""


def main(*, sandbox_title: str | None = None, setup: Path | None = None) -> int:
    """Run the wizard until the user quits. Returns the exit status, and says how to continue.

    Waits for work that must not be interrupted, but not for work that only reads: outside a sandbox, this function then
    ends the process. A sandbox ends such work when it ends itself.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = WizardApp(_session(sandbox_title, setup))
    answer = app.run()
    code = app.return_code or answer or 0
    app.bridge.stop()
    for thread in threads.lasting():
        print("The wizard is finishing work that must not be interrupted …", file=sys.stderr)
        thread.join()
    if sandbox_title is None:  # a demo has a last line of its own
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


def _session(sandbox_title: str | None, file: Path | None) -> Session:
    """Return a session that opens a file: a setup, or a credential configuration, for which the doctor looks."""
    if file is None or not file.exists():
        return Session(sandbox_title=sandbox_title, setup=file)
    from wizard.work.testing import is_configuration

    if not is_configuration(str(file)):
        return Session(sandbox_title=sandbox_title, setup=file)
    session = Session(sandbox_title=sandbox_title)
    session.to_diagnose = file
    return session
