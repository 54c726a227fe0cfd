"""Who may do what: IAM decides for Google's identities, a scenario may deny, and nobody is anonymous."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.kubernetes.world import SCENARIO, Kube, start

ACCOUNTS = "/api/v1/namespaces/anti-fraud/serviceaccounts"
REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
CREATE = {"namespace": "anti-fraud", "verb": "create", "resource": "serviceaccounts"}


async def may(kube: Kube, token: str | None = None, **attributes: str) -> Any:
    """The status of an access review."""
    return (await kube.ok("POST", REVIEW, {"spec": {"resourceAttributes": attributes}}, token=token))["status"]


@pytest.mark.parametrize("token", ["", "ya29.unknown", "a.b.c", "not a token"])
async def test_nobody_is_anonymous(kube: Kube, token: str) -> None:
    for path in (ACCOUNTS, "/api", "/version", "/openapi/v3"):
        assert await kube.refused("GET", path, token=token) == (401, "Unauthorized", "Unauthorized")


async def test_a_cluster_viewer_sees_nothing_inside(kube: Kube) -> None:
    reader = kube.token("user:reader@acme.example")
    assert await kube.refused("GET", f"{ACCOUNTS}/scorer", token=reader) == (
        403,
        "Forbidden",
        'serviceaccounts "scorer" is forbidden: User "reader@acme.example" cannot get resource "serviceaccounts" in '
        'API group "" in the namespace "anti-fraud": requires one of ["container.serviceAccounts.get"] permission(s).',
    )
    assert (await kube.refused("GET", "/api/v1/nodes", token=reader))[2].startswith(
        'nodes is forbidden: User "reader@acme.example" cannot list resource "nodes" in API group "" at the cluster '
    )
    needed = 'requires one of ["container.serviceAccounts.create"] permission(s).'
    assert await may(kube, reader, **CREATE) == {"allowed": False, "reason": needed}
    assert (await kube.ok("GET", "/api/v1", token=reader))["kind"] == "APIResourceList"


async def test_a_developer_may_do_everything_inside_but_grant(kube: Kube) -> None:
    developer = kube.token("user:developer@acme.example")
    await kube.ok("POST", ACCOUNTS, {"metadata": {"name": "model"}}, token=developer)
    await kube.ok("POST", f"{ACCOUNTS}/model/token", {}, token=developer)
    assert (await may(kube, developer, verb="*", resource="*"))["allowed"] is False  # not to grant others
    assert await may(kube, verb="*", resource="*") == {"allowed": True}
    assert await may(kube, developer, verb="get", group="example.com", resource="widgets") == {"allowed": True}


async def test_each_verb_can_be_denied_by_itself(tmp_path: Path) -> None:
    rules = "kubernetes:\n        denied:\n        - {verbs: [create], resources: [serviceaccounts/token]}\n"
    rules += "        - {verbs: [patch], namespaces: [anti-fraud]}\n"
    async with AsyncExitStack() as stack:
        kube = await start(stack, tmp_path, SCENARIO.replace("kubernetes:\n", rules, 1))
        assert (await kube.refused("POST", f"{ACCOUNTS}/scorer/token", {}))[:2] == (403, "Forbidden")
        patch = ("PATCH", f"{ACCOUNTS}/scorer", {})
        assert (await kube.refused(*patch, media="application/merge-patch+json"))[:2] == (403, "Forbidden")
        await kube.ok("POST", ACCOUNTS, {"metadata": {"name": "model"}})
        assert (await may(kube, namespace="anti-fraud", verb="patch", resource="pods"))["allowed"] is False
        assert await may(kube, namespace="default", verb="patch", resource="pods") == {"allowed": True}
        token = {"verb": "create", "resource": "serviceaccounts", "subresource": "token"}
        assert (await may(kube, namespace="anti-fraud", **token))["allowed"] is False


async def test_whoever_asks_is_told_who_they_are(kube: Kube) -> None:
    assert (await kube.ok("POST", SELF, {}))["status"] == {
        "userInfo": {"username": "operator@acme.example", "groups": ["system:authenticated"]}
    }
    token = (await kube.ok("POST", f"{ACCOUNTS}/scorer/token", {}))["status"]["token"]
    info = (await kube.ok("POST", SELF, {}, token=token))["status"]["userInfo"]
    assert info["username"] == "system:serviceaccount:anti-fraud:scorer"
    assert "system:serviceaccounts:anti-fraud" in info["groups"]
    assert (await kube.refused("GET", ACCOUNTS, token=token))[:2] == (403, "Forbidden")


async def test_a_review_asks_about_one_thing(kube: Kube) -> None:
    assert (await kube.refused("POST", REVIEW, {"spec": {}}))[:2] == (422, "Invalid")
    assert (await kube.refused("POST", REVIEW, {"spec": {"resourceAttributes": {"verb": 1}}}))[0] == 400
    other = {"spec": {"nonResourceAttributes": {"path": "/version", "verb": "get"}}}
    assert (await kube.ok("POST", REVIEW, other))["status"] == {"allowed": True}
