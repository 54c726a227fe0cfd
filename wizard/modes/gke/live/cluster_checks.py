"""What the doctor observes of a cluster and its pods, besides the plan's changes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from wizard.chain.one_off_pod import WaitLimits
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.language import N_, _, translated
from wizard.modes import risks
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.live import pod_checks, sameness, users
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.model import Workload
from wizard.modes.observing import Check
from wizard.modes.opened import Observation

_NODES = "service accounts of the nodes of {cluster}"
_PODS = "pods in the namespace {namespace}"
_CLUSTERS = "other clusters of the project {project}"

_NODE_ACCOUNT = "{account}, the service account of the nodes of {pools}, has {role} on {project}"
_DEFAULT = "{number}-compute@developer.gserviceaccount.com"
"""The service account of nodes that have none of their own."""
_OLD_POD = (
    "the pod {pod} of {owner} runs as {namespace}/{old}, because the pod started before {owner} had the service "
    "account {account}"
)
_RESTART = N_("restart the pods: kubectl --namespace={namespace} rollout restart {kind}/{name}")
_DELETE = N_("delete the pod, so that {owner} creates it again: kubectl --namespace={namespace} delete pod {pod}")
_FIXES = {"Deployment": _RESTART, "StatefulSet": _DELETE, "DaemonSet": _DELETE}
"""By the kind of the controller. The pods of the latter two can be kept until someone deletes them (OnDelete)."""
_SAME = (
    "the cluster {cluster} in {location} is in the same workload identity pool, so its Kubernetes service account "
    "{account} has the same access"
)


def of(blueprint: GkeBlueprint, clouds: Clouds) -> Iterator[Check]:
    """Yield what to look at."""
    setup = blueprint.setup
    accounts = [(workload.namespace, workload.service_account) for workload in setup.workloads]
    reads = ClusterReads(clouds, setup.cluster_name, accounts)
    yield Check(_(_NODES).format(cluster=setup.gke.cluster), partial(_of_nodes, blueprint, clouds, reads))
    yield from pod_checks.of(blueprint, reads)
    for workload in setup.workloads:
        pods, others = partial(_of_pods, reads, workload), partial(_of_clusters, blueprint, reads, workload)
        yield Check(_(_PODS).format(namespace=workload.namespace), pods, workload.title)
        yield Check(_(_CLUSTERS).format(project=setup.google.project), others, workload.title)


def _of_nodes(blueprint: GkeBlueprint, clouds: Clouds, reads: ClusterReads) -> Iterator[Observation]:
    """Yield the service accounts of nodes that have Editor or Owner. A cluster that does not exist has none."""
    project = blueprint.setup.google.project
    try:
        pools = reads.cluster().get("nodePools", ())
    except CloudError as error:
        if error.status == 404:
            return
        raise
    accounts: dict[str, list[str]] = {}
    for pool in pools:
        named = str(pool.get("config", {}).get("serviceAccount") or "default")
        email = _DEFAULT.format(number=blueprint.pool.project_number) if named == "default" else named
        accounts.setdefault(email, []).append(str(pool["name"]))
    for binding in risks.bindings_at(clouds, project):
        role = str(binding.get("role"))
        for email, names in accounts.items():
            if role in risks.WIDE and f"serviceAccount:{email}" in binding.get("members", ()):
                told = _(_NODE_ACCOUNT).format(account=email, pools=", ".join(names), role=role, project=project)
                yield Observation("WIF1007", (told,))


def _of_pods(reads: ClusterReads, workload: Workload) -> Iterator[Observation]:
    for pod in users.old_pods(reads, workload.namespace, workload.service_account):
        kind, _ignored, name = pod.owner.partition(" ")
        told = _(_OLD_POD).format(
            pod=pod.name,
            owner=pod.owner,
            namespace=workload.namespace,
            old=pod.account,
            account=workload.service_account,
        )
        values = {"namespace": workload.namespace, "kind": kind.lower(), "name": name}
        fix = translated(_FIXES.get(kind, "")).format(owner=pod.owner, pod=pod.name, **values)
        yield Observation("WIF0906", (told,), fix)


def _of_clusters(blueprint: GkeBlueprint, reads: ClusterReads, workload: Workload) -> Iterator[Observation]:
    account = (workload.namespace, workload.service_account)
    for other in sameness.clusters_with(reads, blueprint.pool.pool, account, WaitLimits().other_clusters):
        told = _(_SAME).format(cluster=other.cluster, location=other.location, account=workload.title)
        yield Observation("WIF1009", (told,))
