"""The outcomes of a live test: each explained, kept in order, and reported as it happens."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from wizard.chain.hop import Hop, Outcome
from wizard.chain.rule import Explanation
from wizard.language import _


def nothing(_: object) -> None:
    """A callback that does nothing."""


def utc_now() -> datetime:
    """The time, as an aware datetime in UTC."""
    return datetime.now(UTC)


@dataclass
class Report:
    """The outcomes so far; `explain` finds the cause and the fix of a hop that failed."""

    explain: Callable[[Outcome], Explanation | None]
    on_outcome: Callable[[Outcome], None] = nothing
    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Add the next outcome; one that failed gets its cause and its fix."""
        explanation = self.explain(outcome) if outcome.status == "failed" else None
        if explanation and explanation.not_proven:
            names = (explanation.cause, *outcome.unproven)
            outcome = outcome.as_not_proven(explanation.cause, explanation.fix, names, explanation.code)
        elif explanation:
            outcome = outcome.because(explanation.cause, explanation.fix, explanation.code)
            evidence, unproven = (*outcome.evidence, *explanation.evidence), (*outcome.unproven, *explanation.unknown)
            outcome = replace(outcome, evidence=evidence, unproven=unproven, granted=explanation.granted)
        self.outcomes.append(outcome)
        self.on_outcome(outcome)

    def of(self, hop: Hop) -> Outcome | None:
        """The outcome of a hop; None if it has none yet."""
        return next((outcome for outcome in self.outcomes if outcome.hop == hop), None)

    def failed(self, but: Hop | None = None) -> Outcome | None:
        """The first outcome that failed, other than that of the hop `but`."""
        return next((each for each in self.outcomes if each.status == "failed" and each.hop != but), None)

    def missing(self, hops: tuple[Hop, ...]) -> list[Hop]:
        """Those of the hops that have no outcome."""
        have_outcome = {outcome.hop for outcome in self.outcomes}
        return [hop for hop in hops if hop not in have_outcome]

    def skip(self, hops: tuple[Hop, ...], because_of: Hop) -> None:
        """Skip those of the hops that have no outcome, since another one failed."""
        for hop in self.missing(hops):
            self.add(skipped(hop, because_of))


def skipped(hop: Hop, because_of: Hop) -> Outcome:
    """The outcome of a hop that was not taken, since another one failed."""
    reason = _("{hop} failed").format(hop=because_of.id)
    return Outcome(hop, "skipped", (reason,), reason, failed_hop=because_of)
