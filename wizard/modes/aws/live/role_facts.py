"""What the provider's mapping and condition mean for the caller's role: the member to grant, near misses, the fix."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from wizard.federation import conditions, near_miss, widening
from wizard.federation.aws import AWS_DEFAULT_MAPPING
from wizard.federation.aws_identities import role_of_session
from wizard.federation.grantee import NoGrantee, grantee
from wizard.federation.mapping import ExpressionError
from wizard.federation.principals import FederatedIdentity, principal
from wizard.language import _
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.resources import gcloud_flags

UNKNOWN_MEMBER = "the workload's principalSet"


@dataclass(frozen=True)
class Miss:
    """A near miss: its kind, what was written, and what is right. All are empty if there is none."""

    kind: str = ""
    wrong: str = ""
    right: str = ""


@dataclass(frozen=True)
class RoleFacts:
    """The facts about the caller's role. `admitting_flags` are gcloud's, and empty if the condition cannot be widened.

    `no_member` says why no grant can name the role; it is empty if one can. A member never has the name of a session.
    """

    member: str = UNKNOWN_MEMBER
    no_member: str = ""
    unmapped: str = ""
    condition_miss: Miss = Miss()
    admitting_flags: str = ""

    @property
    def grantee(self) -> str:
        """The member to grant; empty if it is not known, or if there is none."""
        return "" if self.no_member or self.member == UNKNOWN_MEMBER else self.member


def role_facts(arn: str, provider: ProviderFacts | None, identity: FederatedIdentity | None) -> RoleFacts:
    """Return the facts for the ARN of a caller, the provider, and the identity that the mapping gives."""
    if identity is None or provider is None:
        return RoleFacts()
    sessions = role_of_session(arn)
    if sessions is None:
        return RoleFacts(principal(identity.pool, identity.subject))
    used = conditions.attributes_of(provider.condition) - {conditions.ANY_ATTRIBUTE, *identity.attributes}
    unmapped = ", ".join(sorted(f"attribute.{name}" for name in used))
    miss = _condition_miss(provider.condition, identity)
    try:
        member = grantee(provider.mapping, sessions).member(identity.pool)
    except (NoGrantee, ExpressionError) as error:
        return RoleFacts(_("the role"), str(error), unmapped, miss)
    try:
        after = widening.widened(provider.mapping, provider.condition, AWS_DEFAULT_MAPPING, None, sessions)
    except widening.CannotWiden:
        return RoleFacts(member, "", unmapped, miss)
    return RoleFacts(member, "", unmapped, miss, _flags(provider, after))


def member_miss(members: Iterable[str], identity: FederatedIdentity | None) -> Miss:
    """Return the first member of a policy that almost is the identity."""
    for member in members:
        kind = near_miss.member_miss(member, identity) if identity else None
        if kind:
            return Miss(kind, member)
    return Miss()


def _condition_miss(condition: str, identity: FederatedIdentity) -> Miss:
    listed = conditions.listed(condition)
    values = dict(identity.attributes)
    if listed:
        name = listed.variable.removeprefix("attribute.")
        values = {name: values[name]} if name in values else {}
    for wrong in conditions.literals(condition):
        for right in values.values():
            kind = near_miss.value_miss(wrong, right)
            if kind:
                return Miss(kind, wrong, right)
    return Miss()


def _flags(provider: ProviderFacts, after: widening.Widened) -> str:
    condition = f"--attribute-condition={shlex.quote(after.condition)}"
    if after.mapping == provider.mapping:
        return condition
    return f"{gcloud_flags.dictionary('--attribute-mapping', after.mapping)} {condition}"
