"""Runs a program inside a sandbox, with the terminal as its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from wizard.commands import exits
from wizard.sandbox.process import Sandbox

NOT_FOUND, NOT_RUNNABLE = 127, 126
"""Exit codes of a shell for a program that does not exist, and for one that cannot be run."""


def run(sandbox: Sandbox, program: Sequence[str], more: Mapping[str, str] | None = None) -> int:
    """Run a program to its end, and return its exit code. `more` are variables beside those of the sandbox.

    Ctrl-C is the program's own matter. An interrupt of this process ends the program too.
    """
    try:
        child = subprocess.Popen(program, env={**sandbox.environ(), **(more or {})})
    except OSError as error:
        print(f"wif-wizard: {program[0]}: {error.strerror}", file=sys.stderr)
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUNNABLE
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = child.wait()
    except KeyboardInterrupt:  # SIGTERM
        child.terminate()
        child.wait()
        return exits.INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code
