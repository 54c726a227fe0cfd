"""A setup on GKE that worked and was then broken: the chain stops at the right hop, and is mended."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.commands.conftest import World
from tests.commands.gke import worlds as gke
from wizard.chain.one_off_pod import WaitLimits
from wizard.federation.gke import ANNOTATION
from wizard.modes.gke.live.facts import GkeTest
from wizard.sandbox.process import Sandbox

MISSPELT = f"scorrer-runner@{gke.PROJECT}.iam.gserviceaccount.com"
OTHER = f"nobody@{gke.PROJECT}.iam.gserviceaccount.com"
WRONG = f"serviceAccount:{gke.POOL}[antifraud/scorer]"
BY_ID = f"{gke.PRINCIPAL}/ns/anti-fraud/sa/scorer".replace(gke.NUMBER, gke.PROJECT, 1)
DENIED = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
GONE = "Not found; Gaia id not found for email "
METADATA = {"workloadMetadataConfig": {"mode": "GCE_METADATA"}}
PROBE = {"wif-wizard/probe": "true"}


def node_pool_on_gce_metadata() -> None:
    gke.cloud().google.call("container", "PUT", f"{gke.CLUSTER}/nodePools/default-pool", METADATA)


def cluster_pool_off() -> None:
    node_pool_on_gce_metadata()
    off = {"update": {"desiredWorkloadIdentityConfig": {"workloadPool": ""}}}
    gke.cloud().google.call("container", "PUT", gke.CLUSTER, off)


def ksa_missing() -> None:
    from lightkube.resources.core_v1 import ServiceAccount

    gke.kubernetes().delete(ServiceAccount, "scorer", "anti-fraud")


def annotated(email: str | None) -> None:
    from lightkube.resources.core_v1 import ServiceAccount

    change = {"metadata": {"annotations": {ANNOTATION: email}}}
    gke.kubernetes().patch(ServiceAccount, "scorer", change, "anti-fraud")


def annotation_names_a_missing_gsa() -> None:
    annotated(MISSPELT)


def annotation_missing() -> None:
    annotated(None)


def gsa_deleted() -> None:
    gke.cloud().google.call("iam", "DELETE", f"/v1/projects/{gke.PROJECT}/serviceAccounts/{gke.GSA}")


def leftover_annotation() -> None:
    annotated(OTHER)


def binding_names_another_namespace() -> None:
    policy = {"bindings": [{"role": "roles/iam.workloadIdentityUser", "members": [WRONG]}]}
    gke.cloud().google_iam.set_policy(gke.PROJECT, gke.GSA, policy)


def role_missing_on_the_target() -> None:
    grant_nothing_but()


def project_id_where_the_number_belongs() -> None:
    grant_nothing_but(BY_ID)


def grant_nothing_but(*members: str) -> None:
    path, google = f"/v1/projects/{gke.PROJECT}", gke.cloud().google
    policy = google.call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", {})
    others = [each for each in policy["bindings"] if each["role"] != gke.ROLE]
    ours = [{"role": gke.ROLE, "members": list(members)}] if members else []
    google.call(
        "cloudresourcemanager", "POST", f"{path}:setIamPolicy", {"policy": policy | {"bindings": others + ours}}
    )


@dataclass(frozen=True)
class Broken:
    """What is broken, at which hop the chain must stop, the cloud's words there, and words of the reason and fix."""

    how: Callable[[], None]
    hop: str
    cloud: str | None
    reason: str
    fix: str
    setup: str = gke.SETUP


WORLDS = [
    Broken(cluster_pool_off, "cluster", None, "Workload Identity Federation for GKE is disabled", "wif-wizard apply"),
    Broken(
        node_pool_on_gce_metadata,
        "node-pools",
        None,
        "service account: default-pool",
        "--workload-metadata=GKE_METADATA",
    ),
    Broken(
        ksa_missing,
        "ksa-token",
        'serviceaccounts "scorer" not found',
        "the Kubernetes service account anti-fraud/scorer does not exist",
        "--namespace=anti-fraud create serviceaccount scorer",
    ),
    Broken(
        annotation_names_a_missing_gsa, "impersonation", f"{GONE}{MISSPELT}", MISSPELT, ANNOTATION, gke.IMPERSONATED
    ),
    Broken(gsa_deleted, "impersonation", f"{GONE}{gke.GSA}", "does not exist", "create", gke.IMPERSONATED),
    Broken(
        annotation_missing, "ksa-token", None, f"has no annotation that names {gke.GSA}", "kubectl", gke.IMPERSONATED
    ),
    Broken(leftover_annotation, "impersonation", DENIED, "a leftover annotation", f"{ANNOTATION}-"),
    Broken(
        binding_names_another_namespace,
        "impersonation",
        DENIED,
        f"the binding names another namespace: {WRONG}",
        f"serviceAccount:{gke.POOL}[anti-fraud/scorer]",
        gke.IMPERSONATED,
    ),
    Broken(
        project_id_where_the_number_belongs,
        "permission",
        None,
        f"names the project by its ID instead of its number: {BY_ID}",
        f"{gke.PRINCIPAL}/ns/anti-fraud/sa/scorer",
    ),
    Broken(role_missing_on_the_target, "permission", None, f"does not have {gke.ROLE}", gke.PRINCIPAL),
]


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for all worlds, all APIs on; each is mended. A wrong grant and an account for nobody are there."""

    def edit(world: Any) -> None:
        (project,) = world["google"]["projects"]
        project["policy"].append({"role": gke.ROLE, "members": [BY_ID]})
        project["service_accounts"].append({"id": "nobody"})

    with gke.served(tmp_path_factory.mktemp("scenario"), edit, gke.all_services) as sandbox:
        yield sandbox


@pytest.mark.parametrize("broken", WORLDS, ids=lambda broken: broken.how.__name__)
def test_a_broken_world_stops_the_chain_at_the_right_hop_and_is_mended(world: World, broken: Broken) -> None:
    setup = world.setup(broken.setup)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    broken.how()

    stopped = stops_at(world, setup, broken.hop)
    assert broken.reason in stopped["reason"]
    assert broken.fix in stopped["fix"]
    if broken.cloud:
        assert stopped["error"]["message"] == broken.cloud

    assert world.wif("plan", setup).code == 2
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    assert gke.tested(world, setup).code == 0


def test_a_network_policy_that_blocks_the_metadata_server(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from lightkube.resources.networking_v1 import NetworkPolicy

    monkeypatch.setattr("wizard.modes.gke.live.test.GkeTest", partial(GkeTest, limits=WaitLimits(metadata_server=1)))
    setup = world.setup(gke.SETUP)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]}
    policy = {"metadata": {"name": "inside-only", "namespace": "anti-fraud"}, "spec": spec}
    gke.kubernetes().create(NetworkPolicy.from_dict(policy), "anti-fraud")

    stopped = stops_at(world, setup, "pod")
    assert "a NetworkPolicy blocks the pods' access to the metadata server: inside-only" in stopped["reason"]
    assert "169.254.169.252:988" in stopped["fix"]

    gke.kubernetes().delete(NetworkPolicy, "inside-only", "anti-fraud")
    assert gke.tested(world, setup).code == 0


def test_a_workload_in_the_hosts_network(world: World) -> None:
    from lightkube.resources.apps_v1 import Deployment

    setup = world.setup(gke.SETUP)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    containers = [{"name": "agent", "image": "registry.acme.example/agent:1.0"}]
    pod = {"serviceAccountName": "scorer", "hostNetwork": True, "containers": containers}
    labels = {"app": "agent"}
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    deployment = {"metadata": {"name": "agent", "namespace": "anti-fraud"}, "spec": spec}
    gke.kubernetes().create(Deployment.from_dict(deployment), "anti-fraud")

    stopped = stops_at(world, setup, "pod")
    assert "use their host's network (hostNetwork: true)" in stopped["reason"]
    assert "Deployment agent" in stopped["reason"]
    assert "remove hostNetwork: true" in stopped["fix"]

    gke.kubernetes().delete(Deployment, "agent", "anti-fraud")
    assert gke.tested(world, setup).code == 0


def test_a_hop_that_failed_is_told_in_plain_lines(world: World) -> None:
    setup = world.setup(gke.IMPERSONATED)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    binding_names_another_namespace()
    answer = world.wif("test", setup, "--from", "here", "--wait", "0")
    assert answer.code == 1
    assert f"     answer  PERMISSION_DENIED: {DENIED}" in answer.out
    assert "The live test failed." in answer.out
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0


def stops_at(world: World, setup: str, hop: str) -> gke.Json:
    """Test: the hop, which is the only one that failed; those after it are skipped, and no pod is left."""
    from lightkube.resources.core_v1 import Pod

    answer = gke.tested(world, setup)
    assert answer.code == 1
    found = gke.hops(answer)
    assert [each for each, outcome in found.items() if outcome["status"] == "failed"] == [hop]
    after = list(found)[list(found).index(hop) + 1 :]
    assert {found[each]["status"] for each in after} <= {"skipped"}
    assert gke.kubernetes().list_objects(Pod, "anti-fraud", labels=PROBE) == []
    return found[hop]
