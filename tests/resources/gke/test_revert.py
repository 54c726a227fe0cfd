"""What a revert takes back in a cluster, and what it leaves because someone needs it by now."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.resources.gke.gke_world import LOCATION, NODES, OTHER, POOL, PROJECT, cluster, scenario
from tests.resources.gke.test_wiring import CARRIES, KEY, controller, secret
from tests.resources.writing import planned_revert, revert, write
from wizard.clouds.controllers import Controller
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, State
from wizard.federation.gke import ClusterName
from wizard.resources.cluster_pool import ClusterPool
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount
from wizard.resources.namespace import Namespace
from wizard.resources.node_pool import NodePool
from wizard.resources.pod_account import PodAccount
from wizard.resources.pod_key_removal import PodKeyRemoval
from wizard.sandbox.process import Sandbox

NAMES = ("modes", "annotated", "inside", "used", "keys", "strict")
ON_DELETE = {"updateStrategy": {"type": "OnDelete"}}


def _used(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    made = controller(kind, name, serviceAccountName="scorer")
    return {**made, "spec": {**made["spec"], **spec}}


MANIFESTS = [
    secret("scorer-key", key_json=KEY),
    secret("mixed", key_json=KEY, ca_pem="certificate"),
    controller("Deployment", "carrier", **CARRIES),
    _used("Deployment", "rolling"),
    _used("StatefulSet", "on-delete", **ON_DELETE),
    _used("CronJob", "nightly"),
]
NAMESPACE = {"name": "anti-fraud", "service_accounts": [{"name": "scorer"}, {"name": "legacy"}]}
DENIED = [{"verbs": ["list"], "resources": ["secrets"]}]


@pytest.fixture(scope="module")
def reverting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Clusters with a controller of several kinds; each test has one of its own."""
    file = tmp_path_factory.mktemp("scenario") / "reverting.yaml"
    contents = {"namespaces": [NAMESPACE], "manifests": MANIFESTS}
    clusters = [cluster(name, kubernetes=contents) for name in NAMES[:-1]]
    clusters.append(cluster("strict", kubernetes={"namespaces": [NAMESPACE], "denied": DENIED}))
    file.write_text(scenario(clusters), encoding="utf-8")
    with Sandbox(str(file)) as sandbox:
        yield sandbox


@pytest.fixture
def clouds(reverting: Sandbox, tmp_path: Path) -> Clouds:
    return Clouds(PROJECT, environ=reverting.environ({"HOME": str(tmp_path)}))


def named(name: str) -> ClusterName:
    return ClusterName(PROJECT, LOCATION, name)


def test_a_mode_is_the_former_one_again_and_the_cluster_leaves_its_pool_last(clouds: Clouds) -> None:
    pool = ClusterPool(named("modes"))
    joined = write(pool, clouds)
    nodes = NodePool(named("modes"), "default-pool", ("anti-fraud/scorer",))
    changed = write(nodes, clouds)
    assert revert(joined, clouds) == [
        "The node pool default-pool has the GKE metadata server, but the run did not change this node pool."
    ]
    (taken,) = planned_revert(changed, clouds).plan.changes
    assert (taken.resource.impact(taken) or "").startswith("GKE recreates 3 nodes of default-pool (surge 1)")
    (loss,) = {text.partition(" in namespace")[0] for text in taken.resource.losers(taken)} - {"Deployment rolling"}
    assert loss == "Deployment carrier"
    assert taken.resource.losers(taken)[0].endswith(f"act again as their nodes' service account, {NODES}")
    assert revert(changed, clouds) == []
    assert nodes.written(clouds, changed) == {"mode": None}
    assert revert(joined, clouds) == []
    assert pool.written(clouds, joined) == {"workloadPool": None}


def test_accounts_that_others_annotated_keep_the_pool(clouds: Clouds) -> None:
    place = named("annotated")
    pool = ClusterPool(place)
    joined = write(pool, clouds)
    account = KubernetesServiceAccount(place, "anti-fraud", "legacy", OTHER)
    annotated = write(account, clouds)
    assert pool.cannot_restore(clouds, joined, {account: annotated}) == []
    assert revert(joined, clouds) == [
        f"The Kubernetes service account anti-fraud/legacy acts as the Google service account {OTHER} through an "
        "annotation that the run did not write."
    ]
    assert pool.written(clouds, joined) == {"workloadPool": POOL}


def test_a_namespace_is_deleted_only_with_what_the_run_created(clouds: Clouds) -> None:
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ConfigMap

    place = named("inside")
    namespace = Namespace(place, "ledger")
    account = KubernetesServiceAccount(place, "ledger", "settlement")
    changes = {resource: write(resource, clouds) for resource in (namespace, account)}
    assert namespace.in_use(clouds, changes) == []
    assert namespace.in_use(clouds, {}) == [
        "The namespace contains the ServiceAccount settlement, which the run did not create."
    ]
    kubernetes = clouds.kubernetes(place)
    for number in range(7):
        kubernetes.create(ConfigMap(metadata=ObjectMeta(name=f"limits-{number}")), "ledger")
    lines = namespace.in_use(clouds, changes)
    assert lines[0] == "The namespace contains the ConfigMap limits-0, which the run did not create."
    assert lines[5:] == ["The namespace contains 2 more objects."]
    for number in range(7):
        kubernetes.delete(ConfigMap, f"limits-{number}", "ledger")
    assert revert(changes[account], clouds) == []
    assert revert(changes[namespace], clouds) == []
    assert namespace.written(clouds, changes[namespace]) is None


def test_a_namespace_that_cannot_be_listed_is_left(clouds: Clouds) -> None:
    namespace = Namespace(named("strict"), "ledger")
    created = write(namespace, clouds)
    with pytest.raises(CloudError) as refused:
        namespace.in_use(clouds, {})
    assert refused.value.status == 403
    (reason,) = revert(created, clouds)
    assert "secrets is forbidden" in reason
    assert namespace.written(clouds, created) == {"phase": "Active"}


def test_who_uses_an_account_is_told_without_what_goes_with_it(clouds: Clouds) -> None:
    place = named("used")
    account = KubernetesServiceAccount(place, "anti-fraud", "scorer")
    uses = "The {} in the namespace anti-fraud uses the Kubernetes service account."
    titles = ("CronJob nightly", "Deployment rolling", "StatefulSet on-delete")
    assert sorted(account.in_use(clouds, {})) == [uses.format(title) for title in titles]
    going = {}
    for title in titles:
        pods = PodAccount(place, "anti-fraud", Controller(*title.split()), "scorer")
        going[pods] = Change(pods, {"serviceAccountName": "default"}, {"serviceAccountName": "scorer"})
    left = account.in_use(clouds, going)
    assert left, "the pods of a StatefulSet with OnDelete keep the account until someone deletes them"
    assert all(line.startswith("The pod on-delete-") for line in left)


def test_the_former_account_of_pods_must_exist(clouds: Clouds) -> None:
    pods = PodAccount(named("used"), "anti-fraud", Controller("Deployment", "rolling"), "scorer")
    change = Change(pods, {"serviceAccountName": "gone"}, {"serviceAccountName": "scorer"})
    assert pods.cannot_restore(clouds, change, {}) == [
        "The Kubernetes service account anti-fraud/gone, which the pods of anti-fraud/Deployment rolling used before, "
        "no longer exists."
    ]
    missing = PodAccount(named("used"), "anti-fraud", Controller("Deployment", "no-such"), "scorer")
    assert missing.written(clouds, change) is None


def test_keys_are_not_mounted_again_where_others_have_changed_the_pods(clouds: Clouds) -> None:
    from lightkube.resources.core_v1 import Secret

    place = named("keys")
    keys = PodKeyRemoval(place, "anti-fraud", Controller("Deployment", "carrier"))
    removed = write(keys, clouds)
    before: State = removed.before or {}
    assert keys.written(clouds, removed) == removed.after
    keys.place.patch(clouds, {"volumes": [before["volumes"][0]]}, {})
    assert keys.cannot_restore(clouds, removed, {}) == ["Someone has added the volume key again."]
    keys.place.patch(clouds, {"volumes": [{"name": "key", "$patch": "delete"}]}, {})
    clouds.kubernetes(place).delete(Secret, "scorer-key", "anti-fraud")
    assert revert(removed, clouds) == [
        "The Secret scorer-key with the key no longer exists, so the pods would not start after a revert."
    ]
    other: State = {**before, "mounts": [{**each, "container": "gone"} for each in before["mounts"]]}
    assert "The pods no longer have the container gone." in keys.cannot_restore(
        clouds, Change(keys, other, removed.after), {}
    )
