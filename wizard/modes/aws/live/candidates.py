"""The roles on AWS that a provider's condition, or the members of policies, name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wizard.federation import conditions
from wizard.federation.aws_identities import RoleSessions, named_in, role_of_session
from wizard.federation.gate import Gate
from wizard.federation.identifiers import PoolName
from wizard.federation.mapping import ExpressionError
from wizard.federation.principals import FederatedIdentity, admits
from wizard.language import _
from wizard.modes.aws.live import meant
from wizard.modes.aws.live.facts import ProviderFacts

BY_POLICY = "the test runs as the role {role}, because IAM policies name this role"
BY_CONDITION = "the test runs as the role {role}, because the provider's attribute condition names this role"
BY_ARN = "the test runs as the role {role}, because members of IAM policies contain the ARN of this role"
_ACCOUNT = re.compile(r":(?:sts|iam)::(\d{12}):", re.ASCII)
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Candidate:
    """A role that can get a token, and where it is named: `origin` is a sentence with {role}."""

    sessions: RoleSessions
    origin: str

    @property
    def arn(self) -> str:
        """The ARN of the role, without a path."""
        return f"arn:{self.sessions.partition}:iam::{self.sessions.account}:role/{self.sessions.role}"


Finder = Callable[[ProviderFacts | None, Iterable[str], PoolName | None], list[Candidate]]
"""Finds the roles for a provider, the members of policies, and a pool."""


def is_role_name(text: str) -> bool:
    """Return whether a text can be the name of a role."""
    return bool(_ROLE_NAME.fullmatch(text))


def partition_in(document: Mapping[str, Any]) -> str:
    """Return the AWS partition that a configuration is for."""
    source = document.get("credential_source")
    url = str(source.get("regional_cred_verification_url")) if isinstance(source, Mapping) else ""
    if ".amazonaws.com.cn" in url or ".amazonwebservices.com.cn" in url:
        return "aws-cn"
    if ".amazonaws.eu" in url:
        return "aws-eusc"
    return "aws-us-gov" if ".us-gov-" in url else "aws"


def roles(provider: ProviderFacts | None, members: Iterable[str], pool: PoolName | None) -> list[Candidate]:
    """Return the roles that get a token and that the members of policies name, else those that the condition names."""
    if provider is None or pool is None or provider.type != "aws":
        return []
    try:
        gate = Gate(provider.mapping, provider.condition)
    except ExpressionError:
        return []
    members = list(members)
    literals = conditions.literals(provider.condition)
    texts = [*literals, *(member.rpartition("/attribute.")[2].partition("/")[2] for member in members)]
    named = [sessions for sessions in _named(texts, provider.account) if gate.admits(sessions.identities()[0])]
    bound = [sessions for sessions in named if _is_bound(sessions, provider, pool, members)]
    if bound:
        return [Candidate(sessions, _(BY_POLICY)) for sessions in bound]
    listed = [sessions for sessions in named if not all(gate.admits(other) for other in sessions.other_roles())]
    return [Candidate(sessions, _(BY_CONDITION)) for sessions in listed]


def likely_roles(
    provider: ProviderFacts | None,
    members: Iterable[str],
    pool: PoolName | None,
    may_exist: Callable[[str], bool],
    accepts: Callable[[str], bool],
) -> list[Candidate]:
    """Return the roles that someone wanted to admit: those that get a token, else those that are only named.

    A condition can exclude the role that the policies name, and both can name a role that does not exist any more:
    `may_exist` tells for the name of a role whether it may be there. `accepts` tells for an AWS account whether a
    provider of the pool is for it: roles of this account get their tokens there.
    """
    admitted = roles(provider, members := list(members), pool)
    named = roles(replace(provider, condition=""), members, pool) if provider else []
    others = _of_other_accounts(provider, members, pool, accepts)
    for candidates in (admitted, named, roles(provider, (), pool), others, _unbound(provider, members, pool)):
        existing = [candidate for candidate in candidates if may_exist(candidate.sessions.role)]
        if existing:
            return existing
    return admitted or named


def _unbound(provider: ProviderFacts | None, members: Iterable[str], pool: PoolName | None) -> list[Candidate]:
    """Return the roles whose ARNs members of the pool have, although the members do not include their sessions."""
    if provider is None or pool is None or provider.type != "aws":
        return []
    arns = dict.fromkeys(arn for member in members if (arn := meant.arn_in(member, pool, provider.account)))
    return [Candidate(sessions, _(BY_ARN)) for sessions in _named(arns, provider.account)]


def _of_other_accounts(
    provider: ProviderFacts | None, members: Iterable[str], pool: PoolName | None, accepts: Callable[[str], bool]
) -> list[Candidate]:
    """Return the roles that members name in accounts for which the pool has no provider."""
    if provider is None:
        return []
    members = list(members)
    accounts = dict.fromkeys(account for member in members for account in _ACCOUNT.findall(member))
    candidates: list[Candidate] = []
    for account in accounts:
        if account != provider.account and not accepts(account):
            candidates += roles(replace(provider, account=account, condition=""), members, pool)
    return candidates


def identity_of(
    provider: ProviderFacts | None, sessions: RoleSessions, pool: PoolName | None
) -> FederatedIdentity | None:
    """Return the identity of a session of the role after mapping; None if the mapping gives none."""
    if provider is None or pool is None:
        return None
    try:
        mapped = Gate(provider.mapping).map(sessions.identities()[0])
    except ExpressionError:
        return None
    return FederatedIdentity(pool, mapped.subject, mapped.groups, mapped.attributes)


def _named(texts: Iterable[str], account: str) -> Iterator[RoleSessions]:
    found: dict[RoleSessions, None] = {}
    for text in texts:
        partition = text.split(":")[1] if text.startswith("arn:") and text.count(":") > 4 else "aws"
        for identity in named_in([text], account, partition):
            sessions = role_of_session(identity.arn)
            if sessions and is_role_name(sessions.role):
                found[RoleSessions(account, sessions.role, partition)] = None
    yield from found


def _is_bound(sessions: RoleSessions, provider: ProviderFacts, pool: PoolName, members: list[str]) -> bool:
    """Return whether a member names the role: one that admits it, and not every other role too."""
    own = identity_of(provider, sessions, pool)
    others = [identity_of(provider, role, pool) for role in _others(sessions)]
    for member in members:
        if own and admits(member, own) and not any(other and admits(member, other) for other in others):
            return True
    return False


def _others(sessions: RoleSessions) -> list[RoleSessions]:
    return [RoleSessions(sessions.account, f"not-{sessions.role}"[:64], sessions.partition)]
