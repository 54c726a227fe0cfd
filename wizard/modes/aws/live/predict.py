"""Predict how Google's token service maps the caller."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.chain.hop import Outcome, Status
from wizard.federation.aws import aws_assertion
from wizard.federation.aws_identities import role_of_session
from wizard.federation.grantee import NoGrantee, grantee
from wizard.federation.identifiers import AudienceError, PoolName, ProviderName
from wizard.federation.mapping import Condition, ExpressionError, Mapped
from wizard.federation.mapping import Mapping as AttributeMapping
from wizard.federation.principals import FederatedIdentity, principal, principal_set
from wizard.federation.weakness import weaknesses
from wizard.language import _
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.aws.live.hops import PRINCIPAL


@dataclass(frozen=True)
class Prediction:
    """The outcome of the computed hop, and the identity; None if the mapping gives no identity."""

    outcome: Outcome
    identity: FederatedIdentity | None = None


def predict(audience: str, provider: ProviderFacts | None, caller: Mapping[str, Any]) -> Prediction:
    """Evaluate the provider's mapping and condition on the caller: {"account", "arn", "userid"} from GetCallerIdentity.

    The hop fails if the token service should refuse: a deleted or disabled provider, another account, a subject over
    127 bytes, a condition that is false. The token exchange runs in any case, since the cloud decides.
    """
    if provider is None:
        unread = _(
            "the wizard could not read the provider, so it does not know the attribute mapping and the attribute "
            "condition"
        )
        return Prediction(Outcome(PRINCIPAL, "not_proven", (unread,), unread))
    try:
        pool = ProviderName.parse(audience).pool
    except AudienceError as error:
        return Prediction(Outcome(PRINCIPAL, "not_proven", (str(error),), str(error)))
    return _evaluated(pool, provider, caller)


def _evaluated(pool: PoolName, provider: ProviderFacts, caller: Mapping[str, Any]) -> Prediction:
    if provider.type != "aws":
        other = _("the provider is for {type_title}, not for AWS, so the provider accepts no AWS credentials").format(
            type_title=provider.type_title
        )
        return Prediction(Outcome(PRINCIPAL, "failed", (other,), other))
    problems = [*_state_problems(provider), *_account_problems(provider, caller)]
    evidence: list[str] = []
    received: dict[str, Any] = {}
    identity = None
    mapping = provider.mapping
    assertion = aws_assertion(caller["account"], caller["arn"], caller["userid"])
    try:
        mapped = AttributeMapping(mapping).evaluate(assertion)
        identity = FederatedIdentity(pool, mapped.subject, mapped.groups, mapped.attributes)
        received = _described(identity)
        evidence.append(_("subject {subject}").format(subject=mapped.subject))
        evidence.extend(_("principal {name}").format(name=name) for name in received["principals"])
        problems.extend(_condition_problems(provider, assertion, mapped, received, evidence))
        evidence.extend(_weaknesses(provider, caller))
    except ExpressionError as error:
        problems.append(_("{key}: {problem}").format(key=error.key, problem=error.problem))
    evidence.extend(problems)
    sent = {"assertion": assertion, "mapping": dict(mapping), "condition": provider.condition}
    status: Status = "failed" if problems else "ok"
    reason = problems[0] if problems else None
    outcome = Outcome(PRINCIPAL, status, tuple(evidence), reason, sent=sent, received=received)
    return Prediction(outcome, identity)


def _described(identity: FederatedIdentity) -> dict[str, Any]:
    sets = [principal_set(identity.pool, name, value) for name, value in sorted(identity.attributes.items())]
    return {
        "subject": identity.subject,
        "groups": list(identity.groups),
        "attributes": dict(identity.attributes),
        "principals": [principal(identity.pool, identity.subject), *sets],
    }


def identity_in(outcomes: Iterable[Outcome], audience: str) -> FederatedIdentity | None:
    """Return the identity that a live test predicted, in the pool of an audience; None if it predicted none."""
    try:
        pool = ProviderName.parse(audience).pool
    except AudienceError:
        return None
    for outcome in outcomes:
        if outcome.hop == PRINCIPAL and "subject" in outcome.received:
            found = outcome.received
            return FederatedIdentity(pool, found["subject"], tuple(found["groups"]), found["attributes"])
    return None


def _state_problems(provider: ProviderFacts) -> list[str]:
    problems = {
        _("the pool was deleted (you can undelete it within 30 days of its deletion)"): provider.pool_state
        == "DELETED",
        _("the pool is disabled"): provider.pool_disabled,
        _("the provider was deleted (you can undelete it within 30 days of its deletion)"): provider.state == "DELETED",
        _("the provider is disabled"): provider.disabled,
    }
    return [problem for problem, is_present in problems.items() if is_present]


def _account_problems(provider: ProviderFacts, caller: Mapping[str, Any]) -> list[str]:
    if provider.account == caller["account"]:
        return []
    account = caller["account"]
    return [
        _("the provider is for AWS account {account}, but the caller is from account {account2}").format(
            account=provider.account, account2=account
        )
    ]


def _condition_problems(
    provider: ProviderFacts,
    assertion: Mapping[str, Any],
    mapped: Mapped,
    received: dict[str, Any],
    evidence: list[str],
) -> list[str]:
    if not provider.condition:
        return []
    admitted = received["condition"] = Condition(provider.condition).evaluate(assertion, mapped)
    if admitted:
        evidence.append(_("the attribute condition is true: {condition}").format(condition=provider.condition))
        return []
    return [_("the attribute condition is false for this caller: {condition}").format(condition=provider.condition)]


def _weaknesses(provider: ProviderFacts, caller: Mapping[str, Any]) -> list[str]:
    """Return who else gets in, as evidence; nothing if the caller is not a role, or no grant can name the role."""
    sessions = role_of_session(caller["arn"])
    if sessions is None:
        return []
    try:
        named = grantee(provider.mapping, sessions)
    except NoGrantee:
        return []
    return weaknesses(provider.mapping, provider.condition, sessions, named)
