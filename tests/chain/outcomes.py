"""Outcomes of a test, found by their hop."""

from wizard.chain.hop import Outcome


def statuses(outcomes: list[Outcome]) -> dict[str, str]:
    """Hop -> status."""
    return {outcome.hop.id: outcome.status for outcome in outcomes}


def outcome_of(outcomes: list[Outcome], hop: str) -> Outcome:
    """The outcome of a hop."""
    return next(outcome for outcome in outcomes if outcome.hop.id == hop)
