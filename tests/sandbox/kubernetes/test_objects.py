"""Namespaces, service accounts and deployments: created, read, changed and deleted, and refused as Kubernetes does."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.kubernetes.world import PATIENCE, Kube

NAMESPACES = "/api/v1/namespaces"
ACCOUNTS = f"{NAMESPACES}/anti-fraud/serviceaccounts"
SCORER = f"{ACCOUNTS}/scorer"
DEPLOYMENT = "/apis/apps/v1/namespaces/anti-fraud/deployments/scorer"
PODS = f"{NAMESPACES}/anti-fraud/pods"
MERGE = "application/merge-patch+json"


def named(name: Any, **metadata: Any) -> dict[str, Any]:
    """An object that is nothing but a name."""
    return {"metadata": {"name": name, **metadata}}


async def test_a_new_namespace_has_its_default_service_account(kube: Kube) -> None:
    made = await kube.ok("POST", NAMESPACES, named("checkout"))
    assert made["metadata"]["labels"] == {"kubernetes.io/metadata.name": "checkout"}
    listed = await kube.ok("GET", f"{NAMESPACES}/checkout/serviceaccounts")
    assert [each["metadata"]["name"] for each in listed["items"]] == ["default"]


async def test_a_service_account_is_created_read_and_deleted(kube: Kube) -> None:
    made = await kube.ok("POST", ACCOUNTS, named("model", annotations={"team": "fraud"}))
    assert await kube.ok("GET", f"{ACCOUNTS}/model") == made
    assert (made["apiVersion"], made["kind"], made["metadata"]["namespace"]) == ("v1", "ServiceAccount", "anti-fraud")
    assert await kube.refused("POST", ACCOUNTS, named("model")) == (
        409,
        "AlreadyExists",
        'serviceaccounts "model" already exists',
    )
    await kube.ok("DELETE", f"{ACCOUNTS}/model")
    assert await kube.refused("GET", f"{ACCOUNTS}/model") == (404, "NotFound", 'serviceaccounts "model" not found')


async def test_a_dry_run_stores_nothing(kube: Kube) -> None:
    await kube.ok("POST", f"{ACCOUNTS}?dryRun=All", named("model"))
    await kube.ok("DELETE", f"{SCORER}?dryRun=All")
    patch = {"metadata": {"annotations": {"a": "b"}}}
    await kube.ok("PATCH", f"{SCORER}?dryRun=All", patch, media=MERGE)
    assert (await kube("GET", f"{ACCOUNTS}/model")).status == 404
    assert "annotations" not in (await kube.ok("GET", SCORER))["metadata"]


@pytest.mark.parametrize("name", ["Scorer", "-scorer", "scorer_1", "a" * 254, "", "y/z"])
async def test_a_name_that_is_no_dns_name_is_refused(kube: Kube, name: str) -> None:
    status, reason, message = await kube.refused("POST", ACCOUNTS, named(name))
    assert (status, reason) == (422, "Invalid")
    assert message.startswith(f'ServiceAccount "{name}" is invalid: ')


async def test_names_that_yaml_reads_as_something_else_are_names(kube: Kube) -> None:
    for name in ("y", "no", "1"):
        await kube.ok("POST", ACCOUNTS, named(name))
    status, _, message = await kube.refused("POST", ACCOUNTS, named(True))
    assert (status, message) == (
        400,
        'ServiceAccount in version "v1" cannot be handled as a ServiceAccount: '
        "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string",
    )


async def test_a_namespace_has_a_label_for_its_name(kube: Kube) -> None:
    assert (await kube.refused("POST", NAMESPACES, named("anti.fraud")))[:2] == (422, "Invalid")


async def test_nothing_is_created_in_a_namespace_that_is_not_there_or_is_ending(kube: Kube) -> None:
    missing = await kube.refused("POST", f"{NAMESPACES}/nowhere/serviceaccounts", named("scorer"))
    assert missing == (404, "NotFound", 'namespaces "nowhere" not found')
    ending = await kube.refused("POST", f"{NAMESPACES}/ending/serviceaccounts", named("scorer"))
    why = "unable to create new content in namespace ending because it is being terminated"
    assert ending == (403, "Forbidden", f'serviceaccounts "scorer" is forbidden: {why}')


async def test_an_unknown_field_is_refused_when_asked_to_be_strict(kube: Kube) -> None:
    item = {**named("model", annotation={}), "extra": 1}
    status, _, message = await kube.refused("POST", f"{ACCOUNTS}?fieldValidation=Strict", item)
    said = 'strict decoding error: unknown field "extra", unknown field "metadata.annotation"'
    assert (status, message.endswith(said)) == (400, True)
    reply = await kube("POST", ACCOUNTS, item)
    assert (reply.status, len(reply.warnings)) == (201, 2)
    assert "extra" not in (await kube.ok("GET", f"{ACCOUNTS}/model"))


async def test_a_stale_update_is_a_conflict(kube: Kube) -> None:
    old = await kube.ok("GET", SCORER)
    await kube.ok("PATCH", SCORER, {"metadata": {"labels": {"a": "b"}}}, media=MERGE)
    assert await kube.refused("PUT", SCORER, old) == (
        409,
        "Conflict",
        'Operation cannot be fulfilled on serviceaccounts "scorer": the object has been modified; please apply your '
        "changes to the latest version and try again",
    )


async def test_a_change_that_changes_nothing_makes_no_new_version(kube: Kube) -> None:
    before = await kube.ok("GET", SCORER)
    assert await kube.ok("PATCH", SCORER, {}, media=MERGE) == before
    assert await kube.ok("PUT", SCORER, before) == before


@pytest.mark.parametrize(
    ("media", "patch"),
    [
        (MERGE, {"metadata": {"annotations": {"a": "1", "b": None}}}),
        ("application/strategic-merge-patch+json", {"metadata": {"annotations": {"a": "1", "b": None}}}),
        (
            "application/json-patch+json",
            [
                {"op": "test", "path": "/metadata/annotations/b", "value": "2"},
                {"op": "add", "path": "/metadata/annotations/a", "value": "1"},
                {"op": "remove", "path": "/metadata/annotations/b"},
            ],
        ),
    ],
)
async def test_annotations_are_patched_in_three_ways(kube: Kube, media: str, patch: Any) -> None:
    begin = {"metadata": {"annotations": {"b": "2", "c": "3"}}}
    await kube.ok("PATCH", SCORER, begin, media=MERGE)
    patched = await kube.ok("PATCH", SCORER, patch, media=media)
    assert patched["metadata"]["annotations"] == {"a": "1", "c": "3"}


async def test_what_an_object_is_cannot_be_changed(kube: Kube) -> None:
    before = await kube.ok("GET", SCORER)
    patch = {"metadata": {"uid": "other", "creationTimestamp": None, "name": "other"}}
    after = await kube.ok("PATCH", SCORER, patch, media=MERGE)
    assert after["metadata"] == before["metadata"]


async def test_a_delete_can_name_what_it_means(kube: Kube) -> None:
    before = await kube.ok("GET", SCORER)
    assert (await kube.refused("DELETE", SCORER, {"preconditions": {"uid": "another"}}))[:2] == (409, "Conflict")
    await kube.ok("DELETE", SCORER, {"preconditions": {"uid": before["metadata"]["uid"]}})


async def test_a_deleted_namespace_takes_with_it_what_is_inside(kube: Kube) -> None:
    ending = await kube.ok("DELETE", f"{NAMESPACES}/anti-fraud")
    assert ending["status"]["phase"] == "Terminating"
    async with asyncio.timeout(PATIENCE):
        while (await kube("GET", f"{NAMESPACES}/anti-fraud")).status == 200:
            await asyncio.sleep(0.01)
    assert (await kube.ok("GET", "/api/v1/pods"))["items"] == []
    assert (await kube.ok("GET", "/apis/apps/v1/replicasets"))["items"] == []


async def test_a_list_is_selected_by_labels_and_fields(kube: Kube) -> None:
    async def names(selector: str) -> list[str]:
        items = (await kube.ok("GET", f"{ACCOUNTS}?{selector}"))["items"]
        return [each["metadata"]["name"] for each in items]

    await kube.ok("PATCH", SCORER, {"metadata": {"labels": {"team": "fraud", "tier": "a"}}}, media=MERGE)
    assert await names("labelSelector=team%3Dfraud") == ["scorer"]
    assert await names("labelSelector=team,tier+in+(a,b)") == ["scorer"]
    assert await names("labelSelector=!team") == ["default", "modeler"]
    assert await names("labelSelector=tier!%3Da") == ["default", "modeler"]
    assert await names("labelSelector=tier+notin+(a)") == ["default", "modeler"]
    assert await names("fieldSelector=metadata.name%3Dmodeler") == ["modeler"]
    assert (await kube.refused("GET", f"{ACCOUNTS}?fieldSelector=secrets%3D1"))[0] == 400


async def test_a_deployment_has_its_pods_and_gets_new_ones_with_another_template(kube: Kube) -> None:
    async def accounts() -> list[str]:
        pods = (await kube.ok("GET", f"{PODS}?labelSelector=app%3Dscorer"))["items"]
        assert {each["metadata"]["ownerReferences"][0]["kind"] for each in pods} == {"ReplicaSet"}
        return [each["spec"]["serviceAccountName"] for each in pods]

    assert await accounts() == ["default", "default"]
    patch = {"spec": {"template": {"spec": {"serviceAccountName": "scorer"}}}}
    await kube.ok("PATCH", DEPLOYMENT, patch, media="application/strategic-merge-patch+json")
    assert await accounts() == ["scorer", "scorer"]
    deployment = await kube.ok("GET", DEPLOYMENT)
    assert deployment["status"]["readyReplicas"] == 2
    assert deployment["metadata"]["generation"] == 2
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert container["name"] == "scorer"
    await kube.ok("DELETE", DEPLOYMENT)
    assert (await kube.ok("GET", PODS))["items"] == []


async def test_pods_move_when_their_nodes_are_recreated(kube: Kube) -> None:
    async def placed() -> set[str]:
        return {each["spec"]["nodeName"] for each in (await kube.ok("GET", PODS))["items"]}

    before = await placed()
    kube.cluster.node_pools["default-pool"].mode = "GCE_METADATA"
    after = await placed()
    there = {each["metadata"]["name"] for each in (await kube.ok("GET", "/api/v1/nodes"))["items"]}
    assert not before & after
    assert after <= there


async def test_the_nodes_tell_which_of_them_run_the_metadata_server(kube: Kube) -> None:
    selector = "labelSelector=iam.gke.io/gke-metadata-server-enabled%3Dtrue"
    items = (await kube.ok("GET", f"/api/v1/nodes?{selector}"))["items"]
    assert {each["metadata"]["labels"]["cloud.google.com/gke-nodepool"] for each in items} == {"default-pool"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/endpoints", 404),
        ("GET", "/apis/apps/v2/deployments", 404),
        ("GET", "/api/v1/namespaces/anti-fraud/deployments", 404),
        ("GET", "/api/v1/serviceaccounts/scorer", 404),
        ("GET", "/api/v1/namespaces/anti-fraud/pods/p/exec", 501),
        ("POST", "/api/v1/serviceaccounts", 405),
        ("PUT", ACCOUNTS, 405),
        ("POST", "/api/v1/nodes", 501),
        ("GET", f"{SCORER}/token", 405),
        ("GET", "/nothing", 404),
        ("GET", "/", 404),
    ],
)
async def test_other_paths_and_methods_are_refused(kube: Kube, method: str, path: str, status: int) -> None:
    assert (await kube.refused(method, path))[0] == status


async def test_an_unknown_media_type_is_refused(kube: Kube) -> None:
    assert (await kube.refused("POST", ACCOUNTS, b"<a/>", media="application/xml"))[:2] == (415, "UnsupportedMediaType")
    assert (await kube.refused("PATCH", SCORER, b"{}", media="application/json"))[0] == 415
    assert (await kube.refused("POST", ACCOUNTS, b"{", media="application/json"))[:2] == (400, "BadRequest")


async def test_a_table_is_what_kubectl_prints(kube: Kube) -> None:
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    table = await kube.ok("GET", PODS, accept=accept)
    assert table["kind"] == "Table"
    assert [each["name"] for each in table["columnDefinitions"]] == [
        *("Name", "Ready", "Status", "Restarts", "Age", "Node")
    ]
    assert [row["cells"][1:5] for row in table["rows"]] == [["1/1", "Running", "0", "90d"]] * 2
    assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
