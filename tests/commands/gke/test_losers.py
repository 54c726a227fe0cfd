"""What a plan on GKE takes from others, leaves to others, or cannot do, and with how many calls it knows that."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Answer, World
from tests.commands.gke import worlds as gke
from wizard.clouds.errors import CloudError
from wizard.sandbox.process import Sandbox

WINDOWS = {"name": "win-pool", "nodes": 1, "image_type": "WINDOWS_LTSC_CONTAINERD", "service_account": gke.NODES}
HELM = {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "apps"}
DEFAULT_ONLY = {"cloud.google.com/gke-nodepool": "default-pool"}
SHARED = "switched"
"""A cluster whose batch-pool has the metadata server."""


def template(**spec: Any) -> gke.Json:
    """A pod template that runs as the service account of its namespace."""
    return {
        "metadata": {"labels": {"app": "a"}},
        "spec": {"serviceAccountName": "own", "containers": [{"name": "a", "image": "a:1"}], **spec},
    }


def made(kind: str, name: str, namespace: str, spec: gke.Json) -> gke.Json:
    """A manifest."""
    version = {"CronJob": "batch/v1", "Job": "batch/v1", "Pod": "v1"}.get(kind, "apps/v1")
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def selected(**more: Any) -> gke.Json:
    """The specification of a controller with a selector."""
    return {"selector": {"matchLabels": {"app": "a"}}, "template": template(), **more}


def of_every_kind(world: gke.Json) -> None:
    """Controllers with and without pods, in namespaces of people and of Google."""
    inside = gke.inside(world)
    for name in ("kube-prometheus", "gke-apps", "gmp-system", "elsewhere"):
        inside["namespaces"].append({"name": name, "service_accounts": [{"name": "own"}]})
    batch_only = {"cloud.google.com/gke-nodepool": "batch-pool"}
    inside["manifests"] += [
        made("DaemonSet", "exporter", "kube-prometheus", selected()),
        made("DaemonSet", "collector", "gmp-system", selected()),
        made("Deployment", "asleep", "gke-apps", selected(replicas=0)),
        made("StatefulSet", "paused", "gke-apps", selected(replicas=0, serviceName="paused")),
        made(
            "CronJob",
            "nightly",
            "gke-apps",
            {"schedule": "0 1 * * *", "jobTemplate": {"spec": {"template": template(restartPolicy="Never")}}},
        ),
        made("Job", "suspended", "gke-apps", {"suspend": True, "template": template(restartPolicy="Never")}),
        made(
            "Deployment",
            "on-the-host",
            "gke-apps",
            {"selector": {"matchLabels": {"app": "a"}}, "template": template(hostNetwork=True)},
        ),
        made("Pod", "by-hand", "gke-apps", template(nodeSelector=DEFAULT_ONLY)["spec"]),
        made(
            "Deployment",
            "elsewhere",
            "elsewhere",
            {"replicas": 0, "selector": {"matchLabels": {"app": "a"}}, "template": template(nodeSelector=batch_only)},
        ),
    ]


def managed(world: gke.Json) -> None:
    """Helm manages one of the service accounts."""
    account = {
        "name": "charted",
        "annotations": {**HELM, "iam.gke.io/gcp-service-account": f"serviceAccount:{gke.NODES}\n"},
    }
    gke.inside(world)["namespaces"][0].setdefault("service_accounts", []).append(account)


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A cluster with every kind of controller, and one with a pool of each metadata mode and a Windows pool."""

    def add_pools(world: gke.Json) -> None:
        pools = [{"name": "default-pool", "service_account": gke.NODES}, WINDOWS]
        gke.another(SHARED, workload_pool=gke.POOL, node_pools=pools)(world)

    with gke.served(tmp_path_factory.mktemp("scenario"), add_pools, of_every_kind, managed) as sandbox:
        yield sandbox


def losses(world: World, setup: str) -> list[str]:
    """What stands before the name of the account in each line about a loss."""
    lines = world.wif("plan", setup, "--json").json["losses"]
    return [line["text"].partition(" (Kubernetes service account")[0] for line in lines]


def test_everyone_who_loses_the_nodes_identity_is_named_with_owner_and_namespace(world: World) -> None:
    setup = world.setup(gke.SETUP)
    assert losses(world, setup) == [
        "Pods without a controller in namespace gke-apps are deleted with their nodes in default-pool, and the "
        "cluster does not recreate these pods",
        "Deployment scorer in namespace anti-fraud",
        "Deployment checkout in namespace checkout",
        "CronJob nightly in namespace gke-apps",
        "Deployment asleep in namespace gke-apps",
        "Job suspended in namespace gke-apps",
        "Pods without a controller in namespace gke-apps",
        "StatefulSet paused in namespace gke-apps",
        "DaemonSet exporter in namespace kube-prometheus",
        "CronJob month-end in namespace reporting",
    ]
    plan = world.wif("plan", setup)
    assert "gke-apps/by-hand" not in plan.out, "it does not move"
    assert plan.out.index("This plan removes access from other identities:") < plan.out.index("enabled services")
    assert "To keep all access, do not change default-pool yet. Add checkout/checkout, " in plan.out
    refused = world.wif("apply", setup, "--yes")
    assert (refused.code, "--accept-loss" in refused.err) == (1, True)


def test_a_workload_of_the_same_plan_changes_identity_and_loses_nothing(world: World) -> None:
    setup = world.setup(gke.setup_of(gke.workload("checkout", "checkout")))
    assert "Deployment checkout in namespace checkout" not in losses(world, setup)
    plan = world.wif("plan", setup).out
    assert "pods of checkout/checkout stop acting as the nodes' service account, and use their own identity" in plan


def test_windows_nodes_are_refused_with_the_reason(world: World) -> None:
    setup = world.setup(gke.setup_of(gke.workload("ours", "scorer"), cluster=SHARED, node_pools=["win-pool"]))
    answer = world.wif("plan", setup)
    assert answer.code == 1
    assert "the nodes of win-pool run Windows (WINDOWS_LTSC_CONTAINERD)" in answer.err
    mode = {"workloadMetadataConfig": {"mode": "GKE_METADATA"}}
    path = f"/v1/projects/{gke.PROJECT}/locations/{gke.LOCATION}/clusters/{SHARED}/nodePools/win-pool"
    with pytest.raises(CloudError) as refused:
        gke.cloud().google.call("container", "PUT", path, mode)
    assert (refused.value.status, refused.value.reason) == (400, "INVALID_ARGUMENT")


def test_without_a_node_pool_nothing_is_said_to_be_in_place(world: World) -> None:
    setup = world.setup(gke.setup_of(gke.workload("ours", "scorer"), cluster=SHARED, node_pools=[]))
    answer = world.wif("plan", setup)
    assert answer.code == 1
    assert f"no node pool of {SHARED} runs the GKE metadata server" in answer.err
    assert (
        "set gke.node_pools to the node pools that run the workloads; the cluster has these node pools: default-pool"
        in answer.err
    )
    assert "win-pool" not in answer.err


def test_what_helm_manages_is_left_to_it_and_a_broken_annotation_is_quoted(world: World) -> None:
    setup = world.setup(gke.setup_of(gke.workload("anti-fraud", "charted", "runner")))
    plan = world.wif("plan", setup)
    assert (
        "Helm manages the resource. Make the change here: values or templates of release shop in namespace apps"
        in plan.out
    )
    applied = world.wif("apply", setup, "--yes")
    assert applied.code == 0 and "Everything is in place" not in applied.out
    assert "Changes that the wizard did not make, because other tools manage the resources: 2." in applied.out
    both = world.wif("plan", setup, "--override-owner")
    assert f'is "serviceAccount:{gke.NODES}\\n", which is not the email address of a Google service account' in both.out


def test_many_workloads_need_few_calls(world: World) -> None:
    accounts = [(f"team-{number % 10}", f"app-{number}") for number in range(100)]
    setup = world.setup(gke.setup_of(*(gke.workload(*each, through=each[1] + "-runner") for each in accounts)))
    before = len(world.requests())
    assert world.wif("plan", setup).code == 2
    assert len(world.requests()) - before <= 25


@pytest.fixture
def fifty_pools(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    """A cluster with fifty node pools."""

    def add(world: gke.Json) -> None:
        gke.first_cluster(world)["node_pools"] += [{"name": f"pool-{number}"} for number in range(50)]

    with gke.served(tmp_path, add) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


def test_many_node_pools_are_planned_with_one_read_of_each_list(fifty_pools: World) -> None:
    pools = [f"pool-{number}" for number in range(50)]
    setup = fifty_pools.setup(gke.setup_of(gke.workload("checkout", "checkout"), node_pools=pools))
    before = len(fifty_pools.requests())
    assert fifty_pools.wif("plan", setup).code == 2
    calls = [(each["service"], each["path"]) for each in fifty_pools.requests()[before:]]
    assert not {call for call in calls if calls.count(call) > 1}
    assert ("kubernetes", "/apis/batch/v1/jobs") in calls
    assert len(calls) <= 14
