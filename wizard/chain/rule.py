"""Rules: each explains refusals of one kind by one cause and one fix. The first rule that fits an outcome is taken."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from wizard.chain import own_words
from wizard.chain.hop import Hop, Outcome
from wizard.language import in_english, translated


@dataclass(frozen=True)
class Explanation:
    """Why a hop failed, and what to do about it."""

    cause: str
    fix: str
    not_proven: bool = False
    """Whether the refusal proves nothing: then the hop did not fail, it is not proven."""
    code: str = ""
    """The code of the doctor's rule about this cause, such as WIF0301; empty if it has none."""
    evidence: tuple[str, ...] = ()
    """What shows the cause, besides the evidence of the hop."""
    unknown: tuple[str, ...] = ()
    """What could not be read about the cause, one sentence each."""
    granted: datetime | None = None
    """When the grant was made that is not effective yet; None if none is known to be recent."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the rules of every mode may ask, and what their sentences may name. A mode adds facts of its own."""

    impersonating: bool
    """Whether the workload impersonates a service account."""
    service_account: str
    """The email of that service account."""
    member: str
    """The workload as the policy of a target names it."""
    missing: str
    """The roles that are missing on the targets, each with its project."""
    grant_fix: str = ""
    """The command that grants to the workload what the hop needs; empty if that is not known."""
    conditional: str = ""
    """What the workload has only under conditions that do not hold, or of which that cannot be told."""
    conditional_fix: str = ""
    """The commands that grant the same without a condition."""
    undecided: bool = False
    """Whether it cannot be told if these conditions hold, and nothing else is missing."""
    account_disabled: bool = False
    """Whether it is known that the service account is disabled."""
    other_role: str = ""
    """A role on the service account that the workload has, and that does not permit impersonation; else empty."""
    stored: bool = False
    """Whether the policies grant to the workload, without a condition, everything that a test found missing."""
    granted_to_itself: bool = False
    """Whether it is known that only the service account itself can impersonate the service account."""


F = TypeVar("F", bound=Facts, contravariant=True)


def always(_: object) -> bool:
    """Whatever the facts are."""
    return True


@dataclass(frozen=True)
class Rule(Generic[F]):
    """One cause and one fix, for refusals at one of `hops` (none: at every hop) whose "CODE: message" has `pattern`.

    A command stands alone at the end of a fix, after a colon, so that it can be copied and run as it is.

    `when` decides by the facts of a mode. The named fields of `cause` and `fix` are filled with the named groups of
    the pattern and with the attributes of the facts. With `not_proven`, the refusal proves nothing.
    """

    hops: tuple[Hop, ...]
    pattern: str
    cause: str
    fix: str
    when: Callable[[F], bool] = always
    not_proven: bool = False
    code: str = field(default="", kw_only=True)
    """The code of the doctor's rule about this cause, which has a help page."""

    @classmethod
    def by_grant(
        cls,
        hops: tuple[Hop, ...],
        pattern: str,
        cause: str,
        fixes: tuple[str, str],
        when: Callable[[F], bool] = always,
        *,
        code: str = "",
    ) -> tuple["Rule[F]", "Rule[F]"]:
        """Return two rules for one cause that a grant fixes. `fixes`: the fix with `grant_fix`, and without it."""
        with_command, without = fixes
        return (
            cls(hops, pattern, cause, with_command, lambda facts: when(facts) and facts.grant_fix != "", code=code),
            cls(hops, pattern, cause, without, when, code=code),
        )

    def explain(self, outcome: Outcome, facts: F) -> Explanation | None:
        """The rule's sentences, filled in; None if it does not fit the outcome."""
        if outcome.refusal is None or (self.hops and outcome.hop not in self.hops) or not self.when(facts):
            return None
        found = re.search(self.pattern, f"{outcome.refusal.code}: {in_english(outcome.refusal.message)}", re.DOTALL)
        if found is None:
            return None
        words = {name: own_words.value_of(name, value) for name, value in found.groupdict().items() if value}
        fields = {**vars(facts), **found.groupdict(), **words}
        return Explanation(
            translated(self.cause).format(**fields),
            translated(self.fix).format(**fields),
            self.not_proven,
            self.code,
        )


def first(rules: Iterable[Rule[F]], outcome: Outcome, facts: F) -> Explanation | None:
    """What the first rule says that fits the failed outcome; None if none does: then the cloud's words must do."""
    for rule in rules:
        explanation = rule.explain(outcome, facts)
        if explanation is not None:
            return explanation
    return None
