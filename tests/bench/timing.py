"""Times of whole commands, and the table they go into."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One budget: what was measured, beside what, and whether the ratio is within the limit."""

    what: str
    measured: str
    beside: str
    ratio: float
    limit: float
    at_least: bool = False

    @property
    def within(self) -> bool:
        """Whether the budget is kept."""
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        verdict = "" if self.within else " **missed**"
        return f"| {self.what} | {self.measured} | {self.beside} | {self.ratio:.2f} | {sign} {self.limit:g}{verdict} |"


def command(arguments: Sequence[str], environ: Mapping[str, str], ok: Sequence[int] = (0,)) -> float:
    """Seconds that one command takes, from its start to its end. Raises RuntimeError with its output if it fails."""
    start = time.perf_counter()
    done = subprocess.run(arguments, env=dict(environ), capture_output=True, text=True, check=False)
    elapsed = time.perf_counter() - start
    if done.returncode not in ok:
        raise RuntimeError(f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return elapsed


def pairs(count: int, first: Callable[[], float], second: Callable[[], float]) -> tuple[float, float, float]:
    """Return the medians of two measurements that take turns, and the median of the pairs' ratios (first by second).

    A slow moment of the machine meets both measurements of a pair, so that its ratio hardly changes.
    """
    times = [(first(), second()) for _ in range(count)]
    ones, others = zip(*times, strict=True)
    return statistics.median(ones), statistics.median(others), statistics.median(one / other for one, other in times)


def percentile_95(times: Sequence[float]) -> float:
    """Return the time that 95 of 100 measurements do not exceed."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]
