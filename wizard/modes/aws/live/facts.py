"""What is known before the live token test runs: the configuration, the provider, the targets, the newest grants."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from wizard.federation.aws import AWS_DEFAULT_MAPPING


@dataclass(frozen=True)
class Target:
    """A project on which each signature permission (the key) must be held, and the role (the value) that it proves."""

    project: str
    permissions: Mapping[str, str]


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
class Grant:
    """Something that was written at `made` (aware) and is needed at a hop: stored at once, enforced later."""

    hop: Literal["exchange", "impersonation", "permission"]
    made: datetime


def ages(
    grants: Iterable[Grant], deadline: float, now: datetime, vain: Collection[str] = ()
) -> dict[str, dict[str, float]]:
    """For each hop the age of its youngest grant and the age up to which it explains a refusal, in seconds.

    At the hops in `vain` something else is known to be in the way, and waiting would not help.
    """
    found: dict[str, float] = {}
    for grant in grants:
        age = max((now - grant.made).total_seconds(), 0.0)
        found[grant.hop] = min(age, found.get(grant.hop, age))
    return {hop: {"age": age, "limit": deadline} for hop, age in found.items() if age < deadline and hop not in vain}


def unbound(members: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The hops at which nobody holds what they need, as was read: a policy reads back as soon as it is written."""
    return {hop for hop, holders in members.items() if not holders}


def asked_of(targets: Iterable[Target]) -> list[dict[str, Any]]:
    """The permissions to test, as the probe takes them."""
    return [{"project": each.project, "permissions": list(each.permissions)} for each in targets]


@dataclass(frozen=True)
class AwsTest:
    """One live token test from AWS.

    `members` tells who holds what the hop needs, where the operator could read it: for impersonation the members of
    roles/iam.workloadIdentityUser on the service account, for permission those of the wanted roles on the target.
    `endpoints`: {"resource_manager": URL, "bigquery": URL up to and with /bigquery/v2}; Google's own where missing.
    `deadline`: for how many seconds after it was made a grant may explain a refusal.
    """

    config: Mapping[str, Any]
    targets: tuple[Target, ...] = ()
    bigquery_project: str | None = None
    provider: ProviderFacts | None = None
    grants: tuple[Grant, ...] = ()
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
        """For each hop the age of its youngest grant and the age up to which it explains a refusal, in seconds."""
        closed = {"exchange"} if self.provider is not None and self.provider.closed else set()
        return ages(self.grants, self.deadline, now, unbound(self.members) | closed)

    def probe_request(self, now: datetime, link_local: bool) -> dict[str, Any]:
        """The one document that the probe needs."""
        return {
            "config": dict(self.config),
            "allowed_hosts": list(self.allowed_hosts),
            "permissions": asked_of(self.targets),
            "bigquery": {"project": self.bigquery_project} if self.bigquery_project else None,
            "endpoints": dict(self.endpoints),
            "container_host": self.container_host,
            "link_local": link_local,
            "settle": self.settle(now),
        }
