"""What a live test from AWS knows so far, and the facts that its rules use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from wizard.chain.hop import EXCHANGE, IMPERSONATION, PERMISSION, Hop, Outcome
from wizard.chain.probe import POD_IDENTITY_HOSTS
from wizard.chain.project_policy import Names, is_account
from wizard.chain.rule import Facts
from wizard.chain.target import holders_of_missing, is_stored, missing_roles
from wizard.federation.config_source import local_server
from wizard.federation.identifiers import AudienceError, ProviderName
from wizard.federation.principals import FederatedIdentity, admits
from wizard.language import _, translated
from wizard.modes import live_grants
from wizard.modes.aws.live.facts import AwsTest
from wizard.modes.aws.live.role_facts import member_miss, role_facts
from wizard.modes.live_grants import Conditional
from wizard.resources.held import Held


@dataclass(frozen=True, kw_only=True)
class AwsFacts(Facts):
    """The facts that the rules for AWS use, in their conditions and in their texts."""

    account: str
    """The AWS account of the workload's credentials."""
    arn: str
    """The caller's ARN, from GetCallerIdentity."""
    role: str
    """The caller's role, or its ARN if it does not use a role."""
    is_person: bool
    """Whether the caller is a user, the root user or someone signed in through IAM Identity Center: no workload."""
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
    exported: bool
    """Whether the workload's credentials are in environment variables, which nothing renews."""
    pod_identity: bool
    """Whether the agent of EKS Pod Identity gave the workload its credentials."""
    server: str
    """The host and port of serve-credentials in the credential configuration; empty if it names no such server."""
    provider_type: str
    """The type of the provider, as people know it."""
    is_other_type: bool
    """Whether it is known that the provider is not for AWS."""
    no_member: str
    """Why no grant can name the role; empty if one can."""
    unmapped: str
    """The attributes that the condition uses and the mapping does not have, separated by commas."""
    condition_miss: str
    """The kind of near miss in the condition, as in `near_misses`; empty if there is none."""
    condition_wrong: str
    condition_right: str
    admitting_flags: str
    """The flags with which gcloud makes the provider admit the role too; empty if that is not safe."""
    host_role: str
    """The name of the caller's role, if it is the one of the container's host, and not the container's own; else empty.
    """
    member_miss: str
    """The kind of near miss among the members; empty if there is none."""
    near_member: str
    other_holder: str
    """The workload's own member that has a wanted role, although the workload acts as a service account; else empty."""
    elsewhere: str
    """A wanted role that the workload has on a resource that does not need it, with the resource; else empty."""


@dataclass(frozen=True)
class AwsKnown:
    """What the test knows so far. `caller` is the answer of GetCallerIdentity; `identity` is predicted."""

    test: AwsTest
    caller: Mapping[str, Any] = field(default_factory=dict)
    identity: FederatedIdentity | None = None
    source: str = ""
    """Where the workload's credentials were found."""
    host: str = ""
    """The host of the container credentials endpoint that gave them; empty if they are from elsewhere."""
    refused: bool = False
    """Whether the token service was predicted to refuse the caller."""

    def predicts_refusal(self, hop: Hop) -> bool:
        """Return whether a refusal at the hop was computed, so that no recent grant explains it.

        A policy shows a grant as soon as it is written. A member that is not in it does not become effective later.
        """
        members = self.test.members.get(hop.id)
        if hop == EXCHANGE:
            return self.refused
        if members is None or self.identity is None:
            return False
        return not any(self.is_holder(hop, member) for member in members)

    def facts(self, outcome: Outcome) -> AwsFacts:
        """Return the facts for an outcome."""
        test, provider = self.test, self.test.provider
        account = self.caller.get("account")
        arn = str(self.caller.get("arn", _("the caller")))
        audience = str(test.config.get("audience"))
        pool_name, provider_name = _names(audience)
        members = self._members(outcome)
        missing = missing_roles(outcome)
        admitted = self._admitted(members)
        role_name = arn.split("/")[1] if ":assumed-role/" in arn else arn
        role = role_facts(arn, provider, self.identity)
        conditional = self._conditional(outcome, role.member)
        near = member_miss(members or (), self.identity)
        return AwsFacts(
            impersonating=test.service_account is not None,
            service_account=test.service_account or _("the service account"),
            member=role.member,
            missing=missing,
            conditional=conditional.cause,
            conditional_fix=conditional.fix,
            grant_fix=live_grants.granting(outcome.hop, outcome, role.grantee, test.service_account),
            undecided=conditional.undecided,
            account_disabled=bool(test.account_disabled),
            other_role=live_grants.role_of(test.on_account, partial(self.is_holder, IMPERSONATION)),
            stored=is_stored(outcome, test.targets, self.names),
            pod_identity=self.host in POD_IDENTITY_HOSTS,
            account=str(account or _("the caller's")),
            arn=arn,
            role=role_name,
            is_person=":iam::" in arn or role_name.startswith("AWSReservedSSO_"),
            provider_account=provider.account if provider else _("another account"),
            is_other_account=provider is not None
            and provider.type == "aws"
            and account not in (None, provider.account),
            pool=pool_name,
            provider=provider_name,
            audience=audience,
            condition=provider.condition if provider and provider.condition else _("(not known)"),
            pool_deleted=provider is not None and provider.pool_state == "DELETED",
            pool_disabled=provider is not None and provider.pool_disabled,
            provider_deleted=provider is not None and provider.state == "DELETED",
            provider_disabled=provider is not None and provider.disabled,
            members=", ".join(members or ()),
            nobody_bound=members == (),
            granted_to_itself=members == (f"serviceAccount:{test.service_account}",),
            others_bound=bool(members) and self.identity is not None and not admitted,
            bound=admitted,
            withheld=outcome.reason or "",
            exported=self.source == "environment",
            server=local_server(test.config),
            provider_type=translated(provider.type_title) if provider else _("another type"),
            is_other_type=provider is not None and provider.type != "aws",
            no_member=role.no_member,
            unmapped=role.unmapped,
            condition_miss=role.condition_miss.kind,
            condition_wrong=role.condition_miss.wrong,
            condition_right=role.condition_miss.right,
            admitting_flags=role.admitting_flags,
            host_role=self._host_role(role_name),
            member_miss="" if admitted else near.kind,
            near_member=near.wrong,
            other_holder=self._other_holder(members or ()),
            elsewhere=self._elsewhere(),
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
        missing = holders_of_missing(outcome, self.test.targets)
        return self.test.members.get(outcome.hop.id) if missing is None else missing

    def conditions(self, hop: Hop) -> list[Held]:
        """Return the grants, whose conditions hold now, through which alone the workload has what a hop needs."""
        return live_grants.under_conditions(self.test.held.get(hop.id, ()), partial(self.is_holder, hop), hop)

    def _conditional(self, outcome: Outcome, member: str) -> Conditional:
        hop = outcome.hop if outcome.hop == IMPERSONATION else PERMISSION
        held, is_holder = self.test.held.get(hop.id, ()), partial(self.is_holder, hop)
        if hop == IMPERSONATION:
            return live_grants.conditional(held, is_holder, member)
        account = self.test.service_account
        holder = f"serviceAccount:{account}" if account else member
        return live_grants.conditional(held, is_holder, holder, live_grants.missing_in(outcome))

    def is_holder(self, hop: Hop, member: str) -> bool:
        """Return whether a member stands for the identity that needs the grants of a hop."""
        account = self.test.service_account
        if hop == PERMISSION and account:
            return is_account(member, account)
        return self.identity is not None and admits(member, self.identity)

    def _other_holder(self, members: tuple[str, ...]) -> str:
        identity = self.identity
        if identity is None or self.test.service_account is None:
            return ""
        own = [member for member in members if admits(member, identity)]
        return own[0] if own else ""

    def _host_role(self, role: str) -> str:
        own = self.test.container_role
        return own.host_role(self.source, role) if own else ""

    def _elsewhere(self) -> str:
        for granted in self.test.elsewhere:
            if self.is_holder(PERMISSION, granted.member):
                return _("{role} on {project}").format(role=granted.role, project=granted.on)
        return ""

    def _admitted(self, members: tuple[str, ...] | None) -> bool:
        """Return whether one of the members is known to be the workload."""
        identity = self.identity
        return identity is not None and any(admits(member, identity) for member in members or ())


def _names(audience: str) -> tuple[str, str]:
    """Return the full names of the pool and the provider in an audience; placeholders if it is not valid."""
    try:
        provider = ProviderName.parse(audience)
    except AudienceError:
        return "POOL", "PROVIDER"
    return provider.pool.name, provider.name
