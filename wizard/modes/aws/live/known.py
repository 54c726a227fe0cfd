"""What a live test from AWS knows so far, and the facts that its rules use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.chain.hop import PERMISSION, Outcome
from wizard.chain.project_policy import Names, is_account
from wizard.chain.rule import Facts
from wizard.chain.target import holders_of_missing, missing_roles
from wizard.federation.identifiers import AudienceError, ProviderName
from wizard.federation.principals import FederatedIdentity, admits, principal, principal_set
from wizard.modes.aws.live.facts import AwsTest


@dataclass(frozen=True, kw_only=True)
class AwsFacts(Facts):
    """The facts that the rules for AWS use, in their conditions and in their texts."""

    account: str
    """The AWS account of the workload's credentials."""
    arn: str
    """The caller's ARN, from GetCallerIdentity."""
    role: str
    """The caller's role, or its ARN if it does not use a role."""
    provider_account: str
    """The AWS account that the provider is for."""
    is_other_account: bool
    """Whether the provider is for another account than the workload's."""
    pool: str
    """The full name of the workload identity pool, which gcloud accepts without --location and --project."""
    provider: str
    """The full name of the provider, which gcloud accepts in the same way."""
    audience: str
    condition: str
    pool_deleted: bool
    pool_disabled: bool
    provider_deleted: bool
    provider_disabled: bool
    members: str
    """The members that have the roles that the hop needs, separated by commas."""
    nobody_bound: bool
    """Whether it is known that nobody has the roles."""
    others_bound: bool
    """Whether it is known that only others have the roles."""
    bound: bool
    """Whether it is known that the workload has the roles."""
    withheld: str
    """Why the runtime would not give the workload credentials."""


@dataclass(frozen=True)
class AwsKnown:
    """What the test knows so far. `caller` is the answer of GetCallerIdentity; `identity` is predicted."""

    test: AwsTest
    caller: Mapping[str, Any] = field(default_factory=dict)
    identity: FederatedIdentity | None = None

    def facts(self, outcome: Outcome) -> AwsFacts:
        """Return the facts for an outcome."""
        test, provider = self.test, self.test.provider
        account = self.caller.get("account")
        arn = str(self.caller.get("arn", "the caller"))
        audience = str(test.config.get("audience"))
        pool_name, provider_name = _names(audience)
        members = self._members(outcome)
        admitted = self._admitted(members)
        return AwsFacts(
            impersonating=test.service_account is not None,
            service_account=test.service_account or "the service account",
            member=self._member(),
            missing=missing_roles(outcome),
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

    @property
    def names(self) -> Names | None:
        """Whether a member of a policy is who uses the target: the service account, or else the predicted principal.

        None while the principal is not known.
        """
        account, identity = self.test.service_account, self.identity
        if account:
            return lambda member: is_account(member, account)
        return (lambda member: admits(member, identity)) if identity else None

    def _members(self, outcome: Outcome) -> tuple[str, ...] | None:
        """Return who has what the hop of the outcome needs; None if not known."""
        if outcome.hop == PERMISSION:
            return holders_of_missing(outcome, self.test.targets)
        return self.test.members.get(outcome.hop.id)

    def _admitted(self, members: tuple[str, ...] | None) -> bool:
        """Return whether one of the members is known to be the workload."""
        identity = self.identity
        return identity is not None and any(admits(member, identity) for member in members or ())

    def _member(self) -> str:
        """Return the member for the workload: its role, or its subject if no role is mapped."""
        if self.identity is None:
            return "the workload's principalSet"
        role = self.identity.attributes.get("aws_role")
        if role:
            return principal_set(self.identity.pool, "aws_role", role)
        return principal(self.identity.pool, self.identity.subject)


def _names(audience: str) -> tuple[str, str]:
    """Return the full names of the pool and the provider in an audience; placeholders if it is not valid."""
    try:
        provider = ProviderName.parse(audience)
    except AudienceError:
        return "POOL", "PROVIDER"
    return provider.pool.name, provider.name
