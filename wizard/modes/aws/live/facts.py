"""What is known before the live token test runs: the configuration, the provider, the targets, the newest grants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wizard.chain.recent_grants import RecentGrant, hops_without_members, settling_ages
from wizard.chain.target import Target, permission_request
from wizard.federation.aws import AWS_DEFAULT_MAPPING


@dataclass(frozen=True)
class ProviderFacts:
    """The AWS provider as the operator reads it. An empty condition admits everyone; states are ACTIVE or DELETED."""

    account: str
    mapping: Mapping[str, str] = field(default_factory=lambda: dict(AWS_DEFAULT_MAPPING))
    condition: str = ""
    state: str = "ACTIVE"
    disabled: bool = False
    pool_state: str = "ACTIVE"
    pool_disabled: bool = False

    @property
    def closed(self) -> bool:
        """Whether it exchanges nothing, however long one waits."""
        return self.disabled or self.pool_disabled or "DELETED" in (self.state, self.pool_state)


@dataclass(frozen=True)
class AwsTest:
    """One live token test from AWS.

    `members` tells who holds what the hop needs, where the operator could read it: for impersonation the members of
    roles/iam.workloadIdentityUser on the service account, for permission those of the wanted roles on the target.
    `endpoints`: {"resource_manager": URL, "bigquery": URL up to and with /bigquery/v2}; Google's own where missing.
    `deadline`: for how many seconds after it was made a grant can explain a refusal.
    """

    config: Mapping[str, Any]
    targets: tuple[Target, ...] = ()
    bigquery_project: str | None = None
    provider: ProviderFacts | None = None
    grants: tuple[RecentGrant, ...] = ()
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allowed_hosts: tuple[str, ...] = ()
    endpoints: Mapping[str, str] = field(default_factory=dict)
    container_host: str = "http://169.254.170.2"
    deadline: float = 600.0

    @property
    def project(self) -> str:
        """The project that the application works in, for GOOGLE_CLOUD_PROJECT."""
        return self.bigquery_project or (self.targets[0].project if self.targets else "unknown-project")

    @property
    def service_account(self) -> str | None:
        """The e-mail of the service account that the configuration impersonates."""
        url = self.config.get("service_account_impersonation_url")
        return str(url).rsplit("/", 1)[-1].partition(":")[0] if url else None

    def settle(self, now: datetime) -> dict[str, dict[str, float]]:
        """For each hop the age of its newest grant and the age up to which it explains a refusal, in seconds."""
        closed = {"exchange"} if self.provider is not None and self.provider.closed else set()
        return settling_ages(self.grants, self.deadline, now, hops_without_members(self.members) | closed)

    def probe_request(self, now: datetime, link_local: bool) -> dict[str, Any]:
        """The one document that the probe needs."""
        return {
            "config": dict(self.config),
            "allowed_hosts": list(self.allowed_hosts),
            "permissions": permission_request(self.targets),
            "bigquery": {"project": self.bigquery_project} if self.bigquery_project else None,
            "endpoints": dict(self.endpoints),
            "container_host": self.container_host,
            "link_local": link_local,
            "settle": self.settle(now),
        }
