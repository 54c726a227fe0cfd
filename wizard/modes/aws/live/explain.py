"""Why a hop failed, and what to do: our words, found by the cloud's words and by what is known of the setup."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.chain.hop import Outcome
from wizard.chain.rule import Explanation, first
from wizard.chain.target import missing_roles
from wizard.federation.identifiers import AudienceError, ProviderName
from wizard.federation.principals import FederatedIdentity, admits
from wizard.modes.aws.live.facts import AwsTest
from wizard.modes.aws.live.reasons import RULES


@dataclass(frozen=True)
class Known:
    """What the test has learned so far: `caller` is GetCallerIdentity's answer, `identity` the predicted one."""

    test: AwsTest
    caller: Mapping[str, Any] = field(default_factory=dict)
    identity: FederatedIdentity | None = None


def explain(outcome: Outcome, known: Known) -> Explanation | None:
    """The first rule that fits the failed outcome; None when no rule knows it: then the cloud's words must do."""
    return first(RULES, outcome, _facts(outcome, known), _fields(outcome, known))


def _facts(outcome: Outcome, known: Known) -> frozenset[str]:
    """What is so, beside the words: the names that rules ask for."""
    provider = known.test.provider
    members = known.test.members.get(outcome.hop.id)
    admitted = members is not None and known.identity is not None and _any(members, known.identity)
    is_so = {
        "other account": provider is not None and known.caller.get("account") not in (None, provider.account),
        "pool deleted": provider is not None and provider.pool_state == "DELETED",
        "pool disabled": provider is not None and provider.pool_disabled,
        "provider deleted": provider is not None and provider.state == "DELETED",
        "provider disabled": provider is not None and provider.disabled,
        "nobody bound": members == (),
        "others bound": bool(members) and known.identity is not None and not admitted,
        "bound": admitted,
        "impersonating": known.test.service_account is not None,
    }
    return frozenset(name for name, so in is_so.items() if so)


def _any(members: tuple[str, ...], identity: FederatedIdentity) -> bool:
    return any(admits(member, identity) for member in members)


def _fields(outcome: Outcome, known: Known) -> dict[str, str]:
    """What the sentences name."""
    test, provider = known.test, known.test.provider
    arn = str(known.caller.get("arn", "the caller"))
    role = arn.split("/")[1] if ":assumed-role/" in arn else arn
    identity = known.identity
    return {
        "account": str(known.caller.get("account", "the caller's")),
        "arn": arn,
        "role": role,
        "provider_account": provider.account if provider else "another",
        "condition": provider.condition if provider and provider.condition else "(not known)",
        "audience": str(test.config.get("audience")),
        **_names(str(test.config.get("audience"))),
        "service_account": test.service_account or "the service account",
        "member": _member(identity),
        "members": ", ".join(test.members.get(outcome.hop.id, ())),
        "missing": missing_roles(outcome, test.targets),
        "withheld": outcome.reason or "",
    }


def _names(audience: str) -> dict[str, str]:
    """Pool and provider by their full names, which gcloud takes without --location and --project."""
    try:
        provider = ProviderName.parse(audience)
    except AudienceError:
        return {"pool": "POOL", "provider": "PROVIDER"}
    return {"pool": provider.pool.name, "provider": provider.name}


def _member(identity: FederatedIdentity | None) -> str:
    """How a policy names the caller."""
    if identity is None:
        return "the workload's principalSet"
    role = identity.attributes.get("aws_role")
    base = f"iam.googleapis.com/{identity.pool.name}"
    return (
        f"principalSet://{base}/attribute.aws_role/{role}" if role else f"principal://{base}/subject/{identity.subject}"
    )
