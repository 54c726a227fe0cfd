"""The types that the API server publishes, and the table that they and all checks come from."""

from importlib import import_module
from typing import Any

import pytest

from tests.sandbox.kubernetes.world import Kube
from wizard.sandbox.kubernetes import schema
from wizard.sandbox.kubernetes.kinds import KINDS

MODULES = (
    *("core_v1", "apps_v1", "batch_v1", "rbac_v1", "policy_v1", "networking_v1", "node_v1", "scheduling_v1"),
    *("admissionregistration_v1", "authentication_v1", "authorization_v1", "meta_v1"),
)


def models() -> dict[str, Any]:
    """lightkube's models, which come from Kubernetes' own OpenAPI documents."""
    found: dict[str, Any] = {}
    for module in MODULES:
        found = {**vars(import_module(f"lightkube.models.{module}")), **found}
    return found


@pytest.mark.parametrize("kind", [each.kind for each in KINDS])
def test_the_fields_of_every_kind_are_those_that_clients_know(kind: str) -> None:
    known, waiting, seen = models(), [kind], set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in known:
            continue
        seen.add(name)
        theirs = {each.rstrip("_") for each in known[name].__annotations__} - {"apiVersion", "kind"}
        ours = set(schema.fields(name)) - {"apiVersion", "kind"}
        assert ours <= theirs, name
        waiting += [each.type for each in schema.fields(name).values() if each.is_message]
    assert kind in seen


async def test_a_group_publishes_its_types(kube: Kube) -> None:
    document = await kube.ok("GET", "/openapi/v3/apis/apps/v1")
    schemas = document["components"]["schemas"]
    kind = schemas["io.k8s.api.apps.v1.Deployment"]
    assert kind["x-kubernetes-group-version-kind"] == [{"group": "apps", "version": "v1", "kind": "Deployment"}]
    assert kind["properties"]["spec"]["allOf"] == [{"$ref": "#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec"}]
    container = schemas["io.k8s.api.core.v1.Container"]
    assert container["required"] == ["name"]
    assert "Container image name" in container["properties"]["image"]["description"]
    assert container["properties"]["env"]["x-kubernetes-patch-merge-key"] == "name"
    assert document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]["parameters"]


@pytest.mark.parametrize("path", ["/openapi/v2", "/openapi/v3/api/v1", "/openapi/v3/apis/batch/v1"])
async def test_every_reference_leads_somewhere(kube: Kube, path: str) -> None:
    document = await kube.ok("GET", path)
    found = document.get("definitions") or document["components"]["schemas"]

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if "$ref" in value else []
            return own + [each for inner in value.values() for each in references(inner)]
        return [each for inner in value for each in references(inner)] if isinstance(value, list) else []

    assert {each.rpartition("/")[2] for each in references(found)} <= set(found)


async def test_subresources_and_categories_are_discovered(kube: Kube) -> None:
    resources = {each["name"]: each for each in (await kube.ok("GET", "/apis/apps/v1"))["resources"]}
    assert resources["deployments"]["categories"] == ["all"]
    scale = resources["deployments/scale"]
    assert (scale["group"], scale["version"], scale["kind"]) == ("autoscaling", "v1", "Scale")
    assert scale["verbs"] == ["get", "patch", "update"]
    core = {each["name"]: each for each in (await kube.ok("GET", "/api/v1"))["resources"]}
    assert core["pods/eviction"]["kind"] == "Eviction"
