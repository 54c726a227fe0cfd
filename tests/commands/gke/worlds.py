"""Setups of workloads on GKE, the worlds that they are tried in, and how to look at these as the operator."""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from tests.commands.conftest import Answer, World
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName
from wizard.sandbox.process import Sandbox

Json = dict[str, Any]
Edit = Callable[[Json], None]
"""Changes a scenario."""

PROJECT, NUMBER, LOCATION = "acme-payments", "210987654321", "asia-northeast1"
POOL = f"{PROJECT}.svc.id.goog"
NODES = f"gke-nodes@{PROJECT}.iam.gserviceaccount.com"
ROLE = "roles/spanner.databaseUser"
GSA = f"scorer-runner@{PROJECT}.iam.gserviceaccount.com"
PRINCIPAL = f"principal://iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools/{POOL}/subject"
CLUSTER = f"/v1/projects/{PROJECT}/locations/{LOCATION}/clusters/payments"

SCENARIO = files("assets").joinpath("scenarios", "gke-spanner.yaml").read_text(encoding="utf-8")
SETUP: str = yaml.safe_load(SCENARIO)["setup"].replace("  controllers: [Deployment/scorer]\n", "")
"""The setup of the scenario, without what it wires: most tests are about workloads elsewhere."""
IMPERSONATED = SETUP.replace("via: direct", "via: service-account\n  google_service_account: scorer-runner")


def workload(namespace: str, account: str, through: str | None = None) -> Json:
    """A workload that is to read Spanner, directly or through a Google service account."""
    way = {"via": "service-account", "google_service_account": through} if through else {"via": "direct"}
    grants = [{"on": f"projects/{PROJECT}", "roles": [ROLE]}]
    return {"namespace": namespace, "service_account": account, **way, "grants": grants}


def setup_of(*workloads: Json, cluster: str = "payments", node_pools: Sequence[str] = ("default-pool",)) -> str:
    """The text of a setup."""
    place = {"cluster": cluster, "location": LOCATION, "node_pools": list(node_pools)}
    document = {"version": 1, "mode": "gke", "google": {"project": PROJECT}, "gke": place, "workloads": workloads}
    return yaml.safe_dump(copy.deepcopy(document | {"workloads": list(workloads)}), sort_keys=False)


def first_cluster(world: Json) -> Json:
    """The cluster of the scenario."""
    found: Json = world["google"]["projects"][0]["clusters"][0]
    return found


def joined(world: Json) -> None:
    """The cluster is in the project's workload identity pool already; its node pools are as they were."""
    first_cluster(world)["workload_pool"] = POOL


def inside(world: Json) -> Json:
    """What is in the cluster."""
    found: Json = first_cluster(world)["kubernetes"]
    return found


def another(name: str, **more: Any) -> Edit:
    """One more cluster, with the same in it."""

    def add(world: Json) -> None:
        clusters = world["google"]["projects"][0]["clusters"]
        clusters.append(copy.deepcopy(clusters[0]) | {"name": name} | more)

    return add


def autopilot(name: str) -> Edit:
    """One more cluster, whose nodes GKE manages: it has no node pools of ours, and nobody asks for one."""

    def add(world: Json) -> None:
        another(name, autopilot=True, node_pools=[])(world)
        for namespace in world["google"]["projects"][0]["clusters"][-1]["kubernetes"]["namespaces"]:
            for deployment in namespace["deployments"]:
                del deployment["node_pool"]

    return add


@contextmanager
def served(folder: Path, *edits: Edit, arguments: Sequence[str] = ()) -> Iterator[Sandbox]:
    """A sandbox with the scenario gke-spanner, changed."""
    world = yaml.safe_load(SCENARIO)
    for edit in edits:
        edit(world)
    file = folder / "edited.yaml"
    file.write_text(yaml.safe_dump(world), encoding="utf-8")
    with Sandbox(str(file), ["--steady", *arguments]) as sandbox:
        yield sandbox


def cloud() -> Clouds:
    """The operator's sessions."""
    return Clouds(PROJECT)


def kubernetes(name: str = "payments") -> Any:
    """The operator's session with a cluster."""
    return cloud().kubernetes(ClusterName(PROJECT, LOCATION, name))


def tested(world: World, setup: str, *more: str) -> Answer:
    """Test in one-off pods, waiting for no grant."""
    return world.wif("test", setup, "--from", "task", "--yes", "--json", "--wait", "0", *more)


def hops(answer: Answer, title: str = "anti-fraud/scorer") -> dict[str, Json]:
    """The hops of one workload, by their ids."""
    return {each["hop"]: each for each in answer.json["workloads"][title]}


def inside_writes(world: World) -> list[Json]:
    """The calls to Kubernetes APIs that write."""
    return [each for each in world.writes() if each["service"] == "kubernetes"]


def all_services(world: Json) -> None:
    """Every API that the setup needs is on already."""
    names = ("iam", "iamcredentials", "sts")
    world["google"]["projects"][0]["services"] += [f"{name}.googleapis.com" for name in names]
