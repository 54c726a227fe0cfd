"""Whatever is sent, the API server answers: with an object, or with a refusal that names the problem."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.kubernetes.world import Kube, start

NAMES = st.sampled_from(
    [
        *("metadata", "name", "namespace", "annotations", "labels", "spec", "containers", "template", "rules", "verbs"),
        *("resources", "apiGroups", "roleRef", "subjects", "kind", "ports", "port", "selector", "replicas", "status"),
        *("minAvailable", "maxUnavailable", "resourceAttributes", "user", "groups", "finalizers"),
    ]
)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)
PLACES = [
    "/api/v1/namespaces",
    "/api/v1/namespaces/anti-fraud/serviceaccounts",
    "/api/v1/namespaces/anti-fraud/pods",
    "/apis/apps/v1/namespaces/anti-fraud/deployments",
    "/apis/networking.k8s.io/v1/namespaces/anti-fraud/networkpolicies",
    "/api/v1/namespaces/anti-fraud/serviceaccounts/scorer/token",
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "/apis/rbac.authorization.k8s.io/v1/namespaces/anti-fraud/rolebindings",
    "/apis/policy/v1/namespaces/anti-fraud/poddisruptionbudgets",
    "/api/v1/namespaces/anti-fraud/services",
]
PATCHES = ["json-patch", "merge-patch", "strategic-merge-patch", "apply-patch"]
THINGS = [
    "/api/v1/namespaces/anti-fraud/serviceaccounts/scorer",
    "/apis/apps/v1/namespaces/anti-fraud/deployments/scorer",
    "/apis/apps/v1/namespaces/anti-fraud/deployments/scorer/scale",
    "/apis/apps/v1/namespaces/anti-fraud/deployments/scorer/status",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/cluster-admin",
]


def send(*requests: tuple[str, str, bytes, str]) -> list[int]:
    """The statuses of some requests to a new cluster."""

    async def run(private: str) -> list[int]:
        async with AsyncExitStack() as stack:
            kube: Kube = await start(stack, Path(private))
            answers = [await kube(method, url, body, media=media) for method, url, body, media in requests]
            lists = [await kube("GET", path) for path in ("/api/v1/pods", "/apis/apps/v1/deployments")]
            assert [each.status for each in lists] == [200, 200]
            return [each.status for each in answers]

    with TemporaryDirectory() as private:
        return asyncio.run(run(private))


@settings(max_examples=60)
@given(st.sampled_from(PLACES), OBJECTS, st.booleans())
def test_any_object_is_created_or_refused(place: str, item: dict[str, Any], named: bool) -> None:
    if named:
        metadata = item.get("metadata")
        item = {**item, "metadata": {**(metadata if isinstance(metadata, dict) else {}), "name": "model"}}
    [status] = send(("POST", place, json.dumps(item).encode(), "application/json"))
    assert status in (201, 400, 403, 404, 409, 422)


@settings(max_examples=60)
@given(st.sampled_from(THINGS), st.sampled_from(PATCHES), OBJECTS | st.lists(OBJECTS, max_size=2))
def test_any_patch_is_applied_or_refused(thing: str, kind: str, patch: Any) -> None:
    media = f"application/{kind}+{'yaml' if kind == 'apply-patch' else 'json'}"
    url = f"{thing}?fieldManager=test&force=true"
    [status] = send(("PATCH", url, json.dumps(patch).encode(), media))
    assert status in (200, 400, 409, 422)


@given(st.binary(max_size=60), st.sampled_from(["application/json", "application/yaml", "text/plain", ""]))
@settings(max_examples=40)
def test_any_bytes_are_answered(body: bytes, media: str) -> None:
    [status] = send(("POST", PLACES[1], body, media))
    assert status in (201, 400, 415, 422)


def test_bodies_that_grow_or_are_too_deep_are_refused() -> None:
    """Aliases of YAML that stand for billions of values, one that contains itself, and deep JSON."""
    levels = [f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]" for n in range(10)]
    grows = "\n".join(["a: &a [x, x]", *levels]).encode()
    merges = b"a: &a {x: 1}\n" + b"\n".join(
        f"{chr(98 + n)}: &{chr(98 + n)} {{<<: [{', '.join([f'*{chr(97 + n)}'] * 9)}]}}".encode() for n in range(10)
    )
    deep = b'{"metadata": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    bodies = [(grows, "yaml"), (merges, "yaml"), (b"&a [*a]", "yaml"), (deep, "json"), (deep, "yaml"), (b"NaN", "json")]
    assert send(*[("POST", PLACES[1], body, f"application/{kind}") for body, kind in bodies]) == [400] * len(bodies)


def test_a_merge_key_that_is_an_object_is_refused() -> None:
    patch = {"spec": {"template": {"spec": {"containers": [{"name": {"x": 1}}]}}}}
    media = "application/strategic-merge-patch+json"
    assert send(("PATCH", THINGS[1], json.dumps(patch).encode(), media)) == [400]
