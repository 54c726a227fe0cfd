"""Identity sameness: the same namespace and KSA in another cluster of the pool is the same principal.

Source: https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#identity_sameness
"""

import threading
import time
from collections import deque

from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.modes.gke.live.facts import GkeTest
from wizard.modes.gke.live.reads import AT_ONCE, ClusterReads


def same_identity(test: GkeTest, pool: str, reads: ClusterReads) -> list[str]:
    """Return one sentence of evidence for each other cluster in the pool, which can have the same principal.

    The test does not wait for clusters that do not answer in time: many can be reached only from their networks.
    """
    try:
        listed = reads.clusters()
    except CloudError as error:
        return [
            _("the wizard could not check whether other clusters share the workload identity pool: {reason}").format(
                reason=error.reason
            )
        ]
    sharing = [cluster for cluster in listed if clusters.workload_pool(cluster) == pool]
    names = [ClusterName(test.cluster.project, cluster["location"], cluster["name"]) for cluster in sharing]
    others = [name for name in names if name != test.cluster]
    accounts = reads.shared.once("other accounts", lambda: _accounts(others, reads, test.limits.other_clusters))
    return [_described(test, other, _has(accounts, other, test)) for other in others]


def clusters_with(reads: ClusterReads, pool: str, account: tuple[str, str], seconds: float) -> list[ClusterName]:
    """Return the other clusters in the pool that are known to have the KSA, its namespace and name. Raises CloudError.

    A cluster is waited for as long as `seconds`.
    """
    sharing = [cluster for cluster in reads.clusters() if clusters.workload_pool(cluster) == pool]
    names = [ClusterName(reads.name.project, cluster["location"], cluster["name"]) for cluster in sharing]
    others = [name for name in names if name != reads.name]
    accounts = reads.shared.once("other accounts", lambda: _accounts(others, reads, seconds))
    return [other for other in others if account in accounts.get(other, ())]


_LONGEST = 10.0  # seconds
_Accounts = dict[ClusterName, set[tuple[str, str]]]


def _accounts(others: list[ClusterName], reads: ClusterReads, seconds: float) -> _Accounts:
    """Return the KSAs of each cluster, as namespace and name, for all tests.

    They are read in parallel; those that do not answer in time are left out.
    """
    found: _Accounts = {}
    waiting = deque(others)

    def look() -> None:
        while waiting and time.monotonic() < deadline:
            try:
                other = waiting.popleft()
                found[other] = reads.accounts_of(other)
            except (CloudError, IndexError):
                continue

    rounds = -(-len(others) // AT_ONCE)
    deadline = time.monotonic() + min(seconds * rounds, _LONGEST)
    threads = [threading.Thread(target=look, daemon=True) for _ in range(min(len(others), AT_ONCE))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0.0))
    return dict(found)


def _has(accounts: _Accounts, other: ClusterName, test: GkeTest) -> bool | None:
    """Return whether another cluster has the KSA; None if that could not be read."""
    found = accounts.get(other)
    return None if found is None else (test.namespace, test.service_account) in found


def _described(test: GkeTest, other: ClusterName, has_ksa: bool | None) -> str:
    if has_ksa is None:
        return _(
            "the wizard could not read the Kubernetes service accounts of cluster {cluster} in {location}, which is "
            "in the same workload identity pool. If that cluster also has the Kubernetes service account {title}, "
            "both accounts are the same principal, with the same access"
        ).format(cluster=other.cluster, location=other.location, title=test.title)
    if not has_ksa:
        return _(
            "cluster {cluster} in {location} is in the same workload identity pool, but does not have the Kubernetes "
            "service account {title}: if someone creates the account there, both accounts will be the same "
            "principal, with the same access"
        ).format(cluster=other.cluster, location=other.location, title=test.title)
    return _(
        "cluster {cluster} in {location} is in the same workload identity pool, and also has the "
        "Kubernetes service account {title}: both accounts are the same principal, with the same "
        "access"
    ).format(cluster=other.cluster, location=other.location, title=test.title)
