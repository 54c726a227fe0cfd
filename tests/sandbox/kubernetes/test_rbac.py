"""The cluster's own roles: what they allow, to whom, and that nobody grants what they do not have."""

from typing import Any

import pytest

from tests.sandbox.kubernetes.world import Kube

GROUP = "rbac.authorization.k8s.io"
ROLES = f"/apis/{GROUP}/v1"
SECRETS = "/api/v1/namespaces/anti-fraud/secrets"
PODS = "/api/v1/namespaces/anti-fraud/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/anti-fraud/deployments"
SCORER = "system:serviceaccount:anti-fraud:scorer"
MERGE = "application/merge-patch+json"
READER = "user:reader@acme.example"


def rule(*verbs: str, group: str = "", resources: list[str], **more: list[str]) -> dict[str, Any]:
    return {"verbs": list(verbs), "apiGroups": [group], "resources": resources, **more}


def subject(kind: str, name: str) -> dict[str, str]:
    return {"kind": kind, "name": name} | ({"namespace": "anti-fraud"} if kind == "ServiceAccount" else {})


async def define(kube: Kube, name: str, *rules: dict[str, Any], token: str | None = None) -> None:
    """Create a Role in anti-fraud."""
    url = f"{ROLES}/namespaces/anti-fraud/roles"
    await kube.ok("POST", url, {"metadata": {"name": name}, "rules": list(rules)}, token=token)


async def bind(kube: Kube, role: str, who: dict[str, str], *, everywhere: bool = False, kind: str = "Role") -> Any:
    """Bind a role in anti-fraud, or in the whole cluster."""
    reference = {"apiGroup": GROUP, "kind": "ClusterRole" if everywhere else kind, "name": role}
    item = {"metadata": {"name": f"{role}-{who['name']}".replace("@", ".")}, "roleRef": reference, "subjects": [who]}
    where = "clusterrolebindings" if everywhere else "namespaces/anti-fraud/rolebindings"
    return await kube.ok("POST", f"{ROLES}/{where}", item)


async def account_token(kube: Kube) -> str:
    made = await kube.ok("POST", "/api/v1/namespaces/anti-fraud/serviceaccounts/scorer/token", {})
    return str(made["status"]["token"])


async def test_a_service_account_has_what_its_role_says_and_no_more(kube: Kube) -> None:
    token = await account_token(kube)
    assert await kube.refused("GET", PODS, token=token) == (
        403,
        "Forbidden",
        f'pods is forbidden: User "{SCORER}" cannot list resource "pods" in API group "" in the namespace "anti-fraud"',
    )
    await define(kube, "pod-reader", rule("get", "list", resources=["pods"]))
    await bind(kube, "pod-reader", subject("ServiceAccount", "scorer"))
    assert len((await kube.ok("GET", PODS, token=token))["items"]) == 2
    assert (await kube.refused("GET", "/api/v1/pods", token=token))[2].endswith("at the cluster scope")
    assert (await kube.refused("GET", SECRETS, token=token))[0] == 403
    assert (await kube.refused("POST", PODS, {}, token=token))[0] == 403


async def test_a_token_that_is_bound_to_a_pod_is_a_login_while_the_pod_is_there(kube: Kube) -> None:
    await bind(kube, "view", subject("ServiceAccount", "scorer"), kind="ClusterRole")
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "a", "image": "a:1"}]}}
    await kube.ok("POST", PODS, pod)
    request = {"spec": {"boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "p"}}}
    made = await kube.ok("POST", "/api/v1/namespaces/anti-fraud/serviceaccounts/scorer/token", request)
    token = made["status"]["token"]
    await kube.ok("GET", PODS, token=token)
    await kube.ok("DELETE", f"{PODS}/p")
    assert (await kube.refused("GET", PODS, token=token))[0] == 401


async def test_names_and_subresources_are_told_apart(kube: Kube) -> None:
    token = await account_token(kube)
    for name in ("one", "other"):
        await kube.ok("POST", SECRETS, {"metadata": {"name": name}})
    named = rule("get", "list", resources=["secrets"], resourceNames=["one"])
    await define(kube, "some", named, rule("get", resources=["pods/log"]))
    await bind(kube, "some", subject("ServiceAccount", "scorer"))
    await kube.ok("GET", f"{SECRETS}/one", token=token)
    assert (await kube.refused("GET", f"{SECRETS}/other", token=token))[0] == 403
    await kube.ok("GET", f"{SECRETS}?fieldSelector=metadata.name%3Done", token=token)
    assert (await kube.refused("GET", SECRETS, token=token))[0] == 403
    pod = (await kube.ok("GET", PODS))["items"][0]["metadata"]["name"]
    assert (await kube("GET", f"{PODS}/{pod}/log", token=token)).status == 200
    assert (await kube.refused("GET", f"{PODS}/{pod}", token=token))[0] == 403


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("view", "GET", "POST"),
        ("edit", "POST", "ROLES"),
        ("admin", "ROLES", "NODES"),
        ("cluster-admin", "NODES", ""),
    ],
)
async def test_every_cluster_has_the_default_roles(kube: Kube, role: str, may: str, may_not: str) -> None:
    token = await account_token(kube)
    await bind(kube, role, subject("ServiceAccount", "scorer"), kind="ClusterRole", everywhere=role == "cluster-admin")
    requests: dict[str, tuple[str, str, Any]] = {
        "GET": ("GET", DEPLOYMENTS, None),
        "POST": ("POST", "/api/v1/namespaces/anti-fraud/configmaps", {"metadata": {"name": "c"}}),
        "ROLES": ("POST", f"{ROLES}/namespaces/anti-fraud/roles", {"metadata": {"name": "r"}, "rules": []}),
        "NODES": ("GET", "/api/v1/nodes", None),
    }
    await kube.ok(*requests[may], token=token)
    if may_not:
        assert (await kube.refused(*requests[may_not], token=token))[0] == 403


async def test_a_google_identity_is_allowed_by_iam_or_by_a_role(kube: Kube) -> None:
    reader = kube.token(READER)
    assert "container.pods.list" in (await kube.refused("GET", PODS, token=reader))[2]
    await bind(kube, "view", subject("User", "reader@acme.example"), kind="ClusterRole")
    await kube.ok("GET", PODS, token=reader)
    assert (await kube.refused("GET", "/api/v1/pods", token=reader))[0] == 403


async def test_a_role_that_gathers_others_has_their_rules(kube: Kube) -> None:
    token = await account_token(kube)
    await bind(kube, "view", subject("ServiceAccount", "scorer"), kind="ClusterRole")
    assert (await kube.refused("GET", SECRETS, token=token))[0] == 403
    label = {f"{GROUP}/aggregate-to-view": "true"}
    more = {"metadata": {"name": "more", "labels": label}, "rules": [rule("list", resources=["secrets"])]}
    await kube.ok("POST", f"{ROLES}/clusterroles", more)
    await kube.ok("GET", SECRETS, token=token)
    assert more["rules"][0] in (await kube.ok("GET", f"{ROLES}/clusterroles/view"))["rules"]


async def test_nobody_grants_what_they_do_not_have(kube: Kube) -> None:
    token = await account_token(kube)
    own = [rule("get", "list", resources=["pods"]), rule("*", group=GROUP, resources=["rolebindings"])]
    await define(kube, "granter", *own, rule("create", "patch", group=GROUP, resources=["roles"]))
    await bind(kube, "granter", subject("ServiceAccount", "scorer"))
    await define(kube, "less", rule("list", resources=["pods"]), token=token)
    url = f"{ROLES}/namespaces/anti-fraud/roles"
    more = {"metadata": {"name": "more"}, "rules": [rule("get", "delete", resources=["pods"])]}
    status, _, message = await kube.refused("POST", url, more, token=token)
    assert (status, message.splitlines()[1]) == (403, '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}')
    assert message.startswith(f'roles.{GROUP} "more" is forbidden: user "{SCORER}" (groups=["system:serviceaccounts" ')
    assert "is attempting to grant RBAC permissions not currently held:" in message
    assert (await kube.refused("GET", f"{url}/more"))[0] == 404
    patched = await kube.refused("PATCH", f"{url}/less", {"rules": more["rules"]}, token=token, media=MERGE)
    assert patched[0] == 403
    bindings = f"{ROLES}/namespaces/anti-fraud/rolebindings"
    binding = {"metadata": {"name": "b"}, "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"}}
    assert (await kube.refused("POST", bindings, binding, token=token))[0] == 403
    binding["roleRef"] = {"kind": "Role", "name": "less"}
    await kube.ok("POST", bindings, binding, token=token)


async def test_escalate_and_bind_lift_that(kube: Kube) -> None:
    token = await account_token(kube)
    group = {"group": GROUP}
    rules = [
        rule("create", "escalate", **group, resources=["roles"]),
        rule("create", **group, resources=["rolebindings"]),
    ]
    await define(kube, "granter", *rules, rule("bind", **group, resources=["clusterroles"], resourceNames=["view"]))
    await bind(kube, "granter", subject("ServiceAccount", "scorer"))
    await define(kube, "strong", rule("*", group="*", resources=["*"]), token=token)
    bindings = f"{ROLES}/namespaces/anti-fraud/rolebindings"
    for name, status in (("view", 201), ("edit", 403)):
        item = {"metadata": {"name": name}, "roleRef": {"kind": "ClusterRole", "name": name}}
        assert (await kube("POST", bindings, item, token=token)).status == status


async def test_a_developer_of_the_project_grants_nothing(kube: Kube) -> None:
    role = {"metadata": {"name": "r"}, "rules": []}
    refused = await kube.refused(
        *("POST", f"{ROLES}/namespaces/anti-fraud/roles", role), token=kube.token("user:developer@acme.example")
    )
    assert 'requires one of ["container.roles.create"] permission(s).' in refused[2]


async def test_roles_and_bindings_are_checked(kube: Kube) -> None:
    roles, bindings = f"{ROLES}/namespaces/anti-fraud/roles", f"{ROLES}/namespaces/anti-fraud/rolebindings"

    async def said(url: str, **parts: Any) -> str:
        return (await kube.refused("POST", url, {"metadata": {"name": "x"}, **parts}))[2]

    assert "rules[0].verbs: Required value" in await said(roles, rules=[rule(resources=["pods"])])
    assert "rules[0].resources: Required value: resource rules must supply" in await said(
        roles, rules=[rule("get", resources=[])]
    )
    urls = [{"verbs": ["get"], "nonResourceURLs": ["/x"]}]
    assert "namespaced rules cannot apply to non-resource URLs" in await said(roles, rules=urls)
    assert "roleRef.kind: Required value" in await said(bindings)
    role_ref = {"kind": "Role", "name": "r"}
    assert "subjects[0].namespace: Required value" in await said(
        bindings, roleRef=role_ref, subjects=[{"kind": "ServiceAccount", "name": "s"}]
    )
    assert 'subjects[0].kind: Unsupported value: "Team"' in await said(
        bindings, roleRef=role_ref, subjects=[{"kind": "Team", "name": "s"}]
    )
    await kube.ok("POST", bindings, {"metadata": {"name": "x"}, "roleRef": role_ref})
    change = {"roleRef": {"name": "other"}}
    assert (await kube.refused("PATCH", f"{bindings}/x", change, media=MERGE))[2].endswith("cannot change roleRef")
