"""What the command of a container does, as far as its words tell: containers do not run here.

A command of words that are known, such as `echo` or `sleep 5`, ends after a moment or after its pauses, with the exit
code that it would have. What any other command does is not known.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

MOMENT = 1.0
"""How long a command takes that does not wait for anything, in seconds."""
_EXIT_CODES = {"true": 0, ":": 0, "false": 1}
_SHORT = frozenset(
    {"cat", "date", "echo", "env", "hostname", "id", "ls", "printenv", "printf", "pwd", "uname", "whoami"}
)
_SHELLS = frozenset({"sh", "bash", "/bin/sh", "/bin/bash"})
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_PAUSE = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<unit>[smhd]?)", re.ASCII)
_ENDLESS = (["sleep", "infinity"], ["tail", "-f"], ["tail", "-F"])
_STEPS = re.compile(r"\s*(;|&&|\n)\s*")


@dataclass(frozen=True)
class Course:
    """How a container goes: it ends after so many seconds with an exit code; with None, only when it is stopped."""

    seconds: float | None
    exit_code: int = 0


FOREVER = Course(None)


def course(command: list[str]) -> Course | None:
    """How a container with this command goes; None if its words do not tell."""
    if len(command) == 3 and command[0] in _SHELLS and command[1] == "-c":
        return _script(command[2])
    return _steps([command]) if command else None


def _script(text: str) -> Course | None:
    """The course of steps that are separated by `;`, `&&` or lines."""
    parts = _STEPS.split(text.strip())
    try:
        steps = [shlex.split(step) for step in parts[::2]]
    except ValueError:
        return None
    separators = ["", *parts[1::2]]
    return _steps(steps, separators)


def _steps(steps: list[list[str]], separators: list[str] | None = None) -> Course | None:
    """The course of steps; one after `&&` is left out if the step before it failed."""
    seconds, code = 0.0, 0
    for separator, step in zip(separators or [""], steps, strict=True):
        if separator == "&&" and code:
            continue
        if not step:
            continue
        if step[0] == "exit":
            return Course(max(seconds, MOMENT), _exit_code(step, code))
        taken = _step(step)
        if taken is None or taken.seconds is None:
            return taken
        seconds, code = seconds + taken.seconds, taken.exit_code
    return Course(max(seconds, MOMENT), code)


def _step(words: list[str]) -> Course | None:
    """The course of one simple command; None if it is not known."""
    if any(words[: len(start)] == start for start in _ENDLESS):
        return FOREVER
    if words[0] == "sleep" and len(words) == 2:
        return _pause(words[1])
    if words[0] in _EXIT_CODES:
        return Course(0.0, _EXIT_CODES[words[0]])
    # A pipe, a redirection or a substitution can do anything.
    plain = not any(char in word for word in words for char in "|&<>`$")
    return Course(0.0) if words[0] in _SHORT and plain else None


def _pause(text: str) -> Course | None:
    found = _PAUSE.fullmatch(text)
    return None if found is None else Course(float(found["number"]) * _UNITS[found["unit"]])


def _exit_code(words: list[str], last: int) -> int:
    """The code of `exit N`; without a number, that of the step before."""
    return int(words[1]) % 256 if len(words) > 1 and words[1].isdigit() else last
