"""What is known before and during the live test of a pod on EKS, and the facts that its rules use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from wizard.chain.hop import EXCHANGE, IMPERSONATION, PERMISSION, Hop, Outcome, Refusal
from wizard.chain.project_policy import Names, is_account
from wizard.chain.recent_grants import RecentGrant, hops_without_members, settling_ages
from wizard.chain.rule import Facts
from wizard.chain.target import (
    Target,
    bigquery_request,
    holders_of_missing,
    is_stored,
    missing_roles,
    permission_request,
    product_hosts,
)
from wizard.engine.resource import State
from wizard.federation.mapping import Condition, ExpressionError
from wizard.federation.mapping import Mapping as AttributeMapping
from wizard.federation.principals import FederatedIdentity, admits, principal
from wizard.language import _
from wizard.modes import live_grants
from wizard.modes.audit_log import AuditLog
from wizard.modes.aws.eks.near_miss import NearMiss, near_miss_in
from wizard.modes.aws.live.hops import PRINCIPAL
from wizard.resources.held import Held
from wizard.resources.provider_texts import TYPES


@dataclass(frozen=True, kw_only=True)
class EksFacts(Facts):
    """The facts that the rules for EKS use, in their conditions and in their texts."""

    cluster: str
    namespace: str
    account_name: str
    """The Kubernetes service account, without its namespace."""
    account: str
    """The Kubernetes service account, as NAMESPACE/NAME."""
    subject: str
    issuer: str
    """The issuer of the cluster's tokens."""
    audience: str
    """The audience that the provider accepts."""
    other_audiences: str
    """The audiences that the provider accepts, if that of the pod's tokens is not among them; else empty."""
    pool: str
    provider: str
    provider_issuer: str
    condition: str
    mapped: str
    """The subject that the provider's mapping gives, if it is not the token's own subject; else empty."""
    provider_type: str
    closed: bool
    is_other_type: bool
    is_other_issuer: bool
    is_refused: bool
    """Whether the provider's condition was computed to be false for the workload."""
    members: str
    nobody_bound: bool
    others_bound: bool
    bound: bool
    near_member: str
    """A member that was meant for the workload, and is not; empty if there is none."""
    near_kind: str
    """What is wrong with `near_member`, as in `near_miss`."""


@dataclass(frozen=True)
class EksTest:
    """One live test of a pod on EKS. For the fields that `AwsTest` has too, see there.

    `provider` is the state of the provider and None if the operator cannot read it; `pool_state` is that of its pool.
    `audience` is that of the pod's tokens.
    """

    config: Mapping[str, Any]
    identity: FederatedIdentity
    provider_name: str
    cluster: str
    namespace: str
    service_account: str
    issuer: str
    audience: str
    targets: tuple[Target, ...] = ()
    bigquery_project: str | None = None
    provider: State | None = None
    pool_is_open: bool = True
    grants: tuple[RecentGrant, ...] = ()
    audit: AuditLog | None = None
    """The audit log, which tells the age of a grant that is not in the journal; None if it must not be read."""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    account_disabled: bool | None = None
    on_account: tuple[Held, ...] = ()
    """The grants of roles on the service account that do not permit impersonation."""
    google_account: str | None = None
    """The email of the service account that the workload impersonates; None for direct access."""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    deadline: float = 600.0
    has_pod_identity: bool = False
    """Whether EKS Pod Identity gives the service account an IAM role."""

    @property
    def title(self) -> str:
        """The Kubernetes service account, as NAMESPACE/NAME."""
        return f"{self.namespace}/{self.service_account}"

    @property
    def closed(self) -> bool:
        """Whether the provider exchanges no tokens until someone changes it."""
        provider = self.provider
        off = provider is not None and (provider["disabled"] or provider["state"] == "DELETED")
        return off or not self.pool_is_open

    @property
    def other_audiences(self) -> str:
        """The audiences that the provider accepts; empty if the pod's tokens have one, or if none is set."""
        accepted = [str(each) for each in (self.provider or {}).get("audiences") or ()]
        return "" if self.audience in accepted else ", ".join(accepted)

    def settle(self, now: datetime) -> dict[str, dict[str, float]]:
        """Return the age of each hop's newest grant, and up to which age it explains a refusal, in seconds."""
        in_vain = hops_without_members(self.members)
        if self.closed:
            in_vain.add("exchange")
        if any(target.nobody_has_one for target in self.targets):
            in_vain.add("permission")
        return settling_ages(self.grants, self.deadline, now, in_vain)

    def probe_request(self, now: datetime, *, in_workload: bool, tries_library: bool = False) -> dict[str, Any]:
        """Return the request for the probe. `in_workload`: whether it runs in a pod, and tests its network too.

        `tries_library`: whether it also tries the application's library, if that is installed.
        """
        network = {"network": {"hosts": product_hosts(self.targets)}} if in_workload else {}
        application = {"application": {"supplier": False}} if tries_library else {}
        return {
            **network,
            "form": "file",
            "config": dict(self.config),
            "permissions": permission_request(self.targets, self.endpoints),
            "bigquery": bigquery_request(self.targets, self.bigquery_project),
            "endpoints": dict(self.endpoints),
            "settle": self.settle(now),
            **application,
        }


@dataclass(frozen=True)
class EksKnown:
    """What the test knows so far. `claims` are those of the pod's token, `mapped` is the subject that they give.

    `refused`: whether the provider's condition was computed to refuse the token.
    """

    test: EksTest
    claims: Mapping[str, Any] = field(default_factory=dict)
    mapped: str | None = None
    refused: bool = False

    def facts(self, outcome: Outcome) -> EksFacts:
        """Return the facts for an outcome."""
        test, provider = self.test, self.test.provider
        missing = missing_roles(outcome)
        members = self._members(outcome)
        own = self._member
        conditional = self._conditional(outcome)
        bound = any(admits(each, test.identity) for each in members or ())
        near = NearMiss() if bound else near_miss_in(members or (), test.identity)
        kind = str(provider["type"]) if provider else "oidc"
        return EksFacts(
            impersonating=test.google_account is not None,
            service_account=test.google_account or _("the service account"),
            member=own,
            missing=missing,
            grant_fix=live_grants.granting(outcome.hop, outcome, own, test.google_account),
            conditional=conditional.cause,
            conditional_fix=conditional.fix,
            undecided=conditional.undecided,
            account_disabled=bool(test.account_disabled),
            other_role=live_grants.role_of(test.on_account, partial(self.is_holder, IMPERSONATION)),
            stored=is_stored(outcome, test.targets, self.names),
            cluster=test.cluster,
            namespace=test.namespace,
            account_name=test.service_account,
            account=test.title,
            subject=test.identity.subject,
            issuer=test.issuer,
            audience=test.audience,
            other_audiences=test.other_audiences,
            pool=test.identity.pool.name,
            provider=test.provider_name,
            provider_issuer=str(provider["issuer"]) if provider else _("(not known)"),
            condition=str(provider["condition"]) if provider else _("(not known)"),
            mapped=self.mapped if self.mapped and self.mapped != test.identity.subject else "",
            provider_type=TYPES.get(kind, "AWS"),
            closed=test.closed,
            is_other_type=kind != "oidc",
            is_other_issuer=provider is not None and kind == "oidc" and provider["issuer"] != test.issuer,
            is_refused=self.refused,
            members=", ".join(members or ()),
            nobody_bound=members == (),
            others_bound=bool(members) and not bound,
            bound=bound,
            granted_to_itself=members == (f"serviceAccount:{test.google_account}",),
            near_member=near.member,
            near_kind=near.kind,
        )

    @property
    def names(self) -> Names:
        """Whether a member of a policy is who uses the target: the service account, or else the workload."""
        account, identity = self.test.google_account, self.test.identity
        if account:
            return lambda member: is_account(member, account)
        return lambda member: admits(member, identity)

    @property
    def _member(self) -> str:
        return principal(self.test.identity.pool, self.test.identity.subject)

    def conditions(self, hop: Hop) -> list[Held]:
        """Return the grants, whose conditions hold now, through which alone the workload has what a hop needs."""
        return live_grants.under_conditions(self.test.held.get(hop.id, ()), partial(self.is_holder, hop), hop)

    def predicts_refusal(self, hop: Hop) -> bool:
        """Return whether a refusal at the hop was computed, so that no recent grant explains it."""
        if hop == EXCHANGE:
            return self.refused
        members = self.test.members.get(hop.id)
        return members is not None and not any(self.is_holder(hop, member) for member in members)

    def predict(self, claims: Mapping[str, Any]) -> tuple[Outcome, EksKnown]:
        """Return the outcome of the predicted principal for a token with these claims, and what is known then."""
        provider = self.test.provider
        if provider is None:
            why = _(
                "the wizard cannot read the provider, so it cannot evaluate the attribute mapping and the attribute "
                "condition"
            )
            return Outcome(PRINCIPAL, "not_proven", (why,), why), self
        try:
            mapped = AttributeMapping(provider["mapping"]).evaluate(claims)
            condition = str(provider["condition"])
            admitted = not condition or Condition(condition).evaluate(claims, mapped)
        except ExpressionError as error:
            refusal = Refusal("Mapping", _("{key}: {problem}").format(key=error.key, problem=error.problem))
            return Outcome.of(PRINCIPAL, (), refusal), EksKnown(self.test, claims, None, True)
        name = principal(self.test.identity.pool, mapped.subject)
        evidence = [
            _("subject {subject}").format(subject=mapped.subject),
            _("principal {name}").format(name=name),
        ]
        known = EksKnown(self.test, claims, mapped.subject, not admitted)
        if not condition:
            return Outcome.of(PRINCIPAL, [*evidence, _("the provider has no attribute condition")]), known
        if admitted:
            return Outcome.of(
                PRINCIPAL, [*evidence, _("the attribute condition is true: {condition}").format(condition=condition)]
            ), known
        refusal = Refusal("unauthorized_client", f"the attribute condition is false: {condition}")
        return Outcome.of(PRINCIPAL, evidence, refusal), known

    def _members(self, outcome: Outcome) -> tuple[str, ...] | None:
        missing = holders_of_missing(outcome, self.test.targets)
        return self.test.members.get(outcome.hop.id) if missing is None else missing

    def _conditional(self, outcome: Outcome) -> live_grants.Conditional:
        hop = outcome.hop if outcome.hop == IMPERSONATION else PERMISSION
        held, is_holder = self.test.held.get(hop.id, ()), partial(self.is_holder, hop)
        if hop == IMPERSONATION:
            return live_grants.conditional(held, is_holder, self._member)
        account = self.test.google_account
        holder = f"serviceAccount:{account}" if account else self._member
        return live_grants.conditional(held, is_holder, holder, live_grants.missing_in(outcome))

    def is_holder(self, hop: Hop, member: str) -> bool:
        account = self.test.google_account
        if hop == PERMISSION and account:
            return is_account(member, account)
        return admits(member, self.test.identity)
