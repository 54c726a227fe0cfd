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
    """What else has the workload's identity, a sentence for each other cluster of the pool. Evidence only.

    A cluster that does not answer in time is named, and not waited for: many can be reached only from their networks.
    """
    try:
        answer = clouds.google.call("container", "GET", f"/v1/projects/{test.cluster.project}/locations/-/clusters")
    except CloudError as error:
        return [f"it is not known whether other clusters share the workload identity pool: {error.reason}"]
    sharing = [each for each in answer.get("clusters", ()) if clusters.workload_pool(each) == pool]
    found = [ClusterName(test.cluster.project, each["location"], each["name"]) for each in sharing]
    others = [each for each in found if each != test.cluster]
    has = _look(test, others, clouds)
    return [_described(test, each, has.get(each)) for each in others]


def _look(test: GkeTest, others: list[ClusterName], clouds: Clouds) -> dict[ClusterName, bool]:
    """Whether each has the KSA, side by side; those of which that is not known in time are left out."""
    from lightkube.resources.core_v1 import ServiceAccount

    has: dict[ClusterName, bool] = {}

    def look(other: ClusterName) -> None:
        try:
            account = clouds.kubernetes(other).get_or_none(ServiceAccount, test.service_account, test.namespace)
        except CloudError:
            return
        has[other] = account is not None

    looks = [threading.Thread(target=look, args=(each,), daemon=True) for each in others]
    ends = time.monotonic() + test.limits.other_clusters
    for each in looks:
        each.start()
    for each in looks:
        each.join(max(ends - time.monotonic(), 0.0))
    return dict(has)


def _described(test: GkeTest, other: ClusterName, has: bool | None) -> str:
    if has is None:
        return (
            f"cluster {other.cluster} in {other.location} is in the same workload identity pool: a KSA {test.title} "
            "there would be the same principal (its KSAs could not be read)"
        )
    if not has:
        return (
            f"cluster {other.cluster} in {other.location} is in the same workload identity pool: a KSA {test.title} "
            "there would be the same principal, but it does not exist"
        )
    return (
        f"cluster {other.cluster} in {other.location} is in the same workload identity pool, and has a KSA "
        f"{test.title} too: both are the same principal, with the same access"
    )
