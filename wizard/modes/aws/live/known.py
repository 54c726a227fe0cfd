"""What a live test from AWS has learned so far, and the facts that its rules ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.chain.hop import Outcome
from wizard.chain.rule import Facts
from wizard.chain.target import missing_roles
from wizard.federation.identifiers import AudienceError, ProviderName
from wizard.federation.principals import FederatedIdentity, admits, principal, principal_set
from wizard.modes.aws.live.facts import AwsTest


@dataclass(frozen=True, kw_only=True)
class AwsFacts(Facts):
    """What the rules for AWS ask, and what their sentences name."""

    account: str
    """The AWS account of the workload's credentials."""
    arn: str
    """The caller's ARN, as AWS tells it."""
    role: str
    """The caller's role, or its ARN where it is not in a role."""
    provider_account: str
    """The AWS account that the provider is for."""
    is_other_account: bool
    """Whether the provider is for another account than the workload's."""
    pool: str
    """The full name of the workload identity pool, which gcloud takes without --location and --project."""
    provider: str
    """The full name of the provider, likewise."""
    audience: str
    condition: str
    pool_deleted: bool
    pool_disabled: bool
    provider_deleted: bool
    provider_disabled: bool
    members: str
    """Who has the roles that the hop needs."""
    nobody_bound: bool
    """Whether it is known that nobody has them."""
    others_bound: bool
    """Whether it is known that only others have them."""
    bound: bool
    """Whether it is known that the workload has them."""
    withheld: str
    """Why the runtime would give the workload no credentials."""


@dataclass(frozen=True)
class AwsKnown:
    """What the test has learned so far: `caller` is GetCallerIdentity's answer, `identity` the predicted one."""

    test: AwsTest
    caller: Mapping[str, Any] = field(default_factory=dict)
    identity: FederatedIdentity | None = None

    def facts(self, outcome: Outcome) -> AwsFacts:
        """The facts about an outcome."""
        test, provider = self.test, self.test.provider
        account = self.caller.get("account")
        arn = str(self.caller.get("arn", "the caller"))
        audience = str(test.config.get("audience"))
        pool_name, provider_name = _names(audience)
        members = test.members.get(outcome.hop.id)
        admitted = self._admitted(members)
        return AwsFacts(
            impersonating=test.service_account is not None,
            service_account=test.service_account or "the service account",
            member=self._member(),
            missing=missing_roles(outcome, test.targets),
            account=str(account or "the caller's"),
            arn=arn,
            role=arn.split("/")[1] if ":assumed-role/" in arn else arn,
            provider_account=provider.account if provider else "another",
            is_other_account=provider is not None and account not in (None, provider.account),
            pool=pool_name,
            provider=provider_name,
            audience=audience,
            condition=provider.condition if provider and provider.condition else "(not known)",
            pool_deleted=provider is not None and provider.pool_state == "DELETED",
            pool_disabled=provider is not None and provider.pool_disabled,
            provider_deleted=provider is not None and provider.state == "DELETED",
            provider_disabled=provider is not None and provider.disabled,
            members=", ".join(members or ()),
            nobody_bound=members == (),
            others_bound=bool(members) and self.identity is not None and not admitted,
            bound=admitted,
            withheld=outcome.reason or "",
        )

    def _admitted(self, members: tuple[str, ...] | None) -> bool:
        """Whether one of the members is known to be the workload."""
        identity = self.identity
        return identity is not None and any(admits(member, identity) for member in members or ())

    def _member(self) -> str:
        """The workload's role, or its subject where no role is mapped, as policies name it."""
        if self.identity is None:
            return "the workload's principalSet"
        role = self.identity.attributes.get("aws_role")
        if role:
            return principal_set(self.identity.pool, "aws_role", role)
        return principal(self.identity.pool, self.identity.subject)


def _names(audience: str) -> tuple[str, str]:
    """The full names of the pool and the provider that an audience names."""
    try:
        provider = ProviderName.parse(audience)
    except AudienceError:
        return "POOL", "PROVIDER"
    return provider.pool.name, provider.name
