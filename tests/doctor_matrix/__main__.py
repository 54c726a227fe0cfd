"""Prints the matrix of faults and of healthy worlds. Exits 1 if anything is wrong.

Arguments: names of faults; all of them, and the healthy worlds, if none is given.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.doctor_matrix.matrix import Result, healthy_result_of, result_of
from tests.forked import start_by_forking
from wizard.work import faults

PROCESSES = int(os.environ.get("WORKERS", "2"))
HEALTHY = sorted(str(path) for path in (Path(__file__).parent / "healthy").glob("*.yaml"))


def main(names: list[str]) -> int:
    """Run the matrix."""
    context = multiprocessing.get_context("spawn")
    print(f"{'fault':<50}{'mode':<5}{'code':<9}{'named':<18}{'step':<16}{'fix':<10}{'fixed':<6}", flush=True)
    with ProcessPoolExecutor(PROCESSES, context, start_by_forking) as pool:
        broken = _printed(pool.map(result_of, names or faults.names()), _row)
        healthy = [] if names else _printed(pool.map(healthy_result_of, HEALTHY), _healthy_row)
    return _report(broken, healthy)


def _printed(results: Iterable[Result], row: Callable[[Result], str]) -> list[Result]:
    printed = []
    for result in results:
        print(row(result) + ("WRONG" if result.wrong else ""), flush=True)
        printed.append(result)
    return printed


def _row(result: Result) -> str:
    fault, named = result.fault, ",".join(result.found) or "nothing"
    return (
        f"{result.name:<50}{fault.mode:<5}{fault.code or '-':<9}{named:<18}{result.hop or '-':<16}"
        f"{fault.fixable:<10}{result.fixed:<6}"
    )


def _healthy_row(result: Result) -> str:
    return f"{'healthy: ' + result.name:<50}{result.fault.mode:<5}{'':<9}{','.join(result.found) or 'nothing':<18}"


def _report(broken: list[Result], healthy: list[Result]) -> int:
    results = [*broken, *healthy]
    plans = [result for result in broken if result.fault.fixable == "plan"]
    alone = sum(len(result.found) == 1 for result in broken)
    print(
        f"\n{len(broken)} faults: {alone} have one cause, {sum(result.explained for result in broken)} are named by a "
        f"rule, {sum(bool(result.fault.code) for result in broken)} of the files name the code.",
        f"{sum(result.fixed == 'yes' for result in plans)} of {len(plans)} faults that a plan fixes are fixed.",
        f"{sum(not result.found for result in healthy)} of {len(healthy)} healthy worlds have nothing broken.",
        f"{sum(bool(result.wrong) for result in results)} rows are wrong:",
        *(f"{result.name}: {text}" for result in results for text in result.wrong),
        sep="\n",
    )
    return 1 if any(result.wrong for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
