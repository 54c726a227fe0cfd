"""Find members of policies that were meant for a workload on GKE, but are wrong in one part."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, cast, get_args

_PART = r"[^/\[\]]+"
_POOL = rf"iam\.googleapis\.com/projects/(?P<project>{_PART})/locations/global/workloadIdentityPools/(?P<pool>{_PART})"
_FORMS = (
    re.compile(rf"principal://{_POOL}/subject/ns/(?P<namespace>{_PART})/sa/(?P<account>{_PART})"),
    re.compile(rf"principalSet://{_POOL}/namespace/(?P<namespace>{_PART})"),
    re.compile(rf"serviceAccount:(?P<pool>{_PART})\[(?P<namespace>{_PART})/(?P<account>{_PART})\]"),
)


_OTHER_FORMS = (
    re.compile(rf"principal://{_POOL}/subject/system:serviceaccount:(?P<namespace>[^/:]+):(?P<account>[^/:]+)"),
    re.compile(rf"principalSet://{_POOL}/subject/ns/(?P<namespace>{_PART})/sa/(?P<account>{_PART})"),
)
"""Forms that name a KSA, and that Google Cloud does not match with it."""

Part = Literal["form", "project", "pool", "account", "namespace"]
"""A part of a member; `account` is the KSA. In the order in which they count: a namespace can be another team's."""

_SET = "principalSet://"


@dataclass(frozen=True)
class Wanted:
    """The parts of the correct member: project number, pool ID, namespace and KSA."""

    project: str
    pool: str
    namespace: str
    account: str


@dataclass(frozen=True)
class NearMiss:
    """A member, and the one part in which it is wrong; `form`: all parts are right, but not the form of the member."""

    member: str
    part: Part
    by_id: bool = False
    """Whether the member has the project ID instead of the project number."""


def near_miss(members: Iterable[str], wanted: Wanted) -> NearMiss | None:
    """Return the member that is wrong in exactly one part; None if there is none. Of several, the likeliest."""
    order = get_args(Part)
    return min(_misses(members, wanted), key=lambda miss: (order.index(miss.part), _SET in miss.member), default=None)


def _misses(members: Iterable[str], wanted: Wanted) -> Iterator[NearMiss]:
    for member in members:
        other = next((match.groupdict() for form in _OTHER_FORMS if (match := form.fullmatch(member))), None)
        if other and all(value == getattr(wanted, part) for part, value in other.items()):
            yield NearMiss(member, "form")
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
