"""Prints the matrix of roles: what the live test says of each, granted and not. Exits 1 if anything is wrong."""

from __future__ import annotations

import os
import sys

from tests.matrix.roles import ROLES, STATES, Matrix, Result
from tests.modes.aws.live.sandbox_world import WORLD, World
from wizard.sandbox.process import Sandbox

MOST_NOT_PROVEN = 5


def main() -> int:
    """Run the whole matrix."""
    with Sandbox(str(WORLD), ["--steady"]) as sandbox:
        os.environ.update(sandbox.environ())
        results = list(Matrix(World(sandbox.variables)).results(ROLES))
    rows: dict[str, list[Result]] = {}
    for result in results:
        rows.setdefault(result.role, []).append(result)
    print(f"{'role':<52}" + "".join(f"{state:<17}" for state in STATES))
    for role, row in rows.items():
        print(f"{role:<52}" + "".join(f"{each.word:<17}" for each in row).rstrip())
    return _report(results)


def _report(results: list[Result]) -> int:
    wrong = [f"{each.role}, {each.state}: {each.wrong}" for each in results if each.wrong]
    unproven = [each for each in results if each.state == "granted" and each.word == "not proven"]
    granted = sum(each.state == "granted" for each in results)
    print(f"\n{len(unproven)} of {granted} granted roles are not proven (at most {MOST_NOT_PROVEN}):")
    print(*(f"  {name}" for each in unproven for name in each.verdict.not_proven), sep="\n")
    print(f"\n{len(wrong)} results are wrong.", *wrong, sep="\n")
    return 1 if wrong or len(unproven) > MOST_NOT_PROVEN else 0


if __name__ == "__main__":
    sys.exit(main())
