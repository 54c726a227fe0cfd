"""What is known before the live token test of a workload on GKE runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wizard.chain.recent_grants import RecentGrant, hops_without_members, settling_ages
from wizard.chain.target import Target, permission_request
from wizard.federation import gke
from wizard.federation.gke import ClusterName
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity

IMAGE = "docker.io/library/python:3.13-slim"
"""The public image of the one-off pod; GKE's nodes fetch images of Docker Hub through Google's mirror of it."""


@dataclass(frozen=True)
class WaitLimits:
    """For how many seconds to wait for a node, for a node while none fits the pod, and for the metadata server.

    A cluster that grows on demand needs minutes to add a node; the scheduler tells sooner that none will fit. The
    other clusters of the project are read for a few seconds only: they prove nothing.
    """

    node: float = 300.0
    fitting_node: float = 30.0
    metadata_server: float = 30.0
    other_clusters: float = 3.0


@dataclass(frozen=True)
class GkeTest:
    """One live token test of one workload on GKE, with what its setup wants.

    `service_account` is the KSA, `google_service_account` the e-mail of the GSA to act as, None for direct access;
    `node_pools` are those that run the workload, all of them where none is named. `members` tells who holds what the
    hops need, where the operator could read it: for impersonation the members of roles/iam.workloadIdentityUser on the
    GSA, for permission those of the wanted roles on the target. `endpoints`: {"sts", "iamcredentials",
    "resource_manager": URL, "bigquery": URL up to and with /bigquery/v2}; Google's own where missing. `deadline`: for
    how many seconds after it was made a grant can explain a refusal. `in_pod`: whether a one-off pod is started.
    """

    cluster: ClusterName
    project_number: str
    namespace: str
    service_account: str
    google_service_account: str | None = None
    node_pools: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    bigquery_project: str | None = None
    grants: tuple[RecentGrant, ...] = ()
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    endpoints: Mapping[str, str] = field(default_factory=dict)
    deadline: float = 600.0
    image: str = IMAGE
    in_pod: bool = True
    limits: WaitLimits = WaitLimits()

    @property
    def title(self) -> str:
        """The KSA with its namespace."""
        return f"{self.namespace}/{self.service_account}"

    @property
    def subject(self) -> str:
        """The subject that the KSA has in the workload identity pool."""
        return gke.subject(self.namespace, self.service_account)

    def identity(self, pool: str) -> FederatedIdentity:
        """Whom the KSA's federated tokens stand for, in a workload identity pool."""
        return FederatedIdentity(
            PoolName(self.project_number, pool), self.subject, (), {"kubernetes.cluster": self.cluster.issuer}
        )

    def settle(self, now: datetime) -> dict[str, dict[str, float]]:
        """For each hop the age of its newest grant and the age up to which it explains a refusal, in seconds."""
        return settling_ages(self.grants, self.deadline, now, hops_without_members(self.members))

    def target_request(self) -> dict[str, Any]:
        """What the probe is to test on the target, wherever it runs."""
        return {
            "permissions": permission_request(self.targets),
            "bigquery": {"project": self.bigquery_project} if self.bigquery_project else None,
            "endpoints": {
                key: self.endpoints[key] for key in ("resource_manager", "bigquery") if key in self.endpoints
            },
        }
