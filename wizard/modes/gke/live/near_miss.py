"""Members of policies that were meant for a workload on GKE, and miss it by one thing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, cast

_PART = r"[^/\[\]]+"
_POOL = rf"iam\.googleapis\.com/projects/(?P<project>{_PART})/locations/global/workloadIdentityPools/(?P<pool>{_PART})"
_FORMS = (
    re.compile(rf"principal://{_POOL}/subject/ns/(?P<namespace>{_PART})/sa/(?P<account>{_PART})"),
    re.compile(rf"principalSet://{_POOL}/namespace/(?P<namespace>{_PART})"),
    re.compile(rf"serviceAccount:(?P<pool>{_PART})\[(?P<namespace>{_PART})/(?P<account>{_PART})\]"),
)


Part = Literal["project", "pool", "namespace", "account"]
"""A part of a member; `account` is the KSA."""


@dataclass(frozen=True)
class Wanted:
    """The parts of the right member: the project by its number, the pool by its id, namespace and KSA."""

    project: str
    pool: str
    namespace: str
    account: str


@dataclass(frozen=True)
class NearMiss:
    """A member, and the one part in which it is wrong."""

    member: str
    part: Part
    by_id: bool = False
    """Whether the project is named by its id, where its number belongs."""


def near_miss(members: Iterable[str], wanted: Wanted) -> NearMiss | None:
    """The first member that is wrong in one part only; None when there is none."""
    return next((miss for miss in _misses(members, wanted)), None)


def _misses(members: Iterable[str], wanted: Wanted) -> Iterator[NearMiss]:
    for member in members:
        found = next((form for each in _FORMS if (form := each.fullmatch(member))), None)
        wrong = [part for part, value in found.groupdict().items() if value != getattr(wanted, part)] if found else []
        if found and len(wrong) == 1:
            by_id = wrong == ["project"] and not found["project"].isdigit()
            yield NearMiss(member, cast(Part, wrong[0]), by_id)
