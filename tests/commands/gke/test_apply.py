"""Applying a setup on GKE: both ways, on both kinds of cluster, once and twice; one workload, and three."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import Answer, World
from tests.commands.gke import worlds as gke
from tests.oracles.programs import Program, need
from wizard.federation.gke import ANNOTATION
from wizard.modes.gke.live.hops import HOPS
from wizard.sandbox.process import Sandbox

WAYS = {
    "direct, Standard": ("payments", None),
    "impersonated, Standard": ("refunds", "refunds-runner"),
    "direct, Autopilot": ("pilot", None),
    "impersonated, Autopilot": ("auto", "auto-runner"),
}
DEFAULT_POOL = f"{gke.CLUSTER}/nodePools/default-pool"
TEAM = [("anti-fraud", "scorer", None), ("checkout", "checkout", "checkout-runner"), ("reporting", "settlement", None)]


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A cluster for each way, and one for the team."""
    others = [gke.another("refunds"), gke.another("team"), gke.autopilot("pilot"), gke.autopilot("auto")]
    with gke.served(tmp_path_factory.mktemp("scenario"), *others) as sandbox:
        yield sandbox


@pytest.fixture
def slow(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    """A cluster that is in the pool already, and on which the first change of a node pool takes some seconds."""
    with gke.served(tmp_path, gke.joined, gke.all_services, slow_at_first) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


def slow_at_first(world: gke.Json) -> None:
    call = {"service": "container.googleapis.com", "call": "operation UPGRADE_NODES"}
    world["faults"] = [call | {"delay": 4.0, "times": 1}]


@pytest.mark.parametrize("way", WAYS)
def test_each_way_passes_and_a_second_apply_makes_no_write_call(world: World, way: str) -> None:
    cluster, through = WAYS[way]
    workload = gke.workload(f"of-{cluster}", "scorer", through)
    setup = world.setup(
        gke.setup_of(workload, cluster=cluster, node_pools=["default-pool"] if "Standard" in way else [])
    )
    assert world.wif("plan", setup).code == 2
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    assert gke.inside_writes(world)

    before = world.writes()
    again = world.wif("apply", setup, "--yes", "--accept-loss")
    assert again.code == 0
    assert world.writes() == before
    assert "0 to create, 0 to change" in again.out
    assert world.wif("plan", setup).code == 0

    tested = gke.tested(world, setup)
    assert tested.code == 0, tested.json
    hops = gke.hops(tested, f"of-{cluster}/scorer")
    assert hops["impersonation"]["status"] == ("ok" if through else "skipped")
    assert hops["node-pools"]["status"] == ("ok" if "Standard" in way else "skipped")
    assert hops["pod"]["status"] == "ok"


def test_three_workloads_are_set_up_and_tested_at_once(world: World) -> None:
    pools = ["default-pool", "batch-pool"]
    setup = world.setup(gke.setup_of(*(gke.workload(*each) for each in TEAM), cluster="team", node_pools=pools))
    plan = world.wif("plan", setup)
    assert "3 workloads -> Google Cloud acme-payments" in plan.out
    lost = "Deployment scorer in namespace anti-fraud (Kubernetes service account anti-fraud/default) loses the access"
    assert plan.out.count(lost) == 1, "anti-fraud's pods use the default service account, which gets nothing"
    before = len(world.writes())
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    written = [each["path"].rpartition("/")[2] for each in world.writes()[before:]]
    assert written.count(f"{gke.PROJECT}:setIamPolicy") == 1
    assert written.count("default-pool") == written.count("batch-pool") == 1

    answer = world.wif("test", setup, "--yes", "--wait", "0")
    assert answer.code == 0, answer.out
    lines = answer.out.splitlines()
    for namespace, account, _ in TEAM:
        passed = [line for line in lines if line.startswith(f"{namespace}/{account}  ✓")]
        assert "Pod with the Kubernetes service account" in passed[-1]
    assert "The live test passed." in answer.out
    assert world.wif("plan", setup).code == 0


def test_kubectl_and_gcloud_show_what_was_made(world: World) -> None:
    need("gcloud")
    need("kubectl")
    kubectl, gcloud = (Program(name, world.sandbox.environ()) for name in ("kubectl", "gcloud"))
    workload = gke.workload("by-hand", "scorer", "by-hand-runner")
    email, place = f"by-hand-runner@{gke.PROJECT}.iam.gserviceaccount.com", f"--location={gke.LOCATION}"
    assert world.wif("apply", world.setup(gke.setup_of(workload)), "--yes", "--accept-loss").code == 0

    there = json.loads(kubectl.ok("get", "serviceaccount", "scorer", "--namespace=by-hand", "--output=json"))
    assert there["metadata"]["annotations"] == {ANNOTATION: email}
    assert kubectl.ok("auth", "can-i", "create", "pods", "--namespace=by-hand") == "yes\n"
    cluster = gcloud.json("container", "clusters", "describe", "payments", place)
    assert cluster["workloadIdentityConfig"] == {"workloadPool": gke.POOL}
    modes = {each["name"]: each["config"].get("workloadMetadataConfig") for each in cluster["nodePools"]}
    assert modes == {"default-pool": {"mode": "GKE_METADATA"}, "batch-pool": None}
    bound = gcloud.json("iam", "service-accounts", "get-iam-policy", email)["bindings"]
    assert bound == [
        {"role": "roles/iam.workloadIdentityUser", "members": [f"serviceAccount:{gke.POOL}[by-hand/scorer]"]}
    ]
    policy = gcloud.json("projects", "get-iam-policy", gke.PROJECT)["bindings"]
    (granted,) = [each["members"] for each in policy if each["role"] == "roles/spanner.databaseUser"]
    assert f"serviceAccount:{email}" in granted
    assert f"serviceAccount:{gke.NODES}" in granted, "what was there before"


@pytest.mark.parametrize(
    ("sign", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)], ids=["killed", "interrupted"]
)
def test_an_apply_that_was_ended_is_gone_on_with_where_it_was(slow: World, sign: signal.Signals, code: int) -> None:
    setup = slow.setup(gke.SETUP)
    command = [sys.executable, "-m", "wizard", "apply", setup, "--yes", "--accept-loss", "--json"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        events = (json.loads(line) for line in running.stdout)
        operation = next(each["text"].split()[0] for each in events if each["event"] == "progress")
        (at_work,) = slow.wif("runs").out.split("\n    ")[:1]
        assert "  running  " in at_work
        running.send_signal(sign)
        assert running.wait(20) == code
    assert operation.startswith("operation-")

    told = slow.wif("runs").out.splitlines()
    assert "  interrupted  " in told[0]
    assert "    ✓ Kubernetes service account scorer: created" in told
    run_id = told[0].split()[0]
    left = f"the wizard stopped waiting for operation {operation}; to resume the run: wif-wizard resume {run_id}"
    assert told[-1] == f"    … node pool's metadata mode default-pool: {left}"

    again = slow.wif("apply", setup, "--yes", "--accept-loss")
    assert again.code == 0, again.out
    assert f"{operation} (UPGRADE_NODES), already running: " in again.out
    assert [each["path"] for each in slow.writes() if each["method"] == "PUT"] == [DEFAULT_POOL]
    assert slow.wif("plan", setup).code == 0
    runs = slow.wif("runs", "--json").json["runs"]
    assert [each["outcome"] for each in runs] == ["done", "interrupted"]
    assert {write["operation"].rpartition("/")[2] for each in runs for write in each["writes"][-1:]} == {operation}


def test_an_operation_on_another_node_pool_is_waited_for_by_its_name(slow: World) -> None:
    setup, mode = slow.setup(gke.SETUP), {"workloadMetadataConfig": {"mode": "GCE_METADATA"}}
    theirs = gke.cloud().google.call("container", "PUT", f"{gke.CLUSTER}/nodePools/batch-pool", mode)["name"]
    answer = slow.wif("apply", setup, "--yes", "--accept-loss")
    assert answer.code == 0, answer.out
    assert (
        f"settling  node pool's metadata mode default-pool: {theirs}, which was already running, has ended"
        in answer.out
    )
    assert slow.wif("plan", setup).code == 0


def test_the_demo_in_a_pipe_prints_every_step_and_passes(tmp_path: Path) -> None:
    environ = os.environ | {"XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "wizard", "demo", "--scenario", "gke-spanner"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environ, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    steps = [line for line in done.stdout.splitlines() if line.startswith("$ ")]
    assert steps == [
        "$ wif-wizard plan setup.yaml",
        "$ wif-wizard apply setup.yaml --yes --accept-loss",
        "$ wif-wizard plan setup.yaml",
        "$ wif-wizard test setup.yaml --from task --yes",
        "$ service-accounts.yaml",
    ]
    walked = [line for line in done.stdout.splitlines() if line.startswith(("✓", "·"))]
    for each in HOPS:
        assert any(each.title in line for line in walked), each.title
    assert "\nThe live test passed.\n" in done.stdout
    assert not list(tmp_path.iterdir()), "no trace in the operator's journal"
