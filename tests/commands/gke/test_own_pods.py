"""The live test proves the way of the workload's own pods: where they stand, what they carry, what restricts them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.commands.conftest import World
from tests.commands.gke import worlds as gke
from wizard.chain.one_off_pod import WaitLimits
from wizard.chain.pod_manifest import LABEL
from wizard.clouds.errors import CloudError
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.facts import GkeTest
from wizard.sandbox.process import Sandbox

Json = dict[str, Any]
NAMESPACE, ACCOUNT = "checkout", "checkout"
TITLE = f"{NAMESPACE}/{ACCOUNT}"
SETUP = gke.setup_of(gke.workload(NAMESPACE, ACCOUNT))
ON_DEFAULT = {"nodeSelector": {"cloud.google.com/gke-nodepool": "default-pool"}}
KEY = {"key.json": json.dumps({"type": "service_account", "private_key": "PRIVATEEXAMPLE"})}


def ready(world: Json) -> None:
    """The cluster is in its pool, default-pool runs the metadata server, and the workload has its role."""
    gke.joined(world)
    gke.first_cluster(world)["node_pools"][0]["mode"] = "GKE_METADATA"
    member = f"{gke.PRINCIPAL}/ns/{NAMESPACE}/sa/{ACCOUNT}"
    world["google"]["projects"][0]["policy"].append(
        {"role": gke.ROLE, "members": [member, f"{gke.PRINCIPAL}/ns/{NAMESPACE}/sa/default"]}
    )
    gke.inside(world)["denied"] = [{"verbs": ["get"], "resources": ["secrets"], "namespaces": ["anti-fraud"]}]


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with gke.served(tmp_path_factory.mktemp("scenario"), ready, gke.all_services) as sandbox:
        yield sandbox


class Cluster:
    """What a test puts into the cluster, and takes out again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.made: list[tuple[Any, str]] = []

    def put(self, kind: str, name: str, spec: Json | None = None, **more: Any) -> None:
        document = {"metadata": {"name": name, "namespace": NAMESPACE}, **({"spec": spec} if spec else {}), **more}
        found = kind_of(kind)
        gke.kubernetes().create(found.from_dict(document), NAMESPACE)
        self.made.append((found, name))

    def run(self, kind: str, name: str, pod: Json | None = None, labels: Json | None = None, **container: Any) -> None:
        """Put in a controller whose pods use the account; on default-pool if `pod` says nothing else."""
        spec = {**(ON_DEFAULT if pod is None else pod), "serviceAccountName": ACCOUNT}
        spec["containers"] = [{"name": "app", "image": "registry.acme.example/app:1", **container}]
        if kind in ("Job", "CronJob"):
            spec["restartPolicy"] = "Never"
        template = {"metadata": {"labels": {"app": name, **(labels or {})}}, "spec": spec}
        outer: Json = {"template": template}
        if kind == "CronJob":
            outer = {"schedule": "0 3 * * *", "suspend": True, "jobTemplate": {"spec": outer}}
        elif kind != "Job":
            outer |= {"selector": {"matchLabels": {"app": name}}, "serviceName": name}
        self.put(kind, name, outer)

    def clean(self) -> None:
        for kind, name in reversed(self.made):
            gke.kubernetes().delete(kind, name, NAMESPACE)


def kind_of(name: str) -> Any:
    from lightkube.resources import apps_v1, batch_v1, core_v1, networking_v1, policy_v1

    for module in (core_v1, apps_v1, batch_v1, networking_v1, policy_v1):
        if hasattr(module, name):
            return getattr(module, name)
    raise LookupError(name)


@pytest.fixture
def cluster(world: World) -> Iterator[Cluster]:
    made = Cluster(world)
    yield made
    made.clean()


def hops(world: World, place: str = "task", text: str = SETUP, title: str = TITLE) -> dict[str, Json]:
    answer = world.wif("test", world.setup(text), "--from", place, "--yes", "--json", "--wait", "0")
    return gke.hops(answer, title)


def jobs() -> list[str]:
    found = gke.kubernetes().list_objects(kind_of("Job"), NAMESPACE, labels={LABEL: "true"})
    return [str(job.metadata.name) for job in found if job.metadata]


@pytest.mark.parametrize(
    "pod",
    [
        {"nodeSelector": {"cloud.google.com/gke-nodepool": "batch-pool"}},
        {
            "affinity": {
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [
                            {
                                "matchExpressions": [
                                    {
                                        "key": "cloud.google.com/gke-nodepool",
                                        "operator": "NotIn",
                                        "values": ["default-pool"],
                                    }
                                ]
                            }
                        ]
                    }
                }
            }
        },
        {},
    ],
    ids=["selector", "affinity", "anywhere"],
)
@pytest.mark.parametrize("place", ["here", "task"])
def test_pods_on_a_pool_without_the_metadata_server_fail_it(
    world: World, cluster: Cluster, pod: Json, place: str
) -> None:
    cluster.run("StatefulSet", "ledger", pod)
    hop = hops(world, place)["node-pools"]
    assert hop["status"] == "failed" and "pods of ledger on batch-pool" in hop["reason"]
    assert "gke.node_pools" in hop["fix"]


def test_a_selector_of_the_metadata_server_keeps_pods_off_other_pools(world: World, cluster: Cluster) -> None:
    cluster.run("StatefulSet", "ledger", {"nodeSelector": {"iam.gke.io/gke-metadata-server-enabled": "true"}})
    found = hops(world)
    assert found["node-pools"]["status"] == found["pod"]["status"] == "ok"


def test_each_placement_has_a_probe_of_its_own(world: World, cluster: Cluster) -> None:
    zone = {**ON_DEFAULT["nodeSelector"], "topology.kubernetes.io/zone": "asia-northeast1-c"}
    cluster.run("StatefulSet", "ledger", {"nodeSelector": zone})
    hop = hops(world)["pod"]
    assert hop["status"] == "ok", hop
    placed = {each["placement"]: each["node"] for each in hop["received"]["pods"]}
    assert set(placed) == {"pods of checkout on default-pool", "pods of ledger on default-pool"}
    node = next(
        each
        for each in gke.kubernetes().list_objects(kind_of("Node"))
        if each.metadata.name == placed["pods of ledger on default-pool"]
    )
    assert node.metadata.labels["topology.kubernetes.io/zone"] == "asia-northeast1-c"
    assert any(line.startswith("pods of ledger on default-pool: pod of job") for line in hop["evidence"])
    assert jobs() == []


def test_a_placement_without_a_node_is_not_proven_and_named(world: World, cluster: Cluster) -> None:
    cluster.run("CronJob", "nightly", {"nodeSelector": {"gpu": "yes"}})
    hop = hops(world)["pod"]
    assert hop["status"] == "not_proven" and "no node for pods of nightly" in hop["reason"]


@pytest.mark.parametrize("kind", ["StatefulSet", "CronJob", "Job", "ReplicaSet"])
@pytest.mark.parametrize("place", ["here", "task"])
def test_the_hosts_network_fails_it_in_every_controller(world: World, cluster: Cluster, kind: str, place: str) -> None:
    cluster.run(kind, "agent", {**ON_DEFAULT, "hostNetwork": True})
    hop = hops(world, place)["pod"]
    assert hop["status"] == "failed" and f"{kind} agent" in hop["reason"]
    assert "hostNetwork" in hop["fix"]


@pytest.mark.parametrize("place", ["here", "task"])
def test_a_key_fails_a_hop_of_its_own_and_its_removal_is_the_fix(world: World, cluster: Cluster, place: str) -> None:
    cluster.put("Secret", "ledger-key", stringData=KEY, data={})
    pod = {**ON_DEFAULT, "volumes": [{"name": "key", "secret": {"secretName": "ledger-key"}}]}
    variable = {"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": "/var/key/key.json"}
    mount = {"name": "key", "mountPath": "/var/key"}
    cluster.run("StatefulSet", "ledger", pod, env=[variable], volumeMounts=[mount])
    found = hops(world, place)
    hop = found["own-key"]
    assert hop["status"] == "failed" and hop["reason"].startswith(
        "the pods have a service account key, so the workload does not use federation"
    )
    assert "key.json of Secret ledger-key" in hop["reason"]
    for part in ("GOOGLE_APPLICATION_CREDENTIALS", "the volume with Secret ledger-key", "of StatefulSet ledger"):
        assert part in hop["fix"]
    assert found["pod"]["status"] == ("ok" if place == "task" else "skipped"), "federation itself works"
    assert "PRIVATEEXAMPLE" not in json.dumps(found)

    from lightkube.resources.apps_v1 import StatefulSet

    bare = [{"name": "app", "image": "registry.acme.example/app:1", "env": None, "volumeMounts": None}]
    change = {"spec": {"template": {"spec": {"volumes": None, "containers": bare}}}}
    gke.kubernetes().patch(StatefulSet, "ledger", change, NAMESPACE)
    assert hops(world, place)["own-key"]["status"] == "ok"


def egress(labels: Json, *blocks: Json) -> Json:
    return {"podSelector": {"matchLabels": labels}, "policyTypes": ["Egress"], "egress": list(blocks)}


def test_a_policy_is_met_with_the_labels_that_it_selects(world: World, cluster: Cluster) -> None:
    cluster.run("StatefulSet", "ledger", labels={"tier": "back"})
    cluster.put("NetworkPolicy", "back", egress({"tier": "back"}, {}))
    hop = hops(world)["pod"]
    assert hop["status"] == "ok"
    [manifest] = [
        each["spec"]["template"] for each in hop["sent"]["manifests"] if "tier" in str(each["spec"]["template"])
    ]
    assert manifest["metadata"]["labels"] == {"tier": "back", LABEL: "true"}


def test_a_policy_that_certainly_blocks_the_own_pods_is_not_waited_for(world: World, cluster: Cluster) -> None:
    cluster.run("StatefulSet", "ledger", labels={"tier": "back"})
    inside = {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}
    cluster.put("NetworkPolicy", "back", egress({"tier": "back"}, inside))
    hop = hops(world)["pod"]
    assert hop["status"] == "failed"
    assert (
        "pods of ledger on default-pool: a NetworkPolicy blocks the pods' access to the metadata server: back"
        in hop["reason"]
    )
    assert "tier" not in json.dumps(hop["sent"]["manifests"]), "a pod would only wait for the metadata server"


@pytest.mark.parametrize("place", ["here", "task"])
def test_a_policy_is_computed_for_labels_that_cannot_be_carried(world: World, cluster: Cluster, place: str) -> None:
    inside = {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}
    cluster.put("NetworkPolicy", "own", egress({"app": "checkout"}, inside))
    hop = hops(world, place)["pod"]
    assert hop["status"] == "failed" and "own: pods of Deployment checkout" in hop["reason"]
    assert "169.254.169.252:988" in hop["fix"]


def test_labels_that_a_service_selects_are_not_carried(world: World, cluster: Cluster) -> None:
    cluster.run("StatefulSet", "ledger", labels={"tier": "back"})
    cluster.put("Service", "back", {"selector": {"tier": "back"}, "ports": [{"port": 80}]})
    allowed = {"to": [{"ipBlock": {"cidr": "169.254.169.252/32"}}], "ports": [{"port": 988}]}
    names = {"ports": [{"port": 53, "protocol": "UDP"}]}
    cluster.put("NetworkPolicy", "back", egress({"tier": "back"}, allowed, names))
    hop = hops(world)["pod"]
    assert hop["status"] == "not_proven" and "Service back" in hop["reason"]
    assert "tier" not in json.dumps(hop["sent"]["manifests"])


@pytest.mark.parametrize("enforced", [True, False])
def test_a_policy_that_blocks_only_the_one_off_pod_is_no_fault_of_the_workload(
    world: World, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, enforced: bool
) -> None:
    """All is denied but for the workload's own label, by which its controller counts pods too."""
    monkeypatch.setattr("wizard.modes.gke.live.test.GkeTest", partial(GkeTest, limits=WaitLimits(metadata_server=1)))
    monkeypatch.setattr(ClusterFacts, "enforces_policies", enforced)
    cluster.put("NetworkPolicy", "default-deny", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
    cluster.put("NetworkPolicy", "allow-checkout", egress({"app": "checkout"}, {}))
    hop = hops(world)["pod"]
    assert (
        hop["status"] == "not_proven" and "the test did not confirm this from a pod with these labels" in hop["reason"]
    )
    assert bool(hop["sent"]["manifests"]) is not enforced, "what is known to be blocked is not started"


def test_policies_that_decide_by_labels_prove_nothing_about_pods_that_do_not_exist(
    world: World, cluster: Cluster
) -> None:
    cluster.put("NetworkPolicy", "default-deny", {"podSelector": {}, "policyTypes": ["Egress"]})
    setup = gke.setup_of(gke.workload(NAMESPACE, "default"))
    title = f"{NAMESPACE}/default"
    denied = hops(world, text=setup, title=title)["pod"]
    assert denied["status"] == "failed", denied["reason"]
    cluster.put("NetworkPolicy", "allow-team", egress({"team": "later"}, {}))
    hop = hops(world, text=setup, title=title)["pod"]
    assert hop["status"] == "not_proven" and "select pods by their labels: allow-team" in hop["reason"]
    assert denied["sent"]["manifests"] == hop["sent"]["manifests"] == []


def test_no_pod_is_started_that_a_disruption_budget_would_count(world: World, cluster: Cluster) -> None:
    cluster.put("PodDisruptionBudget", "everything", {"selector": {}, "minAvailable": 1})
    hop = hops(world)["pod"]
    assert hop["status"] == "not_proven" and "PodDisruptionBudget everything" in hop["reason"]
    assert hop["sent"]["manifests"] == []


def test_a_limit_is_named_and_the_fix_in_the_setup_works(world: World, cluster: Cluster) -> None:
    limits = [{"type": "Container", "min": {"cpu": "200m"}}]
    cluster.put("LimitRange", "small", {"limits": limits})
    hop = hops(world)["pod"]
    assert (hop["status"], hop["code"]) == ("not_proven", "WIF0913"), "the workload's own pods run"
    assert "minimum cpu usage per Container is 200m, but request is 100m" in hop["reason"]
    assert "probe: {resources: {requests: {cpu: 200m}}}" in hop["fix"] and "--from here" in hop["fix"]
    fixed = hops(world, text=f"{SETUP}probe: {{resources: {{requests: {{cpu: 200m}}}}}}\n")
    assert fixed["pod"]["status"] == "ok"


def _kill_a_test(world: World) -> None:
    """Kill a live test while its pod runs. On a busy machine, the first test can end before it is killed."""
    command = [sys.executable, "-P", "-m", "wizard", "test", world.setup(SETUP), "--from", "task", "--yes"]
    for _attempt in range(3):
        killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
        while killed.poll() is None and not jobs():
            pass
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        if jobs():
            return
    pytest.fail("no test was killed while its pod was running")


def test_what_a_killed_test_left_the_next_one_removes(world: World) -> None:
    _kill_a_test(world)
    assert hops(world)["pod"]["status"] == "ok"
    assert jobs() == []


def test_the_journal_knows_a_job_that_lost_its_label(world: World) -> None:
    """The job is in the journal before it is created, so no label is needed to find it."""
    _kill_a_test(world)
    [name] = jobs()
    gke.kubernetes().patch(kind_of("Job"), name, {"metadata": {"labels": {LABEL: None}}}, NAMESPACE)
    assert jobs() == []
    [left] = world.wif("runs", "--json").json["leftovers"]
    assert (left["kind"], left["name"]) == ("one-off job", f"{name} in the namespace {NAMESPACE}")
    assert f"left behind the one-off job {name}" in world.wif("plan", world.setup(SETUP)).out
    answer = world.wif("apply", world.setup(SETUP), "--yes")
    assert f"The wizard removed the one-off job {name} in the namespace {NAMESPACE}" in answer.out
    with pytest.raises(CloudError, match="not found"):
        gke.kubernetes().get(kind_of("Job"), name, NAMESPACE)
    assert world.wif("runs", "--json").json["leftovers"] == []
