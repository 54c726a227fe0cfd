"""`wif-wizard probe`: the live test as one file, to run in the workload."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from wizard.commands import exits
from wizard.modes.opened import Opened, OpenedConfiguration
from wizard.work import given_file, testing
from wizard.work.opening import open_for_test


def run(options: argparse.Namespace) -> int:
    """Print the file on stdout. Returns the exit code. Raises BadInput and CloudError."""
    sys.stdout.write(testing.copied_probe(_opened(options.file)))
    return exits.DONE


def _opened(file: str | None) -> Opened | OpenedConfiguration | None:
    if file is None:
        return None
    if given_file.is_configuration(file):
        return testing.open_configuration(Path(file))
    return open_for_test(file)
