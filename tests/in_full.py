"""What the suite leaves out, because it takes long: targets of the Makefile set WIF_WIZARD_ALL_TESTS, and run it."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import pytest

Row = TypeVar("Row")

IN_FULL = "WIF_WIZARD_ALL_TESTS" in os.environ
"""Whether this run leaves nothing out."""


def first(number: int, rows: Iterable[Row]) -> list[Row]:
    """Return the first rows of a table of parameters, which are in the suite; in a full run, all of them."""
    listed = list(rows)
    return listed if IN_FULL else listed[:number]


_LISTED = Path(__file__).with_name("long_tests.txt").read_text(encoding="utf-8").splitlines()
LONG_TESTS = {test: int(number or 2) for test, _, number in (line.partition(" ") for line in _LISTED)}
"""Tests that take long in all, with how many of their parameters the suite has: two, if the list does not say."""


def leave_out(items: Iterable[pytest.Item]) -> None:
    """Skip the tests of LONG_TESTS, but for the first parameters of each."""
    seen: Counter[str] = Counter()
    for item in items:
        test = item.nodeid.partition("[")[0]
        seen[test] += 1
        if seen[test] > LONG_TESTS.get(test, seen[test]):
            item.add_marker(pytest.mark.skip(reason="make test-all runs it"))
