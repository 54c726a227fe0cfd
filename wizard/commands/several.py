"""What commands that work on several setups have in common: one table, and what does not fit into it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from wizard import columns
from wizard.clouds.errors import CloudError
from wizard.language import _
from wizard.outside.text import one_line
from wizard.setup.problems import BadInput, SetupError

if TYPE_CHECKING:
    from wizard.commands.formats import CloudError as CloudErrorFormat
    from wizard.commands.formats import Error, SetupFileError

_ONE_PROBLEM = "not a valid setup: 1 problem"
_PROBLEMS = "not a valid setup: {count} problems"
_REFUSED_BY_CLOUD = "refused: {reason}"
_BAD_INPUT = "the setup is not usable: see the message below"
_REFUSED = "refused"
_FOR_ONE = "{option} works with only one setup: remove {option}, or pass only one setup file"

_AND_MORE = "{files} and {count} more setups"
_LISTED = 10
"""How many setups are named above what is about all of them."""

_MORE = "To see the details of every setup, add --verbose."


def more() -> str:
    """Return how to see more than the table."""
    return _(_MORE)


def refuse(options: argparse.Namespace, names: Mapping[str, str]) -> None:
    """Raise BadInput if an option was given that is for one setup only. `names` has them by their attribute."""
    for attribute, option in names.items():
        if getattr(options, attribute) not in (None, "", False):
            raise BadInput(_(_FOR_ONE).format(option=option))


def table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a table of setups and results, in lines."""
    shown = [(one_line(file), result) for file, result in [(_("setup").upper(), _("result").upper()), *rows]]
    width = max(columns.cells(file) for file, result in shown)
    for file, result in shown:
        yield f"{columns.left(file, width)}  {result}"


def result_of(error: Exception) -> str:
    """Return an error as a result in the table."""
    if isinstance(error, SetupError):
        count = len(error.problems)
        return _(_ONE_PROBLEM) if count == 1 else _(_PROBLEMS).format(count=count)
    if isinstance(error, CloudError):
        return _(_REFUSED_BY_CLOUD).format(reason=error.reason)
    return _(_BAD_INPUT) if isinstance(error, BadInput) else _(_REFUSED)


def details(found: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    """Yield what does not fit into the table, by file and lines, below the names of the setups that it is about."""
    files: dict[tuple[str, ...], list[str]] = {}
    for file, lines in found:
        parts = tuple(part for line in lines for part in line.split("\n"))
        if parts:
            files.setdefault(parts, []).append(file)
    for parts, named in files.items():
        yield ""
        yield f"{_listed(named)}:"
        yield from (f"  {part}" for part in parts)


def _listed(files: Sequence[str]) -> str:
    if len(files) <= _LISTED:
        return ", ".join(files)
    return _(_AND_MORE).format(files=", ".join(files[: _LISTED - 1]), count=len(files) - _LISTED + 1)


def error_json(error: BaseException | None) -> SetupFileError | CloudErrorFormat | Error | None:
    """Return an error for programs."""
    from wizard.commands import failures

    return None if error is None else failures.answer_of(error)
