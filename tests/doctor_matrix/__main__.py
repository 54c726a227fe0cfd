"""Prints the matrix of faults and of healthy worlds. Exits 1 if anything is wrong. It takes about a quarter of an hour.

Arguments: names of faults; everything if none is given.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.doctor_matrix.matrix import (
    Result,
    result_of,
    result_of_configuration,
    result_of_healthy,
    result_of_healthy_configuration,
    result_of_two,
)
from tests.forked import start_by_forking
from wizard.work import faults

PROCESSES = int(os.environ.get("WORKERS", "2"))
HEALTHY = sorted(str(path) for path in (Path(__file__).parent / "healthy").glob("*.yaml"))
AT_ONCE = (
    "trust-for-another-region+provider-disabled",
    "pool-disabled+one-grant-removed",
    "condition-of-another-role+grants-removed",
    "provider-disabled+grants-have-ended",
    "service-account-disabled+grants-of-the-service-account-removed",
    "node-pool-on-gce-metadata+role-missing-on-gke",
    "annotation-missing+google-account-without-a-role",
)
"""Pairs of faults of one setup. The first one is earlier along the chain."""
UNSEEN_IN_CONFIGURATION = {
    "eks-grants-removed": "nothing says which roles the pod had",
    "function-with-another-role": "the configuration names no function",
    "function-without-the-configuration": "the configuration names no function",
    "grants-of-the-service-account-removed": "nothing says which roles the service account had",
    "grants-removed": "nothing says which roles the workload had",
    "grants-to-the-service-account-before": "nothing says that the service account was the workload's",
    "grants-weaker-role": "nothing says that the workload needs more than it has",
    "impersonation-missing-in-the-configuration": "nothing says that the workload needs the service account",
    "instance-with-one-hop-for-a-container": "the configuration names no container",
    "job-definition-with-a-key": "the configuration names no job definition",
    "job-definition-with-another-role": "the configuration names no job definition",
    "job-definition-with-the-role-for-execution-only": "the configuration names no job definition",
    "job-definition-without-the-configuration": "the configuration names no job definition",
    "one-grant-removed": "nothing says that the workload needs more than it has",
    "task-definition-without-a-task-role": "the configuration names no task definition",
    "task-definition-without-the-configuration": "the configuration names no task definition",
}
"""The faults that neither a configuration nor what it leads to shows, and why. All others are tried."""


def main(names: list[str]) -> int:
    """Run the matrix."""
    several = names or faults.names()
    alone = [name for name in several if _shows_in_a_configuration(name)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context, start_by_forking) as pool:
        _heading("fault")
        broken = _printed(pool.map(result_of, several))
        _heading("from the credential configuration alone")
        from_configuration = _printed(pool.map(result_of_configuration, alone))
        if names:
            return _report(broken, from_configuration, [], [])
        _heading("two faults at once")
        two = _printed(pool.map(result_of_two, AT_ONCE))
        _heading("healthy world")
        healthy = _printed(pool.map(result_of_healthy, HEALTHY))
        _heading("healthy world, from the credential configuration alone")
        with_configuration = [path for path in HEALTHY if faults.load(path).mode == "aws"]
        healthy += _printed(pool.map(result_of_healthy_configuration, with_configuration))
    return _report(broken, from_configuration, two, healthy)


def _shows_in_a_configuration(name: str) -> bool:
    return faults.load(name).mode == "aws" and name not in UNSEEN_IN_CONFIGURATION


def _heading(title: str) -> None:
    print(f"\n{title:<64}{'mode':<5}{'code':<9}{'named':<18}{'step':<16}{'fix':<10}{'fixed':<6}", flush=True)


def _printed(results: Iterable[Result]) -> list[Result]:
    printed = []
    for result in results:
        print(_row(result), flush=True)
        printed.append(result)
    return printed


def _row(result: Result) -> str:
    fault, named = result.fault, ",".join(result.found) or "nothing"
    row = (
        f"{result.name:<64}{fault.mode:<5}{fault.code or '-':<9}{named:<18}{result.hop or '-':<16}"
        f"{fault.fixable if fault.steps or fault.environment else '-':<10}{result.fixed:<6}"
    )
    return f"{row}{'WRONG' if result.wrong else ''}".rstrip()


def _report(broken: list[Result], alone: list[Result], two: list[Result], healthy: list[Result]) -> int:
    plans = [result for result in broken if result.fault.fixable == "plan"]
    results = [*broken, *alone, *two, *healthy]
    counts: list[tuple[str, Callable[[Result], bool], list[Result]]] = [
        ("faults have one cause", lambda result: len(result.found) == 1, broken),
        ("faults are named by their code", _is_named, broken),
        ("faults that a plan fixes are fixed", lambda result: result.fixed == "yes", plans),
        ("faults are found from the credential configuration alone", lambda result: bool(result.found), alone),
        ("faults are named by their code from the credential configuration alone", _is_named, alone),
        ("pairs of faults are named and fixed", lambda result: not result.wrong, two),
        ("healthy worlds have nothing broken", lambda result: not result.found, healthy),
        ("rows are right", lambda result: not result.wrong, results),
    ]
    print()
    for what, holds, rows in counts:
        print(f"{sum(map(holds, rows)):>4} of {len(rows):>3} {what}")
    print("\nWrong:")
    for result in results:
        print(*(f"{result.name}: {text}" for text in result.wrong), sep="\n", end="\n" if result.wrong else "")
    return 1 if any(result.wrong for result in results) else 0


def _is_named(result: Result) -> bool:
    return bool(result.wanted) and result.found[:1] == [result.wanted]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
