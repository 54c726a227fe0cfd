"""What is known before the live test of a workload on GKE runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wizard.chain.one_off_pod import WaitLimits
from wizard.chain.pod_manifest import IMAGE, PodOptions
from wizard.chain.recent_grants import RecentGrant, hops_without_members, settling_ages
from wizard.chain.recorded import Recording
from wizard.chain.target import Target, bigquery_request, permission_request
from wizard.federation import gke
from wizard.federation.gke import ClusterName
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity
from wizard.modes.audit_log import AuditLog
from wizard.resources.held import Held


@dataclass(frozen=True)
class GkeTest:
    """One live test of one workload on GKE.

    `service_account` is the KSA. `google_service_account` is the email of the GSA to act as; None for direct access.
    `node_pools` are those that run the workload; if empty, all of them. `members` has who has the needed roles, by hop,
    as far as the operator can read it: for impersonation, the members of roles/iam.workloadIdentityUser on the GSA. Who
    has the wanted roles is in the targets. `endpoints`: {"sts", "iamcredentials", "resource_manager": URL,
    "bigquery": URL with /bigquery/v2}; missing ones are Google's own. `deadline`: for how many seconds a new grant can
    explain a refusal. `held` has the grants of the needed roles, by hop, with their conditions. `account_disabled`:
    whether the GSA is disabled, if that is known. `in_pod`: whether to start a one-off pod.
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
    audit: AuditLog | None = None
    """The audit log, which tells the age of a grant that is not in the journal; None if it must not be read."""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    account_disabled: bool | None = None
    on_account: tuple[Held, ...] = ()
    """The grants of roles on the service account that do not permit impersonation."""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    deadline: float = 600.0
    image: str = IMAGE
    pod_options: PodOptions = field(default_factory=PodOptions)
    in_pod: bool = True
    recording: Recording | None = None
    """What a printed probe wrote in a pod of the workload: then no one-off pod is started."""
    limits: WaitLimits = field(default_factory=WaitLimits)

    @property
    def title(self) -> str:
        """The KSA, as NAMESPACE/NAME."""
        return f"{self.namespace}/{self.service_account}"

    @property
    def subject(self) -> str:
        """The subject of the KSA in the workload identity pool."""
        return gke.subject(self.namespace, self.service_account)

    def identity(self, pool: str, uid: str = "") -> FederatedIdentity:
        """Return the identity of the KSA's federated tokens in a workload identity pool. `uid`: the KSA's, if known."""
        attributes = {"kubernetes.cluster": self.cluster.issuer}
        if uid:
            attributes["kubernetes.serviceaccount.uid"] = uid
        return FederatedIdentity(PoolName(self.project_number, pool), self.subject, (), attributes)

    def settle(self, now: datetime) -> dict[str, dict[str, float]]:
        """Return the age of each hop's newest grant, and up to which age it explains a refusal, in seconds."""
        in_vain = hops_without_members(self.members)
        if any(target.nobody_has_one for target in self.targets):
            in_vain.add("permission")
        return settling_ages(self.grants, self.deadline, now, in_vain)

    def target_request(self) -> dict[str, Any]:
        """Return the part of the probe's request that is about the target."""
        return {
            "permissions": permission_request(self.targets, self.endpoints),
            "bigquery": bigquery_request(self.targets, self.bigquery_project),
            "endpoints": {
                key: self.endpoints[key] for key in ("resource_manager", "bigquery") if key in self.endpoints
            },
        }
