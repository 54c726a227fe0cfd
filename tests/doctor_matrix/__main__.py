"""Prints the matrix of faults. Exits 1 if anything is wrong. Arguments: names of faults; all of them if none is given."""

from __future__ import annotations

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.doctor_matrix.matrix import Result, result_of
from tests.forked import start_by_forking
from wizard.work import faults

PROCESSES = int(os.environ.get("WORKERS", "2"))


def main(names: list[str]) -> int:
    """Run the matrix."""
    chosen = names or faults.names()
    print(f"{'fault':<40}{'mode':<5}{'code':<9}{'named':<24}{'fix':<10}{'fixed':<6}", flush=True)
    context = multiprocessing.get_context("spawn")
    results = []
    with ProcessPoolExecutor(PROCESSES, context, start_by_forking) as pool:
        for result in pool.map(result_of, chosen):
            print(_row(result), flush=True)
            results.append(result)
    return _report(results)


def _row(result: Result) -> str:
    fault = result.fault
    named = ",".join(result.found) or "nothing"
    row = f"{result.name:<40}{fault.mode:<5}{fault.code or '-':<9}{named:<24}{fault.fixable:<10}{result.fixed:<6}"
    return f"{row}{'WRONG' if result.wrong else ''}".rstrip()


def _report(results: list[Result]) -> int:
    wrong = [f"{result.name}: {text}" for result in results for text in result.wrong]
    plans = [result for result in results if result.fault.fixable == "plan"]
    coded = [result for result in results if result.fault.code]
    print(f"\n{len(results)} faults, {len(coded)} with a code.")
    print(f"{sum(result.fixed == 'yes' for result in plans)} of {len(plans)} faults that a plan fixes are fixed.")
    print(f"{len(wrong)} results are wrong.", *wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
