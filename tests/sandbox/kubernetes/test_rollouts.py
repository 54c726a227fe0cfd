"""A deployment keeps its old replica sets, by number; and controllers tell what they do."""

from typing import Any

from tests.sandbox.kubernetes.test_forms import DEPLOYMENTS, deployment
from tests.sandbox.kubernetes.world import Kube

REPLICA_SETS = "/apis/apps/v1/namespaces/anti-fraud/replicasets"
REVISION = "deployment.kubernetes.io/revision"
STRATEGIC = "application/strategic-merge-patch+json"


async def image(kube: Kube, name: str, **spec: Any) -> Any:
    """Give the deployment another image."""
    patch = {"spec": {**spec, "template": {"spec": {"containers": [{"name": "a", "image": name}]}}}}
    return await kube.ok("PATCH", f"{DEPLOYMENTS}/d", patch, media=STRATEGIC)


async def revisions(kube: Kube) -> dict[str, tuple[str, int]]:
    """The image and the number of replicas of each revision of the deployment."""
    items = (await kube.ok("GET", f"{REPLICA_SETS}?labelSelector=app%3Dd"))["items"]
    found = {}
    for each in items:
        container = each["spec"]["template"]["spec"]["containers"][0]
        found[each["metadata"]["annotations"][REVISION]] = (container["image"], each["spec"]["replicas"])
    return found


async def test_each_template_is_a_revision(kube: Kube) -> None:
    await kube.ok("POST", DEPLOYMENTS, deployment(replicas=2))
    await image(kube, "a:2")
    assert await revisions(kube) == {"1": ("a:1", 0), "2": ("a:2", 2)}
    undone = await image(kube, "a:1")
    assert await revisions(kube) == {"2": ("a:2", 0), "3": ("a:1", 2)}
    assert undone["metadata"]["annotations"][REVISION] == "3"
    conditions = {each["type"]: each["reason"] for each in undone["status"]["conditions"]}
    assert conditions == {"Available": "MinimumReplicasAvailable", "Progressing": "NewReplicaSetAvailable"}


async def test_old_revisions_go_by_and_by(kube: Kube) -> None:
    await kube.ok("POST", DEPLOYMENTS, deployment(revisionHistoryLimit=2))
    for number in range(2, 7):
        await image(kube, f"a:{number}")
    assert sorted(await revisions(kube)) == ["4", "5", "6"]


async def test_a_paused_deployment_stays_as_it_is(kube: Kube) -> None:
    await kube.ok("POST", DEPLOYMENTS, deployment())
    await image(kube, "a:2", paused=True)
    assert await revisions(kube) == {"1": ("a:1", 1)}
    await image(kube, "a:3", paused=False)
    assert await revisions(kube) == {"1": ("a:1", 0), "2": ("a:3", 1)}


async def told(kube: Kube, kind: str) -> list[str]:
    """The reasons and messages of the events about the objects of a kind, in their order."""
    url = f"/api/v1/namespaces/anti-fraud/events?fieldSelector=involvedObject.kind%3D{kind}"
    return [f"{each['reason']}: {each['message']}" for each in (await kube.ok("GET", url))["items"]]


async def test_controllers_and_nodes_tell_what_they_do(kube: Kube) -> None:
    assert await told(kube, "Pod") == []  # what was made long ago is forgotten
    await kube.ok("POST", DEPLOYMENTS, deployment())
    [replica_set] = (await kube.ok("GET", f"{REPLICA_SETS}?labelSelector=app%3Dd"))["items"]
    [pod] = (await kube.ok("GET", "/api/v1/namespaces/anti-fraud/pods?labelSelector=app%3Dd"))["items"]
    name, pod_name, node = replica_set["metadata"]["name"], pod["metadata"]["name"], pod["spec"]["nodeName"]
    assert await told(kube, "Deployment") == [f"ScalingReplicaSet: Scaled up replica set {name} from 0 to 1"]
    assert await told(kube, "ReplicaSet") == [f"SuccessfulCreate: Created pod: {pod_name}"]
    assert await told(kube, "Pod") == [
        f"Scheduled: Successfully assigned anti-fraud/{pod_name} to {node}",
        'Pulled: Container image "a:1" already present on machine',
        "Created: Created container: a",
        "Started: Started container a",
    ]
    patch = {"spec": {"replicas": 0}}
    await kube.ok("PATCH", f"{DEPLOYMENTS}/d", patch, media=STRATEGIC)
    assert (await told(kube, "Deployment"))[-1] == f"ScalingReplicaSet: Scaled down replica set {name} from 1 to 0"
    assert (await told(kube, "ReplicaSet"))[-1] == f"SuccessfulDelete: Deleted pod: {pod_name}"
    assert (await told(kube, "Pod"))[-1] == "Killing: Stopping container a"


async def test_sets_remember_their_templates(kube: Kube) -> None:
    sets = "/apis/apps/v1/namespaces/anti-fraud/daemonsets"
    history = "/apis/apps/v1/namespaces/anti-fraud/controllerrevisions"
    await kube.ok("POST", sets, deployment())

    async def numbers() -> dict[str, int]:
        items = (await kube.ok("GET", history))["items"]
        return {each["data"]["spec"]["template"]["spec"]["containers"][0]["image"]: each["revision"] for each in items}

    async def set_image(name: str) -> None:
        patch = {"spec": {"template": {"spec": {"containers": [{"name": "a", "image": name}]}}}}
        await kube.ok("PATCH", f"{sets}/d", patch, media=STRATEGIC)

    await set_image("a:2")
    assert await numbers() == {"a:1": 1, "a:2": 2}
    await set_image("a:1")
    assert await numbers() == {"a:1": 3, "a:2": 2}
    await kube.ok("DELETE", f"{sets}/d")
    assert await numbers() == {}
