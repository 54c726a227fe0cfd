"""Requests as somebody else, and reviews about others."""

from typing import Any

from tests.sandbox.kubernetes.test_rbac import GROUP, PODS, SCORER, account_token, bind, define, rule, subject
from tests.sandbox.kubernetes.world import Kube
from wizard.sandbox.kubernetes.exchange import Asked, Reply

REVIEWS = "/apis/authorization.k8s.io/v1"
WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


async def send(kube: Kube, method: str, path: str, body: bytes = b"", token: str = "", **headers: str) -> Reply:
    """A request with impersonation headers, named by their last word."""
    sent = {f"impersonate-{key}": value for key, value in headers.items()}
    sent |= {"authorization": f"Bearer {token or kube.operator}", "content-type": "application/json"}
    return await kube.api.answer(Asked(method, path, {}, sent, body))


async def who_is(kube: Kube, **headers: str) -> Any:
    reply = await send(kube, "POST", WHO, b"{}", **headers)
    assert reply.body is not None
    return reply.body["status"]["userInfo"]


async def test_an_administrator_acts_as_anybody(kube: Kube) -> None:
    assert await who_is(kube, user="ada") == {"username": "ada", "groups": ["system:authenticated"]}
    two = await who_is(kube, user="ada", group="ops\nfraud", uid="7")
    assert two == {"username": "ada", "uid": "7", "groups": ["ops", "fraud", "system:authenticated"]}
    account = await who_is(kube, user=SCORER)
    assert account["groups"] == [
        *("system:serviceaccounts", "system:serviceaccounts:anti-fraud", "system:authenticated"),
    ]


async def test_roles_decide_for_the_impersonated_and_iam_does_not(kube: Kube) -> None:
    reply = await send(kube, "GET", PODS, user="operator@acme.example")
    assert reply.status == 403
    assert reply.body is not None
    assert reply.body["message"].endswith('in the namespace "anti-fraud"')
    await bind(kube, "view", subject("Group", "ops"), kind="ClusterRole")
    assert (await send(kube, "GET", PODS, user="ada", group="ops")).status == 200
    assert (await send(kube, "GET", PODS, user="ada")).status == 403
    assert (await send(kube, "GET", PODS, user="root", group="system:masters")).status == 200


async def test_impersonation_needs_its_permission(kube: Kube) -> None:
    developer = kube.token("user:developer@acme.example")
    reply = await send(kube, "GET", PODS, token=developer, user="ada")
    assert reply.body is not None
    assert (reply.status, reply.body["message"]) == (
        403,
        'users "ada" is forbidden: User "developer@acme.example" cannot impersonate resource "users" in API group "" '
        "at the cluster scope",
    )
    token = await account_token(kube)
    as_modeler = "system:serviceaccount:anti-fraud:modeler"
    assert (await send(kube, "GET", PODS, token=token, user=as_modeler)).status == 403
    await bind(kube, "edit", subject("ServiceAccount", "scorer"), kind="ClusterRole")  # may act as service accounts
    reply = await send(kube, "GET", PODS, token=token, user=as_modeler)
    assert reply.body is not None and f'User "{as_modeler}" cannot list' in reply.body["message"]
    assert (await send(kube, "GET", PODS, group="ops")).status == 400


async def test_reviews_about_others_are_true_to_the_roles(kube: Kube) -> None:
    await define(kube, "reader", rule("get", resources=["pods"]))
    await bind(kube, "reader", subject("User", "ada"))
    attributes = {"verb": "get", "resource": "pods", "namespace": "anti-fraud"}

    async def asked(review: str, **spec: Any) -> Any:
        reply = await kube("POST", f"{REVIEWS}/{review}", {"spec": spec})
        assert reply.body is not None
        return reply.body["status"]["allowed"] if reply.status == 201 else reply.body["message"]

    assert await asked("subjectaccessreviews", user="ada", resourceAttributes=attributes) is True
    assert await asked("subjectaccessreviews", user="bob", resourceAttributes=attributes) is False
    path = {"path": "/metrics", "verb": "get"}
    assert await asked("subjectaccessreviews", user="ada", nonResourceAttributes=path) is False
    assert "at least one of user or group" in await asked("subjectaccessreviews", resourceAttributes=attributes)
    local = "namespaces/anti-fraud/localsubjectaccessreviews"
    assert await asked(local, user="ada", resourceAttributes=attributes) is True
    other = {**attributes, "namespace": "default"}
    assert "must match metadata.namespace" in await asked(local, user="ada", resourceAttributes=other)


async def test_a_service_account_lists_its_own_rules(kube: Kube) -> None:
    token = await account_token(kube)
    await define(kube, "reader", rule("get", resources=["secrets"], resourceNames=["one"]))
    await bind(kube, "reader", subject("ServiceAccount", "scorer"))
    body = {"spec": {"namespace": "anti-fraud"}}
    status = (await kube.ok("POST", f"{REVIEWS}/selfsubjectrulesreviews", body, token=token))["status"]
    assert rule("get", resources=["secrets"], resourceNames=["one"]) in status["resourceRules"]
    assert {"verbs": ["get"], "nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"]} in status[
        "nonResourceRules"
    ]
    assert not any(GROUP in each["apiGroups"] for each in status["resourceRules"])
