"""Prints the table of `make torture`, and ends with exit code 1 if a column that counts harm is not zero."""

import os
import sys

from tests.torture.trials import (
    APPLY,
    COMMANDS,
    FAULTS,
    MORE_FAULTS,
    RESUME,
    REVERT,
    TEST,
    Row,
    with_faults,
    with_kills,
)

SHARE = float(os.environ.get("WIF_WIZARD_TORTURE", "1"))
SEED = 20261130
_HEAD = ("", "calls", "tried", "done", "failed clean", "resumed", "other world", "secrets", "tracebacks", "hangs")


def main() -> int:
    """Run the trials, and print a row as soon as it is complete."""
    print("| " + " | ".join(_HEAD) + " |")
    print("|---" * len(_HEAD) + "|", flush=True)
    rows: list[Row] = []
    only = sys.argv[1:]
    for command in COMMANDS:
        if only and not any(each in command.name for each in only):
            continue
        rows.append(_shown(with_faults(command, SEED, SHARE, FAULTS)))
        if command.arguments == APPLY:
            rows.append(_shown(with_faults(command, SEED, SHARE / 10, MORE_FAULTS)))
        if command.arguments == APPLY:
            rows.append(_shown(with_kills(command, SEED, SHARE, then=RESUME)))
            rows.append(_shown(with_kills(command, SEED, SHARE, then=REVERT)))
        if command.arguments == REVERT:
            rows.append(_shown(with_kills(command, SEED, SHARE, then=RESUME)))
        if command.arguments == TEST:
            rows.append(_shown(with_kills(command, SEED, SHARE, then=TEST)))
    return 1 if any(row.harm for row in rows) else 0


def _shown(row: Row) -> Row:
    cells = (row.calls, row.tried, row.done, row.failed_clean, row.resumed, row.worlds)
    harm = (row.secrets, row.tracebacks, row.hangs)
    print("| " + " | ".join([row.name, *map(str, (*cells, *harm))]) + " |", flush=True)
    for note in row.notes:
        print(f"- {note}", file=sys.stderr, flush=True)
    return row


sys.exit(main())
