"""Prints the tables of `make torture`, and ends with exit code 1 if a column that counts harm is not zero."""

import os
import sys
from collections.abc import Iterator

from tests.properties.summary import Policies, policies
from tests.properties.tried import EXAMPLES
from tests.torture import stacks
from tests.torture.rows import APPLY, COMMANDS, IN_TASK, RESUME, REVERT, TEST, Command, Row
from tests.torture.trials import undisturbed, with_faults, with_kills

SHARE = float(os.environ.get("WIF_WIZARD_TORTURE", "1"))
SEED = 20261130
_HEAD = (
    "",
    "calls",
    "struck",
    "tried",
    "done",
    "failed clean",
    "resumed to done",
    "duplicates, lost grants, leftovers",
    "secrets",
    "tracebacks",
    "hangs",
)
_POLICIES = ("policies tried", "writers beside", "members lost", "kept twice", "foreign changes lost", "other")
_CANARIES = ("canaries searched", "found")

_AFTER_A_KILL = {
    APPLY: (RESUME, REVERT),
    REVERT: (RESUME, REVERT),
    RESUME: (RESUME, REVERT),
    TEST: (TEST,),
    IN_TASK: (IN_TASK,),
}
"""What must heal a killed command, by its arguments."""


def main() -> int:
    """Run the trials, and print a row as soon as it is complete. Arguments choose rows by a part of their names."""
    only = sys.argv[1:]
    _print_head(_HEAD)
    rows = [_shown(row) for command in COMMANDS for row in _rows(command, only)]
    print()
    _print_head(_CANARIES)
    print(f"| {sum(row.searched for row in rows)} | {sum(row.secrets for row in rows)} |", flush=True)
    harm = sum(row.harm for row in rows)
    if not only or "policies" in only:
        print()
        harm += _print_policies(policies(max(10, int(EXAMPLES * SHARE))))
    return 1 if harm else 0


def _rows(command: Command, only: list[str]) -> Iterator[Row]:
    if only and command.name not in only:
        return
    there = undisturbed(command)
    if not command.interrupted:
        yield with_faults(command, there, SEED, SHARE)
    if command.arguments in (APPLY, TEST):
        yield stacks.once_each(command, there, SEED, SHARE)
    for then in _AFTER_A_KILL.get(command.arguments, ()):
        if any(call.is_write for call in there.calls):
            yield with_kills(command, there, SEED, SHARE, then=then)
        else:
            yield Row(f"kill -9 in {command.name}: it writes nothing")


def _shown(row: Row) -> Row:
    counts = (row.calls, row.struck, row.tried, row.done, row.failed_clean, row.resumed)
    harm = (row.worlds, row.secrets, row.tracebacks, row.hangs)
    print("| " + " | ".join([row.name, *map(str, (*counts, *harm))]) + " |", flush=True)
    for note in row.notes:
        print(f"- {note}", file=sys.stderr, flush=True)
    return row


def _print_policies(found: Policies) -> int:
    """Print what the properties of policies have tried. Returns the sum of what went wrong."""
    harm = (found.lost, found.twice, found.foreign_lost, found.other)
    _print_head(_POLICIES)
    print("| " + " | ".join(map(str, (found.tried, found.beside, *harm))) + " |", flush=True)
    for example in found.examples:
        print(f"- {example}", file=sys.stderr, flush=True)
    return sum(harm)


def _print_head(titles: tuple[str, ...]) -> None:
    print("| " + " | ".join(titles) + " |")
    print("|---" * len(titles) + "|", flush=True)


sys.exit(main())
