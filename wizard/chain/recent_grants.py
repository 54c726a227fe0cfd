"""Recent grants: stored at once, effective minutes later, so that they can explain a refusal."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class RecentGrant:
    """Something that was written at `made` (an aware time) and is needed at a hop."""

    hop: Literal["exchange", "impersonation", "permission"]
    made: datetime
    source: Literal["journal", "audit log", "api"] = "journal"
    """Where it is from; `api`: it is no grant, but an API that wif-wizard enabled, which the journal tells too."""


_JUST_CHANGED, _PREDICTION_LAGS = 60.0, 30.0
"""A refused exchange that was predicted is retried for this long after a change that is not older than this: seconds.

A policy is different: it shows a grant as soon as it is written.
"""


def patience_with_prediction(grants: Iterable[RecentGrant], hop: str, now: datetime) -> float:
    """For how many seconds to retry a refusal that was predicted at a hop, from its first time."""
    ages = [(now - grant.made).total_seconds() for grant in grants if hop == grant.hop == "exchange"]
    return _PREDICTION_LAGS if any(age < _JUST_CHANGED for age in ages) else 0.0


def settling_ages(
    grants: Iterable[RecentGrant], deadline: float, now: datetime, in_vain: Collection[str] = ()
) -> dict[str, dict[str, float]]:
    """For each hop the age of its newest grant and the age up to which it explains a refusal, in seconds.

    Hops in `in_vain` are left out: something else is known to be in the way there, and waiting would not help.
    """
    ages: dict[str, float] = {}
    for grant in grants:
        age = max((now - grant.made).total_seconds(), 0.0)
        ages[grant.hop] = min(age, ages.get(grant.hop, age))
    return {hop: {"age": age, "limit": deadline} for hop, age in ages.items() if age < deadline and hop not in in_vain}


def hops_without_members(members: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The hops for which nobody has the role that they need; `members`: hop -> who has it, as its policy was read.

    A policy shows a grant as soon as it is written, so that waiting does not help there.
    """
    return {hop for hop, holders in members.items() if not holders}
