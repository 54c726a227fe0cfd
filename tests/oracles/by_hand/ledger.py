"""A ledger of commands: every command that was printed must have been run."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_PROGRAM = r"(?:(?:gcloud|aws|kubectl) [a-z-]|eval )"
COMMAND = re.compile(rf"(?:^|: )(?P<command>{_PROGRAM}.*)", re.DOTALL)
"""A command stands alone at the end of a fix: nothing follows it."""


def command_of(fix: str | None) -> str | None:
    """Return the command at the end of a fix; None if it has none."""
    found = COMMAND.search(fix or "")
    return found["command"] if found else None


def commands_in(answer: Any) -> Iterator[str]:
    """Yield every command in an answer of `plan --json` or `test --json`, in the order in which they are to be run.

    A command that is the fix of several hops of a test is yielded once.
    """
    for change in answer.get("changes", ()):
        yield from change["commands"]
    yield from answer.get("handover", ())
    fixes = dict.fromkeys(command_of(hop["fix"]) for hop in hops_in(answer))
    yield from (command for command in fixes if command)


def hops_in(answer: Any) -> Iterator[Any]:
    """Yield every hop of an answer of `test --json`."""
    yield from answer.get("hops") or ()
    for hops in (answer.get("workloads") or {}).values():
        yield from hops


@dataclass(frozen=True)
class Ledger:
    """What the product printed, and what the tests ran, each with how often."""

    printed: Counter[str] = field(default_factory=Counter)
    run: Counter[str] = field(default_factory=Counter)

    def prints(self, *commands: str) -> None:
        """Note commands that a plan, a handover or an explanation printed."""
        self.printed.update(commands)

    def ran(self, command: str) -> None:
        """Note a command that ran and succeeded."""
        self.run[command] += 1

    def check(self) -> None:
        """Fail unless everything that was printed was run, once each time, and nothing else."""
        assert self.run == self.printed, f"only printed: {self.printed - self.run}; only run: {self.run - self.printed}"
        assert self.run.total() == self.printed.total()
