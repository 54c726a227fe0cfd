"""Server-side apply: who owns which field, and what that means to others."""

from typing import Any

from tests.sandbox.kubernetes.world import Kube

SCORER = "/api/v1/namespaces/anti-fraud/serviceaccounts/scorer"
NEW = "/api/v1/namespaces/anti-fraud/serviceaccounts/new"
GSA = "iam.gke.io/gcp-service-account"
APPLY = "application/apply-patch+yaml"


async def apply(kube: Kube, url: str, manager: str, annotations: dict[str, str], force: bool = False) -> Any:
    """Apply these annotations: the whole answer."""
    name = url.rpartition("/")[2]
    item = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "annotations": annotations}}
    return await kube("PATCH", f"{url}?fieldManager={manager}&force={str(force).lower()}", item, media=APPLY)


def owners(item: Any) -> dict[tuple[str, str], set[str]]:
    """Which annotations each manager owns."""
    return {
        (each["manager"], each["operation"]): {
            key.removeprefix("f:") for key in each["fieldsV1"].get("f:metadata", {}).get("f:annotations", {})
        }
        for each in item["metadata"].get("managedFields", [])
    }


async def test_apply_creates_what_is_not_there(kube: Kube) -> None:
    reply = await apply(kube, NEW, "wizard", {"a": "1"})
    assert reply.status == 201
    assert owners(reply.body) == {("wizard", "Apply"): {"a"}}
    again = await apply(kube, NEW, "wizard", {"a": "1"})
    assert (again.status, again.body) == (200, reply.body)


async def test_what_is_no_longer_applied_is_removed(kube: Kube) -> None:
    await apply(kube, SCORER, "wizard", {"a": "1", "b": "2"})
    await kube.ok("PATCH", SCORER, {"metadata": {"labels": {"own": "x"}}}, media="application/merge-patch+json")
    reply = await apply(kube, SCORER, "wizard", {"b": "2"})
    assert reply.body["metadata"]["annotations"] == {"b": "2"}
    assert reply.body["metadata"]["labels"] == {"own": "x"}


async def test_another_managers_value_is_a_conflict_until_forced(kube: Kube) -> None:
    patch = {"metadata": {"annotations": {GSA: "one", "other": "x"}}}
    url = f"{SCORER}?fieldManager=kubectl-annotate"
    await kube.ok("PATCH", url, patch, media="application/merge-patch+json")

    refused = await apply(kube, SCORER, "wizard", {GSA: "two"})

    assert (refused.status, refused.body["reason"]) == (409, "Conflict")
    field = f".metadata.annotations.{GSA}"
    said = f'Apply failed with 1 conflict: conflict with "kubectl-annotate" using v1: {field}'
    assert refused.body["message"] == said
    assert refused.body["details"]["causes"] == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "kubectl-annotate" using v1', "field": field}
    ]
    forced = await apply(kube, SCORER, "wizard", {GSA: "two"}, force=True)
    assert forced.body["metadata"]["annotations"] == {GSA: "two", "other": "x"}
    assert owners(forced.body) == {("kubectl-annotate", "Update"): {"other"}, ("wizard", "Apply"): {GSA}}


async def test_the_same_value_is_shared_and_stays_for_the_other_manager(kube: Kube) -> None:
    await apply(kube, SCORER, "one", {"a": "1"})
    shared = await apply(kube, SCORER, "two", {"a": "1"})
    assert owners(shared.body) == {("one", "Apply"): {"a"}, ("two", "Apply"): {"a"}}
    left = await apply(kube, SCORER, "two", {})
    assert left.body["metadata"]["annotations"] == {"a": "1"}


async def test_an_update_takes_over_what_it_changes(kube: Kube) -> None:
    await apply(kube, SCORER, "wizard", {"a": "1", "b": "1"})
    patch = {"metadata": {"annotations": {"a": "2"}}}
    url = f"{SCORER}?fieldManager=kubectl-annotate"
    after = await kube.ok("PATCH", url, patch, media="application/merge-patch+json")
    assert owners(after) == {("wizard", "Apply"): {"b"}, ("kubectl-annotate", "Update"): {"a"}}


async def test_items_of_a_list_have_owners_of_their_own(kube: Kube) -> None:
    url = "/apis/apps/v1/namespaces/anti-fraud/deployments/scorer"
    item = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "scorer"},
        "spec": {
            "template": {"spec": {"serviceAccountName": "scorer", "containers": [{"name": "side", "image": "s"}]}}
        },
    }
    applied = await kube.ok("PATCH", f"{url}?fieldManager=wizard&force=true", item, media=APPLY)
    spec = applied["spec"]["template"]["spec"]
    assert [each["name"] for each in spec["containers"]] == ["scorer", "side"]
    del item["spec"]["template"]["spec"]["containers"]  # type: ignore[attr-defined]
    applied = await kube.ok("PATCH", f"{url}?fieldManager=wizard", item, media=APPLY)
    spec = applied["spec"]["template"]["spec"]
    assert [each["name"] for each in spec["containers"]] == ["scorer"]
    assert spec["serviceAccountName"] == "scorer"


async def test_apply_needs_a_manager(kube: Kube) -> None:
    assert (await kube.refused("PATCH", SCORER, {"metadata": {}}, media=APPLY))[:2] == (400, "BadRequest")


async def test_the_ports_of_a_service_are_merged_by_number(kube: Kube) -> None:
    services = "/api/v1/namespaces/anti-fraud/services"
    ports = [{"name": name, "port": port} for name, port in (("web", 80), ("admin", 8080))]
    made = await kube.ok("POST", services, {"metadata": {"name": "s"}, "spec": {"ports": ports}})
    assert made["spec"]["clusterIP"].startswith("34.118.")
    patch = {"spec": {"ports": [{"port": 80, "targetPort": "http"}]}}
    patched = await kube.ok("PATCH", f"{services}/s", patch, media="application/strategic-merge-patch+json")
    assert [(each["name"], each["targetPort"]) for each in patched["spec"]["ports"]] == [
        ("web", "http"),
        ("admin", 8080),
    ]
