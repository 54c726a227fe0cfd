"""Identity sameness: the same namespace and KSA in another cluster of the pool is the same principal.

Source: https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#identity_sameness
"""

import threading
import time

from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName
from wizard.modes.gke.live.facts import GkeTest


def same_identity(test: GkeTest, pool: str, clouds: Clouds) -> list[str]:
    """Return one sentence of evidence for each other cluster in the pool, which can have the same principal.

    The test does not wait for clusters that do not answer in time: many can be reached only from their networks.
    """
    try:
        answer = clouds.google.call("container", "GET", f"/v1/projects/{test.cluster.project}/locations/-/clusters")
    except CloudError as error:
        return [f"it is not known whether other clusters share the workload identity pool: {error.reason}"]
    sharing = [cluster for cluster in answer.get("clusters", ()) if clusters.workload_pool(cluster) == pool]
    names = [ClusterName(test.cluster.project, cluster["location"], cluster["name"]) for cluster in sharing]
    others = [name for name in names if name != test.cluster]
    has_ksa = _find_ksa(test, others, clouds)
    return [_described(test, other, has_ksa.get(other)) for other in others]


def _find_ksa(test: GkeTest, others: list[ClusterName], clouds: Clouds) -> dict[ClusterName, bool]:
    """Return whether each cluster has the KSA. They are read in parallel; those that do not answer are left out."""
    from lightkube.resources.core_v1 import ServiceAccount

    has_ksa: dict[ClusterName, bool] = {}

    def look(other: ClusterName) -> None:
        try:
            account = clouds.kubernetes(other).get_or_none(ServiceAccount, test.service_account, test.namespace)
        except CloudError:
            return
        has_ksa[other] = account is not None

    threads = [threading.Thread(target=look, args=(other,), daemon=True) for other in others]
    deadline = time.monotonic() + test.limits.other_clusters
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0.0))
    return dict(has_ksa)


def _described(test: GkeTest, other: ClusterName, has_ksa: bool | None) -> str:
    if has_ksa is None:
        return (
            f"cluster {other.cluster} in {other.location} is in the same workload identity pool: a KSA {test.title} "
            "there would be the same principal (its KSAs could not be read)"
        )
    if not has_ksa:
        return (
            f"cluster {other.cluster} in {other.location} is in the same workload identity pool: a KSA {test.title} "
            "there would be the same principal, but it does not exist"
        )
    return (
        f"cluster {other.cluster} in {other.location} is in the same workload identity pool, and has a KSA "
        f"{test.title} too: both are the same principal, with the same access"
    )
