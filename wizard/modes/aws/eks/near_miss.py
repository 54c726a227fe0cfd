"""Members of policies that were meant for a pod on EKS, but are wrong in one part."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wizard.federation import near_miss
from wizard.federation.principals import FederatedIdentity

_SUBJECT = re.compile(r"system:serviceaccount:(?P<namespace>[^:/]+):(?P<account>[^:/]+)")
_MEMBER = re.compile(
    r"principal(Set)?://iam\.googleapis\.com/projects/(?P<project>[^/]+)/locations/global/"
    r"workloadIdentityPools/(?P<pool>[^/]+)/subject/(?P<subject>.+)"
)
_ON_GKE = re.compile(r"ns/(?P<namespace>[^/]+)/sa/(?P<account>[^/]+)")


@dataclass(frozen=True)
class NearMiss:
    """A member, and what is wrong with it: a kind of `federation.near_miss`, "namespace", "account" or "gke".

    Both are empty if there is none. "gke" is the form that members of pods on GKE have.
    """

    member: str = ""
    kind: str = ""


def near_miss_in(members: Iterable[str], identity: FederatedIdentity) -> NearMiss:
    """Return the first member that was meant for the identity."""
    for member in members:
        kind = near_miss.member_miss(member, identity) or _part(member, identity)
        if kind:
            return NearMiss(member, kind)
    return NearMiss()


def _part(member: str, identity: FederatedIdentity) -> str | None:
    """Return which part of the subject is wrong, if the pool is right and the rest of the subject is."""
    found, own = _MEMBER.fullmatch(member), _SUBJECT.fullmatch(identity.subject)
    if found is None or own is None:
        return None
    if (found["project"], found["pool"]) != (identity.pool.project_number, identity.pool.pool):
        return None
    on_gke = _ON_GKE.fullmatch(found["subject"])
    if on_gke and on_gke.groupdict() == own.groupdict():
        return "gke"
    named = _SUBJECT.fullmatch(found["subject"])
    if named is None:
        return None
    wrong = [part for part, value in own.groupdict().items() if named[part] != value]
    return wrong[0] if len(wrong) == 1 else None
