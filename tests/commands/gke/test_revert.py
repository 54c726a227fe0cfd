"""Revert of a run on GKE: the world is as it was before, apart from what others have changed since."""

import base64
import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.commands.conftest import Answer, World
from tests.commands.gke import worlds as gke
from tests.oracles.by_hand import gke_worlds as tables
from tests.oracles.by_hand.worlds import chosen
from tests.oracles.programs import Program, need
from tests.whole_world import changed, dump
from wizard.engine.journal import Journal
from wizard.federation.gke import ANNOTATION
from wizard.sandbox.process import Sandbox

KEY = json.dumps({"type": "service_account", "private_key": "-----BEGIN canary-----"})
OTHER = f"someone@{gke.PROJECT}.iam.gserviceaccount.com"
PLACE = f"--location={gke.LOCATION}"


def carrier(world: gke.Json) -> None:
    """A Deployment whose pods carry the key of a service account."""
    accounts = world["google"]["projects"][0]["service_accounts"]
    accounts.append({"id": "legacy", "keys": [{"id": "a1" * 20, "last_used": "2026-03-01T00:00:00+00:00"}]})
    key = {"name": "key", "secret": {"secretName": "legacy-key"}}
    container = {
        "name": "main",
        "image": "acme.example/main",
        "env": [{"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": "/secrets/key.json"}],
        "volumeMounts": [{"name": "key", "mountPath": "/secrets"}],
    }
    labels = {"app": "carrier"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], "volumes": [key]}}
    data = {"key.json": base64.b64encode(KEY.encode()).decode()}
    place = {"namespace": "anti-fraud"}
    gke.inside(world)["manifests"] += [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "legacy-key", **place}, "data": data},
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "carrier", **place},
            "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template},
        },
    ]


def whole(*edits: gke.Edit) -> gke.Json:
    """The scenario, as the sandbox has it."""
    world: gke.Json = yaml.safe_load(gke.SCENARIO)
    for edit in edits:
        edit(world)
    return world


@pytest.fixture
def world(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    with gke.served(tmp_path, gke.all_services, carrier) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


def applied(world: World, *workloads: gke.Json) -> str:
    """Apply a setup. Its file."""
    setup = world.setup(gke.setup_of(*workloads))
    answer = world.wif("apply", setup, "--yes", "--accept-loss")
    assert answer.code == 0, answer.out + answer.err
    return setup


def reverted(world: World) -> Answer:
    answer = world.wif("revert", "--yes", "--accept-loss")
    assert answer.code == 0, answer.out + answer.err
    return answer


def left(answer: Answer) -> list[str]:
    """The lines about what was left, without the services."""
    lines = [line.strip() for line in answer.out.splitlines() if line.startswith("  = ")]
    return [line for line in lines if "enabled services" not in line]


@pytest.mark.parametrize("there", chosen(tables.WORLDS), ids=str)
def test_every_world_is_as_it_was(
    there: tables.World, tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]
) -> None:
    """In every world in which the printed commands are tried too."""
    scenario = copy.deepcopy(there.scenario)
    for project in scenario["google"]["projects"]:
        project["services"] = [*project["services"], "iam.googleapis.com"]
    file = tmp_path / "world.yaml"
    file.write_text(yaml.safe_dump(scenario), encoding="utf-8")
    with Sandbox(str(file), ["--steady"]) as sandbox:
        lead_here(sandbox)
        world = World(tmp_path, sandbox, wif)
        before = dump(scenario)
        setup = world.setup(there.setup)
        assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
        assert changed(before, dump(scenario))
        assert left(reverted(world)) == []
        assert changed(before, dump(scenario)) == []


@pytest.mark.parametrize("through", [None, "scorer-runner"])
def test_a_whole_setup_is_reverted(world: World, through: str | None) -> None:
    before = dump(whole())
    applied(world, gke.workload("ledger", "settlement", through))
    assert changed(before, dump(whole()))
    assert left(reverted(world)) == []
    assert changed(before, dump(whole())) == []


def test_wired_pods_get_their_account_and_their_keys_again(world: World) -> None:
    before = dump(whole())
    workload = gke.workload("anti-fraud", "scorer", "scorer-runner")
    more = {"controllers": ["Deployment/carrier"], "remove_keys": True, "replaces": "legacy", "disable_keys": True}
    applied(world, workload | more)
    away = changed(before, dump(whole()))
    assert any("legacy-key" in line for line in away)
    planned = world.wif("revert")
    assert "Kubernetes recreates 2 pods of Deployment carrier" in planned.out
    assert "can act as legacy@acme-payments.iam.gserviceaccount.com again" in planned.out
    assert left(reverted(world)) == []
    assert changed(before, dump(whole())) == []


def test_who_loses_an_identity_of_its_own_is_named_and_takes_an_acceptance(world: World) -> None:
    applied(world, gke.workload("ledger", "settlement"))
    refused = world.wif("revert", "--yes")
    assert refused.code != 0
    assert (
        "Deployment checkout in namespace checkout loses the identity of its Kubernetes service account "
        f"checkout/checkout: its pods on default-pool act again as their nodes' service account, {gke.NODES}"
    ) in refused.out
    assert "GKE recreates 3 nodes of default-pool" in refused.out
    assert "account ledger/settlement: its pods" not in refused.out
    assert len(Journal().runs()) == 1


def test_a_namespace_with_objects_of_others_is_left_and_named(world: World) -> None:
    need("kubectl")
    kubectl = Program("kubectl", world.sandbox.environ())
    before = dump(whole())
    applied(world, gke.workload("ledger", "settlement"))
    kubectl.ok("create", "configmap", "limits", "--namespace=ledger", "--from-literal=most=5")
    assert left(reverted(world)) == [
        "= namespace ledger: The namespace contains the ConfigMap limits, which the run did not create."
    ]
    assert kubectl.ok("get", "configmap", "limits", "--namespace=ledger", "--output=name") == "configmap/limits\n"
    assert kubectl.refused("get", "serviceaccount", "settlement", "--namespace=ledger")
    kubectl.ok("delete", "configmap", "limits", "--namespace=ledger")
    world.wif("revert", Journal().runs()[-1].id, "--yes")
    assert changed(before, dump(whole())) == []


def test_an_account_that_others_run_with_is_left_with_its_namespace(world: World) -> None:
    need("kubectl")
    kubectl = Program("kubectl", world.sandbox.environ())
    applied(world, gke.workload("ledger", "settlement"))
    kubectl.ok(
        *("run", "by-hand", "--image=acme.example/main", "--namespace=ledger"),
        '--overrides={"spec": {"serviceAccountName": "settlement"}}',
    )
    assert (
        "roles on the project acme-payments: the revert keeps Kubernetes service account ledger/settlement, but the "
        "users of Kubernetes service account ledger/settlement lose the access that the revert removes"
    ) in world.wif("revert").out
    assert left(reverted(world)) == [
        "= Kubernetes service account ledger/settlement: The pod by-hand in the namespace ledger runs with the "
        "Kubernetes service account.",
        "= namespace ledger: The revert keeps Kubernetes service account ledger/settlement, which needs this resource.",
    ]
    assert kubectl.ok("get", "serviceaccount", "settlement", "--namespace=ledger", "--output=name")


def test_an_account_that_someone_annotated_otherwise_is_left(world: World) -> None:
    need("kubectl")
    kubectl = Program("kubectl", world.sandbox.environ())
    applied(world, gke.workload("checkout", "checkout", "scorer-runner"))
    kubectl.ok(
        *("annotate", "serviceaccount", "checkout", "--namespace=checkout", "--overwrite", f"{ANNOTATION}={OTHER}")
    )
    lines = left(reverted(world))
    assert any(f"{ANNOTATION} is now {OTHER}, but the run set it to {gke.GSA}." in line for line in lines)
    there = json.loads(kubectl.ok("get", "serviceaccount", "checkout", "--namespace=checkout", "--output=json"))
    assert there["metadata"]["annotations"] == {ANNOTATION: OTHER}


def test_a_pool_that_another_node_pool_uses_is_left(world: World) -> None:
    need("gcloud")
    gcloud = Program("gcloud", world.sandbox.environ())
    applied(world, gke.workload("ledger", "settlement"))
    mode = "--workload-metadata=GKE_METADATA"
    gcloud.ok("container", "node-pools", "update", "batch-pool", "--cluster=payments", PLACE, mode, "--quiet")
    assert left(reverted(world)) == [
        "= cluster's workload pool payments: The node pool batch-pool has the GKE metadata server, but the run did "
        "not change this node pool."
    ]
    cluster = gcloud.json("container", "clusters", "describe", "payments", PLACE)
    assert cluster["workloadIdentityConfig"] == {"workloadPool": gke.POOL}
    modes = {each["name"]: each["config"].get("workloadMetadataConfig") for each in cluster["nodePools"]}
    assert modes == {"default-pool": {"mode": "GCE_METADATA"}, "batch-pool": {"mode": "GKE_METADATA"}}


def test_an_account_that_someone_else_may_impersonate_is_left_and_the_grants_of_the_run_go(world: World) -> None:
    need("gcloud")
    gcloud = Program("gcloud", world.sandbox.environ())
    applied(world, gke.workload("ledger", "settlement", "scorer-runner"))
    member = f"--member=serviceAccount:{gke.POOL}[reporting/settlement]"
    role = "--role=roles/iam.workloadIdentityUser"
    gcloud.ok("iam", "service-accounts", "add-iam-policy-binding", gke.GSA, role, member)
    (line,) = left(reverted(world))
    assert line == (
        f"= service account {gke.GSA}: serviceAccount:{gke.POOL}[reporting/settlement] has the role "
        "roles/iam.workloadIdentityUser on the service account. The run did not grant this role."
    )
    bound = gcloud.json("iam", "service-accounts", "get-iam-policy", gke.GSA)["bindings"]
    assert [each["members"] for each in bound] == [[f"serviceAccount:{gke.POOL}[reporting/settlement]"]]


def test_gcloud_takes_a_cluster_out_of_its_pool_with_the_same_request(world: World) -> None:
    need("gcloud")
    gcloud = Program("gcloud", world.sandbox.environ())
    applied(world, gke.workload("ledger", "settlement"))
    reverted(world)
    ours = updates(world)[-1]
    gcloud.ok("container", "clusters", "update", "payments", PLACE, f"--workload-pool={gke.POOL}", "--quiet")
    gcloud.ok("container", "clusters", "update", "payments", PLACE, "--disable-workload-identity", "--quiet")
    theirs = updates(world)[-1]
    assert (ours["method"], ours["path"]) == (theirs["method"], theirs["path"])


def updates(world: World) -> list[gke.Json]:
    """The updates of the cluster itself."""
    return [each for each in world.writes() if each["path"].endswith("/clusters/payments")]
