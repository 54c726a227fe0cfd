"""What runs with a KSA, what selects its pods, and the keys that they carry."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chain.fakes import FakeCloud, fake_cloud
from tests.modes.gke.live.fake_kubernetes import CLUSTER, kubernetes, status
from wizard.chain.pod_manifest import LABEL
from wizard.clouds.controllers import Controller
from wizard.clouds.kubernetes import Kubernetes
from wizard.clouds.session import Clouds
from wizard.modes.gke.chosen import Chosen
from wizard.modes.gke.live.carried_labels import look_around
from wizard.modes.gke.live.cluster import ClusterFacts
from wizard.modes.gke.live.own_keys import OwnKeys, find_keys
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import OldPod, User, find_users, old_pods
from wizard.modes.gke.own_key import of_workload
from wizard.resources.pod_keys import VARIABLE
from wizard.setup.replacing import KeyFound

PATHS = {
    "Deployment": "/apis/apps/v1/namespaces/anti-fraud/deployments",
    "StatefulSet": "/apis/apps/v1/namespaces/anti-fraud/statefulsets",
    "DaemonSet": "/apis/apps/v1/namespaces/anti-fraud/daemonsets",
    "ReplicaSet": "/apis/apps/v1/namespaces/anti-fraud/replicasets",
    "CronJob": "/apis/batch/v1/namespaces/anti-fraud/cronjobs",
    "Job": "/apis/batch/v1/namespaces/anti-fraud/jobs",
    "ReplicationController": "/api/v1/namespaces/anti-fraud/replicationcontrollers",
    "Pod": "/api/v1/namespaces/anti-fraud/pods",
    "NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/anti-fraud/networkpolicies",
    "Service": "/api/v1/namespaces/anti-fraud/services",
    "PodDisruptionBudget": "/apis/policy/v1/namespaces/anti-fraud/poddisruptionbudgets",
}
SECRET = "/api/v1/namespaces/anti-fraud/secrets/ledger-key"
CONFIG_MAP = "/api/v1/namespaces/anti-fraud/configmaps/ledger-key"
KEY = json.dumps({"type": "service_account", "private_key": "PRIVATEEXAMPLE"})


@pytest.fixture
def cluster() -> Iterator[FakeCloud]:
    with fake_cloud() as cloud:
        for kind in PATHS:
            has(cloud, kind)
        yield cloud


def has(cloud: FakeCloud, kind: str, *items: dict[str, Any]) -> None:
    cloud.answers[PATHS[kind]] = 200, {"kind": f"{kind}List", "apiVersion": "v1", "metadata": {}, "items": list(items)}


class Session(Clouds):
    """The sessions, of which only that with the fake cluster is used."""

    def __init__(self, session: Kubernetes) -> None:
        super().__init__(CLUSTER.project, environ={})
        self.session = session

    def kubernetes(self, _: Any) -> Kubernetes:
        return self.session


def reads(cloud: FakeCloud, folder: Path) -> ClusterReads:
    return ClusterReads(Session(kubernetes(cloud, folder)), CLUSTER, [("anti-fraud", "scorer")])


def pod_spec(account: str | None = "scorer", **more: Any) -> dict[str, Any]:
    return {"containers": [{"name": "a"}], **({"serviceAccountName": account} if account else {}), **more}


def pod(name: str, owner: str = "", phase: str = "Running", **spec: Any) -> dict[str, Any]:
    kind, _, owned_by = owner.partition(" ")
    references = [{"apiVersion": "apps/v1", "kind": kind, "name": owned_by, "uid": "u", "controller": True}]
    metadata = {"name": name, "ownerReferences": references if owner else []}
    return {"metadata": metadata, "spec": pod_spec(**spec), "status": {"phase": phase}}


def controller(name: str, owner: str = "", account: str | None = "scorer", **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": name}}, "spec": pod_spec(account, **spec)}
    kind, _, owned_by = owner.partition(" ")
    references = [{"apiVersion": "apps/v1", "kind": kind, "name": owned_by, "uid": "u", "controller": True}]
    metadata = {"name": name, "ownerReferences": references if owner else []}
    inner = {"selector": {"matchLabels": {"app": name}}, "template": template, "serviceName": name}
    return {"metadata": metadata, "spec": inner}


def cron_job(name: str) -> dict[str, Any]:
    template = {"spec": {"template": {"spec": pod_spec()}}}
    return {"metadata": {"name": name}, "spec": {"schedule": "0 3 * * *", "suspend": True, "jobTemplate": template}}


def titles(cloud: FakeCloud, folder: Path, account: str = "scorer") -> list[str]:
    return [user.title for user in find_users(reads(cloud, folder), "anti-fraud", account).found]


@pytest.mark.parametrize(
    "kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "ReplicationController"]
)
def test_every_controller_counts_without_a_pod(cluster: FakeCloud, tmp_path: Path, kind: str):
    selector = {"selector": {"app": "ledger"}} if kind == "ReplicationController" else {}
    item = controller("ledger")
    has(cluster, kind, {**item, "spec": {**item["spec"], **selector}}, controller("other", account=None))
    assert titles(cluster, tmp_path) == [f"{kind} ledger"]


def test_a_cron_job_counts_between_its_runs(cluster: FakeCloud, tmp_path: Path):
    has(cluster, "CronJob", cron_job("nightly"))
    has(cluster, "Job", controller("nightly-1", "CronJob nightly"))
    assert titles(cluster, tmp_path) == ["CronJob nightly"]


def test_pods_count_once_for_what_runs_them(cluster: FakeCloud, tmp_path: Path):
    has(cluster, "Deployment", controller("scorer"))
    has(cluster, "ReplicaSet", controller("scorer-1", "Deployment scorer"), controller("web-1", "Rollout web"))
    has(
        cluster,
        "Pod",
        pod("scorer-1-a", "ReplicaSet scorer-1", nodeName="node-1"),
        pod("scorer-1-b", "ReplicaSet scorer-1", nodeName="node-2"),
        pod("web-1-a", "ReplicaSet web-1"),
        pod("run-a", "Workflow run"),
        pod("by-hand"),
        pod("ended", phase="Succeeded"),
        pod("other", account="other"),
        {**pod("ours"), "metadata": {"name": "ours", "labels": {LABEL: "true"}}},
    )
    users = find_users(reads(cluster, tmp_path), "anti-fraud", "scorer").found
    assert [user.title for user in users] == ["Deployment scorer", "Rollout web", "Workflow run", "Pod by-hand"]
    assert users[0].nodes == ("node-1", "node-2")


def test_a_pod_that_started_before_its_controller_had_the_account_is_old(cluster: FakeCloud, tmp_path: Path):
    has(cluster, "Deployment", controller("scorer"), controller("web", account="web"))
    has(cluster, "ReplicaSet", controller("scorer-1", "Deployment scorer", account="default"))
    has(
        cluster,
        "Pod",
        pod("scorer-1-a", "ReplicaSet scorer-1", account="default"),
        pod("scorer-1-b", "ReplicaSet scorer-1"),
        pod("scorer-1-c", "ReplicaSet scorer-1", account="default", phase="Succeeded"),
        pod("web-a", "Deployment web", account="default"),
    )
    old = old_pods(reads(cluster, tmp_path), "anti-fraud", "scorer")
    assert old == [OldPod("scorer-1-a", "Deployment scorer", "default")]


def test_the_account_default_is_what_pods_use_that_name_none(cluster: FakeCloud, tmp_path: Path):
    has(cluster, "Deployment", controller("web", account=None))
    assert titles(cluster, tmp_path, "default") == ["Deployment web"]
    assert titles(cluster, tmp_path) == []


def test_the_hosts_network_is_seen_in_a_template(cluster: FakeCloud, tmp_path: Path):
    has(cluster, "StatefulSet", controller("agent", hostNetwork=True))
    assert find_users(reads(cluster, tmp_path), "anti-fraud", "scorer").host_network == ["StatefulSet agent"]


def test_what_may_not_be_read_is_told(cluster: FakeCloud, tmp_path: Path):
    for kind in ("Deployment", "CronJob"):
        cluster.answers[PATHS[kind]] = status(403, "Forbidden", "is forbidden")
    has(cluster, "StatefulSet", controller("ledger"))
    users = find_users(reads(cluster, tmp_path), "anti-fraud", "scorer")
    assert [user.title for user in users.found] == ["StatefulSet ledger"]
    assert [line.split()[6] for line in users.unread] == ["Deployment", "CronJob"]


def test_a_pod_of_ours_carries_the_labels_that_policies_look_at_and_no_others(cluster: FakeCloud, tmp_path: Path):
    by_tier = {"podSelector": {"matchLabels": {"tier": "back"}}, "policyTypes": ["Egress"]}
    by_zone = {"podSelector": {"matchExpressions": [{"key": "zone", "operator": "Exists"}]}, "policyTypes": ["Egress"]}
    inward = {"podSelector": {"matchLabels": {"app": "ledger"}}, "policyTypes": ["Ingress"]}
    named = {"tier": by_tier, "zone": by_zone, "inward": inward}
    has(cluster, "NetworkPolicy", *({"metadata": {"name": name}, "spec": spec} for name, spec in named.items()))
    around = look_around(reads(cluster, tmp_path), "anti-fraud", True, ClusterFacts())
    labels = around.policy_labels({"app": "ledger", "tier": "back", "zone": "a", "version": "2"})
    assert labels == {"tier": "back", "zone": "a"}
    assert around.policy_labels({"app": "web", "tier": "front"}) == {}, "no policy selects these pods"
    assert around.blocking(labels, ("169.254.169.252", 988)) == ["tier", "zone"]
    assert around.blocking({"app": "ledger"}, ("169.254.169.252", 988)) == []


def test_policies_of_the_whole_cluster_count_where_the_cluster_enforces_them(cluster: FakeCloud, tmp_path: Path):
    spec = {"endpointSelector": {"matchLabels": {"tier": "back"}}, "egressDeny": [{"toEntities": ["all"]}]}
    named = {"metadata": {"name": "no-way-out"}, "spec": spec}
    path = "/apis/cilium.io/v2/ciliumclusterwidenetworkpolicies"
    cluster.answers[path] = 200, {"kind": "List", "apiVersion": "cilium.io/v2", "metadata": {}, "items": [named]}
    enforced = ClusterFacts({"networkConfig": {"enableCiliumClusterwideNetworkPolicy": True}})
    around = look_around(reads(cluster, tmp_path), "anti-fraud", True, enforced)
    assert around.blocking({"tier": "back"}, ("169.254.169.254", 80)) == ["no-way-out"]
    assert around.policy_labels({"app": "ledger", "tier": "back"}) == {"tier": "back"}
    assert look_around(reads(cluster, tmp_path), "anti-fraud", True, ClusterFacts()).policies == ()
    cluster.answers[path] = status(403, "Forbidden", "no")
    unread = look_around(reads(cluster, tmp_path), "anti-fraud", True, enforced)
    assert (unread.policies, unread.undecided) == ((), ("CiliumClusterwideNetworkPolicy",))
    by_name = ClusterFacts({"networkConfig": {"enableFqdnNetworkPolicy": True}})
    assert look_around(reads(cluster, tmp_path), "anti-fraud", True, by_name).undecided == ("FQDNNetworkPolicy",)


@pytest.mark.parametrize(
    ("kind", "spec", "takes"),
    [
        ("Service", {"selector": {"app": "ledger"}}, True),
        ("Service", {"selector": {"app": "ledger", "version": "2"}}, False),
        ("Service", {"clusterIP": "None"}, False),
        ("PodDisruptionBudget", {"selector": {"matchLabels": {"app": "ledger"}}}, True),
        ("PodDisruptionBudget", {"selector": {}}, True),
        ("PodDisruptionBudget", {"selector": {"matchLabels": {"app": "web"}}}, False),
    ],
)
def test_what_would_take_a_pod_of_ours_is_found(
    cluster: FakeCloud, tmp_path: Path, kind: str, spec: dict[str, Any], takes: bool
):
    has(cluster, kind, {"metadata": {"name": "ledger"}, "spec": spec})
    around = look_around(reads(cluster, tmp_path), "anti-fraud", True, ClusterFacts())
    assert around.selected_by({"app": "ledger", LABEL: "true"}) == ([f"{kind} ledger"] if takes else [])


def carrying(volume: dict[str, Any] | None = None, **container: Any) -> User:
    mounts = [{"name": "v", "mountPath": "/var/key"}] if volume else []
    spec = {
        "containers": [{"name": "app", "volumeMounts": mounts, **container}],
        "volumes": [{"name": "v", **volume}] if volume else [],
    }
    return User("StatefulSet", "ledger", {}, spec)


def named(path: str) -> list[dict[str, Any]]:
    return [{"name": "GOOGLE_APPLICATION_CREDENTIALS", "value": path}]


def secret(**data: str) -> tuple[int, dict[str, Any]]:
    encoded = {key.replace("_", "."): base64.b64encode(value.encode()).decode() for key, value in data.items()}
    return 200, {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "ledger-key"}, "data": encoded}


def keys(cloud: FakeCloud, folder: Path, user: User) -> OwnKeys:
    return find_keys(reads(cloud, folder), "anti-fraud", (user,))


OF_SECRET = {"secret": {"secretName": "ledger-key"}}
CARRIERS = {
    "a file that the variable names": carrying(OF_SECRET, env=named("/var/key/key.json")),
    "a file that no variable names": carrying(OF_SECRET),
    "a file under another name": carrying(
        {"secret": {"secretName": "ledger-key", "items": [{"key": "key.json", "path": "a/b.json"}]}},
        env=named("/var/key/a/b.json"),
    ),
    "a projected file": carrying({"projected": {"sources": [{"secret": {"name": "ledger-key"}}]}}),
    "one file of the volume": carrying(
        OF_SECRET, volumeMounts=[{"name": "v", "mountPath": "/app/k.json", "subPath": "key.json"}]
    ),
    "a variable": carrying(
        env=[{"name": "GOOGLE_CREDENTIALS", "valueFrom": {"secretKeyRef": {"name": "ledger-key", "key": "key.json"}}}]
    ),
    "all variables": carrying(envFrom=[{"secretRef": {"name": "ledger-key"}}]),
    "a value": carrying(env=[{"name": "GOOGLE_CREDENTIALS", "value": KEY}]),
    "a value in base64": carrying(env=[{"name": "KEY", "value": base64.b64encode(KEY.encode()).decode()}]),
}


@pytest.mark.parametrize("how", CARRIERS)
def test_a_key_is_found_wherever_a_pod_has_it(cluster: FakeCloud, tmp_path: Path, how: str):
    cluster.answers[SECRET] = secret(key_json=KEY, tls_crt="certificate")
    found = keys(cluster, tmp_path, CARRIERS[how])
    assert len(found.found) == 1 and found.found[0].startswith("StatefulSet ledger: ")
    assert "of StatefulSet ledger" in found.fixes[0] and "container app" in found.fixes[0]
    assert not found.unknown
    assert "PRIVATEEXAMPLE" not in repr(found)


def test_a_key_in_a_config_map_is_found_too(cluster: FakeCloud, tmp_path: Path):
    content = {"metadata": {"name": "ledger-key"}, "data": {"key.json": KEY}}
    cluster.answers[CONFIG_MAP] = 200, {"kind": "ConfigMap", "apiVersion": "v1", **content}
    user = carrying({"configMap": {"name": "ledger-key"}}, env=named("/var/key/key.json"))
    assert "key.json of ConfigMap ledger-key" in keys(cluster, tmp_path, user).found[0]


def test_a_credential_configuration_is_no_key(cluster: FakeCloud, tmp_path: Path):
    cluster.answers[SECRET] = secret(key_json='{"type": "external_account"}')
    assert keys(cluster, tmp_path, carrying(OF_SECRET, env=named("/var/key/key.json"))) == OwnKeys()


MIXED = {
    "a file that no variable names": "mount all entries of Secret ledger-key except key.json",
    "one file of the volume": "remove the volume mount /app/k.json from container app",
    "all variables": "replace the envFrom entry for Secret ledger-key with the variables that the program needs",
    "a file under another name": (
        "remove the volume with Secret ledger-key from StatefulSet ledger, and its volume mount from container app"
    ),
}


@pytest.mark.parametrize("how", MIXED)
def test_what_the_pod_needs_besides_the_key_stays_in_the_advice(cluster: FakeCloud, tmp_path: Path, how: str):
    """The Secret has a certificate too: without its volume, the container would lose the certificate."""
    cluster.answers[SECRET] = secret(key_json=KEY, tls_crt="certificate")
    assert MIXED[how] in " ".join(keys(cluster, tmp_path, CARRIERS[how]).fixes)


@pytest.mark.parametrize(
    "source",
    [
        {"env": [{"name": VARIABLE, "valueFrom": {"secretKeyRef": {"name": "ledger-key", "key": VARIABLE}}}]},
        {"envFrom": [{"secretRef": {"name": "ledger-key"}}]},
    ],
)
def test_a_path_from_a_secret_is_followed(cluster: FakeCloud, tmp_path: Path, source: dict[str, Any]):
    cluster.answers[SECRET] = secret(GOOGLE_APPLICATION_CREDENTIALS="/mnt/key.json", password="/PRIVATEEXAMPLE")
    cluster.answers[SECRET][1]["data"] = {
        key.replace(".", "_"): value for key, value in cluster.answers[SECRET][1]["data"].items()
    }
    found = keys(cluster, tmp_path, carrying({"csi": {"driver": "secrets-store-gke.csi.k8s.io"}}, **source))
    assert "names /mnt/key.json, a file in the image" in found.unknown[0]
    assert "PRIVATEEXAMPLE" not in repr(found)


def test_an_init_container_counts_too(cluster: FakeCloud, tmp_path: Path):
    cluster.answers[SECRET] = secret(key_json=KEY)
    spec = carrying(OF_SECRET).spec
    moved = User("Job", "load", {}, {**spec, "containers": [], "initContainers": spec["containers"]})
    assert len(keys(cluster, tmp_path, moved).found) == 1


def test_a_secret_that_may_not_be_read_proves_nothing(cluster: FakeCloud, tmp_path: Path):
    cluster.answers[SECRET] = status(403, "Forbidden", 'cannot get resource "secrets"')
    found = keys(cluster, tmp_path, carrying(OF_SECRET, env=named("/var/key/key.json")))
    assert not found.found and found.forbidden == ["Secret"]
    assert found.unknown[0].startswith("the wizard could not read Secret ledger-key, which StatefulSet ledger uses")


@pytest.mark.parametrize("volume", [None, {"emptyDir": {}}, {"csi": {"driver": "secrets-store-gke.csi.k8s.io"}}])
def test_a_file_that_cannot_be_read_from_here_proves_nothing(
    cluster: FakeCloud, tmp_path: Path, volume: dict[str, Any] | None
):
    found = keys(cluster, tmp_path, carrying(volume, env=named("/var/key/key.json")))
    where = "in the volume v" if volume else "in the image of the container app"
    assert not found.found and where in found.unknown[0]


def test_a_secret_that_is_not_there_holds_no_key(cluster: FakeCloud, tmp_path: Path):
    cluster.answers[SECRET] = status(404, "NotFound", 'secrets "ledger-key" not found')
    assert keys(cluster, tmp_path, carrying(OF_SECRET)) == OwnKeys()


def test_the_account_of_a_key_is_kept_and_nothing_else_of_it(cluster: FakeCloud, tmp_path: Path) -> None:
    email = "legacy@acme-payments.iam.gserviceaccount.com"
    key = json.dumps({"type": "service_account", "client_email": email, "private_key": "PRIVATEEXAMPLE"})
    cluster.answers[SECRET] = secret(key_json=key)
    has(cluster, "Deployment", controller("scorer", **carrying(OF_SECRET).spec))
    reads_here = reads(cluster, tmp_path)
    workload = Chosen("anti-fraud", "scorer", (Controller("Deployment", "scorer"),))
    assert of_workload(reads_here, workload) == KeyFound(
        "the pods have a service account key, from Secret ledger-key", email
    )
    other = Chosen("anti-fraud", "scorer", (Controller("Deployment", "rules"),))
    assert of_workload(reads_here, other) is None
