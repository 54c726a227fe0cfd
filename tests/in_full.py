"""What the suite leaves out, because it takes long: targets of the Makefile set WIF_WIZARD_ALL_TESTS, and run it."""

import os
from collections.abc import Iterable
from typing import TypeVar

Row = TypeVar("Row")

IN_FULL = "WIF_WIZARD_ALL_TESTS" in os.environ
"""Whether this run leaves nothing out."""


def first(number: int, rows: Iterable[Row]) -> list[Row]:
    """Return the first rows of a table of parameters, which are in the suite; in a full run, all of them."""
    listed = list(rows)
    return listed if IN_FULL else listed[:number]
