"""Objects are judged by the form of their kind: unknown and doubled fields, types, and what is missing."""

from typing import Any

import pytest

from tests.sandbox.kubernetes.world import Kube

DEPLOYMENTS = "/apis/apps/v1/namespaces/anti-fraud/deployments"
SECRETS = "/api/v1/namespaces/anti-fraud/secrets"
CANNOT = 'Deployment in version "v1" cannot be handled as a Deployment: '


def deployment(container: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """A deployment that is sound, but for what is given."""
    labels = {"app": "d"}
    inner = {"name": "a", "image": "a:1", **(container or {})}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [inner]}}
    return {"metadata": {"name": "d"}, "spec": {"selector": {"matchLabels": labels}, "template": template, **spec}}


async def test_a_misspelled_field_is_told_with_its_path(kube: Kube) -> None:
    item = deployment({"imagee": "b"}, foo=1)
    said = 'strict decoding error: unknown field "spec.foo", unknown field "spec.template.spec.containers[0].imagee"'
    strict = await kube.refused("POST", f"{DEPLOYMENTS}?fieldValidation=Strict", item)
    assert strict == (400, "BadRequest", CANNOT + said)
    warned = await kube("POST", f"{DEPLOYMENTS}?fieldValidation=Warn&dryRun=All", item)
    assert warned.status == 201
    assert warned.warnings == [
        'unknown field "spec.foo"',
        'unknown field "spec.template.spec.containers[0].imagee"',
    ]
    ignored = await kube("POST", f"{DEPLOYMENTS}?fieldValidation=Ignore", item)
    assert ignored.status == 201 and ignored.warnings == []
    assert ignored.body is not None and "foo" not in ignored.body["spec"]
    assert "imagee" not in ignored.body["spec"]["template"]["spec"]["containers"][0]


async def test_a_doubled_field_is_told(kube: Kube) -> None:
    text = b'{"metadata": {"name": "s"}, "stringData": {"a": "1", "a": "2"}}'
    refused = await kube.refused("POST", f"{SECRETS}?fieldValidation=Strict", text)
    assert refused[2].endswith('strict decoding error: duplicate field "stringData.a"')
    made = await kube("POST", SECRETS, text)
    assert made.warnings == ['duplicate field "stringData.a"']
    assert made.body is not None and made.body["data"] == {"a": "Mg=="}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (deployment(replicas="1"), "string into Go struct field DeploymentSpec.spec.replicas of type int32"),
        (deployment(replicas=True), "bool into Go struct field DeploymentSpec.spec.replicas of type int32"),
        (deployment({"env": [{"name": "A", "value": 1}]}), "number into Go struct field EnvVar.spec.template.spec."),
        (deployment({"command": "sh"}), "string into Go struct field Container.spec.template.spec.containers.command"),
        (deployment(selector=[]), "array into Go struct field DeploymentSpec.spec.selector of type v1.LabelSelector"),
        ({"metadata": {"name": "d", "labels": {"a": 1}}}, "number into Go struct field ObjectMeta.metadata.labels"),
    ],
)
async def test_a_value_of_another_type_is_refused(kube: Kube, item: Any, said: str) -> None:
    status, _, message = await kube.refused("POST", DEPLOYMENTS, item)
    assert status == 400
    assert message.startswith(f"{CANNOT}json: cannot unmarshal {said}")


async def test_a_secret_must_be_base64(kube: Kube) -> None:
    refused = await kube.refused("POST", SECRETS, {"metadata": {"name": "s"}, "data": {"a": "not base64!"}})
    assert refused[2].endswith("illegal base64 data at input byte 3")


@pytest.mark.parametrize(
    ("item", "missing"),
    [
        ({"metadata": {"name": "d"}}, ["spec.selector", "spec.template.spec.containers"]),
        (deployment({"image": ""}), ["spec.template.spec.containers[0].image"]),
        (deployment({"name": ""}), ["spec.template.spec.containers[0].name"]),
        (deployment({"env": [{"value": "b"}]}), ["spec.template.spec.containers[0].env[0].name"]),
        (deployment({"ports": [{}]}), ["spec.template.spec.containers[0].ports[0].containerPort"]),
        (deployment(selector={"matchExpressions": [{"key": "a"}]}), ["spec.selector.matchExpressions[0].operator"]),
    ],
)
async def test_what_is_missing_is_named(kube: Kube, item: Any, missing: list[str]) -> None:
    reply = await kube("POST", DEPLOYMENTS, item)
    assert reply.status == 422 and reply.body is not None
    assert [each["field"] for each in reply.body["details"]["causes"]] == missing
    assert f"{missing[0]}: Required value" in reply.body["message"]


async def test_what_may_be_a_number_or_a_name_is_both(kube: Kube) -> None:
    probes = [{"httpGet": {"path": "/", "port": port}} for port in ("http", 8080)]
    ports = {"ports": [{"name": "http", "containerPort": 8080}]}
    found = {**ports, "livenessProbe": probes[0], "readinessProbe": probes[1], "resources": {"limits": {"cpu": 1}}}
    reply = await kube("POST", f"{DEPLOYMENTS}?fieldValidation=Strict", deployment(found))
    assert reply.status == 201


async def test_a_patch_is_judged_too(kube: Kube) -> None:
    await kube.ok("POST", DEPLOYMENTS, deployment())
    patch = {"spec": {"replicas": "two"}}
    assert (await kube.refused("PATCH", f"{DEPLOYMENTS}/d", patch, media="application/merge-patch+json"))[0] == 400
