"""Find members of policies that were meant for a workload on GKE, but are wrong in one part."""

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
    """The parts of the correct member: project number, pool ID, namespace and KSA."""

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
    """Whether the member has the project ID instead of the project number."""


def near_miss(members: Iterable[str], wanted: Wanted) -> NearMiss | None:
    """Return the first member that is wrong in exactly one part; None if there is none."""
    return next(_misses(members, wanted), None)


def _misses(members: Iterable[str], wanted: Wanted) -> Iterator[NearMiss]:
    for member in members:
        parts = _parts(member)
        wrong = [part for part, value in parts.items() if value != getattr(wanted, part)]
        if len(wrong) == 1:
            by_id = wrong == ["project"] and not parts["project"].isdigit()
            yield NearMiss(member, cast(Part, wrong[0]), by_id)


def _parts(member: str) -> dict[str, str]:
    """Return the parts of a member in one of the known forms; empty for other members."""
    for form in _FORMS:
        match = form.fullmatch(member)
        if match:
            return match.groupdict()
    return {}
