"""Words of shell commands. A project number that is not known is a variable of the script."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from wizard.modes.opened import UNKNOWN_NUMBER

NUMBER = "project_number"
"""The shell variable that has the project number."""

_PLACE = f"projects/{UNKNOWN_NUMBER}/"
_WIDTH = 110


def word(text: str) -> str:
    """Return a text as one word of a shell command."""
    first, *others = text.split(_PLACE)
    parts = [shlex.quote(f"{first}projects/" if others else first)]
    for number, other in enumerate(others, start=1):
        following = "projects/" if number < len(others) else ""
        parts.append(f'"${NUMBER}"{shlex.quote(f"/{other}{following}")}')
    return "".join(parts)


def call(*words: str) -> str:
    """Return a command line, on several lines if it is long."""
    quoted = [word(each) for each in words]
    line = " ".join(quoted)
    return line if len(line) <= _WIDTH else _folded(quoted)


def _folded(quoted: Sequence[str]) -> str:
    lines = [quoted[0]]
    for each in quoted[1:]:
        if len(lines[-1]) + len(each) < _WIDTH - 4:
            lines[-1] += f" {each}"
        else:
            lines.append(f"  {each}")
    return " \\\n".join(lines)


def split(command: str) -> list[str]:
    """Return the words of a command that a kind of resource prints."""
    return shlex.split(command)
