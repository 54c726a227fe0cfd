"""Rows of the tables of reasons, and how the row that fits is found."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from wizard.chain.hop import Outcome


@dataclass(frozen=True)
class Explanation:
    """Why, and what to do, in plain words."""

    cause: str
    fix: str


@dataclass(frozen=True)
class Rule:
    """One row: `pattern` is searched in "CODE: message"; `hops` and `fact` narrow it, empty ones do not."""

    hops: tuple[str, ...]
    pattern: str
    cause: str
    fix: str
    fact: str = ""

    def explanation(self, fields: Mapping[str, str]) -> Explanation:
        """The row's sentences, filled in."""
        return Explanation(self.cause.format_map(fields), self.fix.format_map(fields))

    def fits(self, hop_id: str, words: str, facts: Collection[str]) -> dict[str, str] | None:
        """The named parts of the words where the row fits, None where it does not."""
        if (self.hops and hop_id not in self.hops) or (self.fact and self.fact not in facts):
            return None
        found = re.search(self.pattern, words, re.DOTALL)
        return None if found is None else {name: text or "" for name, text in found.groupdict().items()}


def first(
    rules: Iterable[Rule], outcome: Outcome, facts: Collection[str], fields: Mapping[str, str]
) -> Explanation | None:
    """What the first row that fits the failed outcome says; None when none does: then the cloud's words must do."""
    if outcome.refusal is None:
        return None
    words = f"{outcome.refusal.code}: {outcome.refusal.message}"
    for rule in rules:
        found = rule.fits(outcome.hop.id, words, facts)
        if found is not None:
            return rule.explanation({**fields, **found})
    return None
