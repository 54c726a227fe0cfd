"""Measures the budgets and prints them as a table; exits 1 when one is missed."""

from __future__ import annotations

import compileall
import os
import sys
from collections.abc import Iterator

from tests.bench import calls, doctoring, screens, serving, setups
from tests.bench.timing import Row, command, pairs
from tests.bench.world import ROOT, WIZARD


def main() -> int:
    """Run every measurement, and print each as soon as it is there."""
    for package in ("wizard", "screens"):  # as pip leaves them, and as gcloud and aws are
        compileall.compile_dir(ROOT / package, quiet=1)
    print("| measurement | wif-wizard | reference | ratio | budget for the ratio |")
    print("|---|---|---|---|---|")
    missed = 0
    for row in rows():
        print(row, flush=True)
        missed += not row.within
    return 1 if missed else 0


def rows() -> Iterator[Row]:
    """Yield every measurement."""
    yield help_beside_python()
    yield from setups.rows()
    yield from calls.rows()
    yield from doctoring.rows()
    yield from screens.rows()
    yield from serving.rows()


def help_beside_python() -> Row:
    """`--help` against an interpreter that does nothing."""
    environ = dict(os.environ)
    wizard, python, ratio = pairs(
        15,
        lambda: command([*WIZARD, "--help"], environ),
        lambda: command([sys.executable, "-c", "pass"], environ),
    )
    reference = f"start of Python: {python * 1000:.0f} ms"
    return Row("time to run `wif-wizard --help`", f"{wizard * 1000:.0f} ms", reference, ratio, 6)


if __name__ == "__main__":
    sys.exit(main())
