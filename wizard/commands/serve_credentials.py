"""`wif-wizard serve-credentials`: the file of that name, in place of this process."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from wizard.commands import exits
from wizard.setup.problems import BadInput

FILE = Path(__file__).parents[1] / "chain" / "serve_credentials.py"
"""The program. It runs by itself in images that have no wif-wizard."""

_NO_PROGRAM = "--print, --check and --print-config do not run a program: remove the option or the program"


def run(options: argparse.Namespace) -> int:
    """Print the program, or become it. Raises BadInput."""
    if options.print and options.program is None:
        sys.stdout.write(FILE.read_text(encoding="utf-8"))
        return exits.DONE
    if options.program is not None and (options.print or options.check or options.print_config):
        raise BadInput(_NO_PROGRAM)
    return become([] if options.program is None else ["--", *options.program], options.given)


def become(program: list[str], given: list[str]) -> NoReturn:
    """Run the file in place of this process, isolated and without installed packages, so that it stays small."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-I", "-S", str(FILE), *given, *program])
