"""What is known before the live test runs: the configuration, the provider, the targets and recent grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wizard.chain.hop import Outcome
from wizard.chain.recent_grants import RecentGrant, hops_without_members, settling_ages
from wizard.chain.target import Target, bigquery_request, permission_request, product_hosts
from wizard.federation.aws import AWS_DEFAULT_MAPPING
from wizard.modes.audit_log import AuditLog
from wizard.modes.aws.live.host_role import ContainerRole
from wizard.resources.held import Held
from wizard.resources.provider_texts import title_of, type_of


@dataclass(frozen=True)
class ProviderFacts:
    """The provider, as the operator reads it. States are ACTIVE or DELETED; an empty condition admits everyone.

    `mapping` is the one in effect. `type` is "aws", or the field of the API for another type: "oidc", "saml", "x509".
    """

    account: str
    mapping: Mapping[str, str] = field(default_factory=lambda: dict(AWS_DEFAULT_MAPPING))
    condition: str = ""
    type: str = "aws"
    issuer: str = ""
    state: str = "ACTIVE"
    disabled: bool = False
    pool_state: str = "ACTIVE"
    pool_disabled: bool = False

    @classmethod
    def of(cls, provider: Mapping[str, Any], pool: Mapping[str, Any]) -> ProviderFacts:
        """Return the facts of a provider and its pool, as the API answers them."""
        return cls(
            account=provider.get("aws", {}).get("accountId", ""),
            mapping=provider.get("attributeMapping") or AWS_DEFAULT_MAPPING,
            condition=provider.get("attributeCondition", ""),
            type=type_of(provider),
            issuer=provider.get("oidc", {}).get("issuerUri", ""),
            state=provider.get("state", ""),
            disabled=provider.get("disabled", False),
            pool_state=pool.get("state", ""),
            pool_disabled=pool.get("disabled", False),
        )

    @property
    def type_title(self) -> str:
        """The type, as people know it."""
        return title_of(self.type, self.issuer)

    @property
    def closed(self) -> bool:
        """Whether it exchanges no tokens until someone changes it."""
        deleted = "DELETED" in (self.state, self.pool_state)
        return self.type != "aws" or self.disabled or self.pool_disabled or deleted


@dataclass(frozen=True)
class Elsewhere:
    """A wanted role that a member has on a resource which does not need it. `on` names the resource for people."""

    role: str
    member: str
    on: str


@dataclass(frozen=True)
class AwsTest:
    """One live test from AWS.

    `members` has who has the needed roles, by hop, as far as the operator can read it: for impersonation, the members
    of roles/iam.workloadIdentityUser on the service account; for permission, those of the wanted roles on the target.
    `held` has the grants of the needed roles, by hop, with their conditions. `account_disabled`: whether the service
    account is disabled, if that is known. `elsewhere` has the wanted roles on other resources. `endpoints`:
    {"resource_manager": URL, "bigquery": URL with /bigquery/v2}; missing ones are Google's own. `deadline`: for how
    many seconds a new grant can explain a refusal.
    """

    config: Mapping[str, Any]
    targets: tuple[Target, ...] = ()
    bigquery_project: str | None = None
    provider: ProviderFacts | None = None
    grants: tuple[RecentGrant, ...] = ()
    audit: AuditLog | None = None
    """The audit log, which tells the age of a grant that is not in the journal; None if it must not be read."""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    elsewhere: tuple[Elsewhere, ...] = ()
    held: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    account_disabled: bool | None = None
    on_account: tuple[Held, ...] = ()
    """The grants of roles on the service account that do not permit impersonation."""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    container_host: str = "http://169.254.170.2"
    deadline: float = 600.0
    definition: Outcome | None = None
    """Whether the workload's own definition gives it the role; None if the setup names no definition."""
    container_role: ContainerRole | None = None
    """The role that the workload must not confuse with its host's; None if it is no container on an EC2 instance."""
    roles: tuple[str, ...] = ()
    """The roles of the definition that starts the workload, as sentences."""
    found: tuple[str, ...] = ()
    """What was found about a configuration without a setup, one sentence each."""

    @property
    def project(self) -> str:
        """The ID of the project that the application uses, for GOOGLE_CLOUD_PROJECT."""
        return self.bigquery_project or (self.targets[0].project if self.targets else "unknown-project")

    @property
    def service_account(self) -> str | None:
        """The email of the service account that the configuration impersonates; None for direct access."""
        url = self.config.get("service_account_impersonation_url")
        return str(url).rsplit("/", 1)[-1].partition(":")[0] if url else None

    def settle(self, now: datetime) -> dict[str, dict[str, float]]:
        """Return the age of each hop's newest grant, and up to which age it explains a refusal, in seconds."""
        in_vain = hops_without_members(self.members)
        if self.provider is not None and self.provider.closed:
            in_vain.add("exchange")
        if any(target.nobody_has_one for target in self.targets):
            in_vain.add("permission")
        return settling_ages(self.grants, self.deadline, now, in_vain)

    def probe_request(self, now: datetime, link_local: bool, *, in_workload: bool = False) -> dict[str, Any]:
        """Return the request for the probe. `link_local`: whether it can contact metadata services.

        `in_workload`: whether it runs in the workload itself, so that it also tests the network.
        """
        network = {"network": {"hosts": product_hosts(self.targets)}} if in_workload else {}
        return {
            **network,
            "config": dict(self.config),
            "permissions": permission_request(self.targets, self.endpoints),
            "bigquery": bigquery_request(self.targets, self.bigquery_project),
            "endpoints": dict(self.endpoints),
            "container_host": self.container_host,
            "link_local": link_local,
            "settle": self.settle(now),
        }
