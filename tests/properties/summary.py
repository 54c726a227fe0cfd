"""All properties in one table row: what was tried, and what went wrong. `make torture` has the row in its table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.properties import allow_cases, annotation_cases, config_cases, definition_cases, resource_cases, trust_cases
from tests.properties.tried import EXAMPLES, Harm, scratch, seeded

Check = Callable[[Any, Path], tuple[Harm, int]]
PROPERTIES: dict[str, tuple[st.SearchStrategy[Any], Check]] = {
    "allow policies": (allow_cases.cases(), allow_cases.check_beside),
    "policies of resources": (resource_cases.cases(), resource_cases.check_beside),
    "access lists of datasets": (resource_cases.datasets(), resource_cases.check_beside),
    "trust policies": (trust_cases.cases, trust_cases.check),
    "task definitions": (definition_cases.cases, definition_cases.check),
    "annotations": (annotation_cases.cases, annotation_cases.check),
    "configuration files": (config_cases.cases, lambda case, folder: (config_cases.check(case, folder), 0)),
}


@dataclass(frozen=True)
class Policies:
    """How many policies were applied and reverted, and what went wrong: all columns after `beside` are zero."""

    tried: int
    beside: int
    """How often another writer wrote between the wizard's read and its write."""
    lost: int
    """Members, statements or fields that were there before, and that the wizard removed."""
    twice: int
    foreign_lost: int
    """Changes of others that the wizard undid."""
    other: int
    examples: tuple[str, ...] = ()
    """What went wrong, one line each."""

    @property
    def line(self) -> str:
        """The row as text."""
        return (
            f"{self.tried} policies tried, {self.beside} writers beside, {self.lost} members lost, "
            f"{self.twice} kept twice, {self.foreign_lost} foreign changes lost, {self.other} other differences"
        )

    @property
    def harmless(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.twice or self.foreign_lost or self.other)


def policies(examples: int = EXAMPLES) -> Policies:
    """Try each property with this many examples, the same ones at each run unless WIF_WIZARD_POLICIES is set."""
    harm, tried, beside = Harm(), 0, 0
    for cases, check in PROPERTIES.values():
        for found, others in _results(cases, check, examples):
            harm.add(found)
            tried += 1
            beside += others
    columns = len(harm.lost), len(harm.twice), len(harm.foreign_lost), len(harm.other)
    return Policies(tried, beside, *columns, tuple(harm.found))


def _results(cases: st.SearchStrategy[Any], check: Check, examples: int) -> list[tuple[Harm, int]]:
    """Return what went wrong in each example, and how often another writer was beside the wizard."""
    results: list[tuple[Harm, int]] = []

    @seeded(examples)
    @given(cases)
    def attempt(case: Any) -> None:
        with scratch() as folder:
            results.append(check(case, folder))

    attempt()
    return results
