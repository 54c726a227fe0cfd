"""What clusters demand of pods: Pod Security, LimitRanges, quotas, policies; in the words of Kubernetes."""

from typing import Any

import pytest

from tests.sandbox.kubernetes.world import Kube

NAMESPACE = "/api/v1/namespaces/anti-fraud"
PODS, JOBS = f"{NAMESPACE}/pods", "/apis/batch/v1/namespaces/anti-fraud/jobs"
POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"
MERGE = "application/merge-patch+json"
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def pod(name: str = "p", labels: dict[str, str] | None = None, **container: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": labels or {}}, "spec": {"containers": [{**BASE, **container}]}}


BASE = {"name": "a", "image": "a:1"}


async def enforce(kube: Kube, level: str) -> None:
    label = {"pod-security.kubernetes.io/enforce": level}
    await kube.ok("PATCH", NAMESPACE, {"metadata": {"labels": label}}, media=MERGE)


async def test_a_restricted_namespace_refuses_pods_with_every_problem(kube: Kube) -> None:
    await enforce(kube, "restricted")
    status, reason, message = await kube.refused("POST", PODS, pod())
    assert (status, reason) == (403, "Forbidden")
    assert message.startswith(
        'pods "p" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'
    )
    for problem in ("unrestricted capabilities", "runAsNonRoot != true", "seccompProfile"):
        assert problem in message
    await kube.ok("POST", PODS, pod(securityContext=RESTRICTED))


async def test_a_baseline_namespace_refuses_the_hosts_network(kube: Kube) -> None:
    await enforce(kube, "baseline")
    wanted = pod()
    wanted["spec"]["hostNetwork"] = True
    assert "host namespaces (hostNetwork=true)" in (await kube.refused("POST", PODS, wanted))[2]
    await kube.ok("POST", PODS, pod())


async def test_a_limit_range_bounds_and_completes_what_containers_ask_for(kube: Kube) -> None:
    limit = {"type": "Container", "min": {"cpu": "200m"}, "max": {"memory": "1Gi"}, "default": {"memory": "64Mi"}}
    await kube.ok("POST", f"{NAMESPACE}/limitranges", {"metadata": {"name": "l"}, "spec": {"limits": [limit]}})
    small = pod(resources={"requests": {"cpu": "100m"}})
    message = (await kube.refused("POST", PODS, small))[2]
    assert message == 'pods "p" is forbidden: minimum cpu usage per Container is 200m, but request is 100m'
    large = pod(resources={"requests": {"cpu": "1"}, "limits": {"memory": "2Gi"}})
    assert "maximum memory usage per Container is 1Gi, but limit is 2Gi" in (await kube.refused("POST", PODS, large))[2]
    made = await kube.ok("POST", PODS, pod(resources={"requests": {"cpu": "0.2"}}))
    assert made["spec"]["containers"][0]["resources"]["limits"] == {"memory": "64Mi"}


async def test_a_quota_counts_what_is_used(kube: Kube) -> None:
    hard = {"requests.cpu": "300m", "count/jobs.batch": "1"}
    await kube.ok("POST", f"{NAMESPACE}/resourcequotas", {"metadata": {"name": "q"}, "spec": {"hard": hard}})
    assert (await kube.refused("POST", PODS, pod()))[2] == (
        'pods "p" is forbidden: failed quota: q: must specify requests.cpu for: a'
    )
    await kube.ok("POST", PODS, pod(resources={"requests": {"cpu": "200m"}}))
    assert (await kube.refused("POST", PODS, pod("two", resources={"requests": {"cpu": "200m"}})))[2] == (
        'pods "two" is forbidden: exceeded quota: q, requested: requests.cpu=200m, used: requests.cpu=200m, '
        "limited: requests.cpu=300m"
    )
    used = (await kube.ok("GET", f"{NAMESPACE}/resourcequotas/q"))["status"]["used"]
    assert used == {"requests.cpu": "200m", "count/jobs.batch": "0"}


async def test_a_policy_denies_by_its_expression(kube: Kube) -> None:
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
    expression = "has(object.metadata.labels) && 'team' in object.metadata.labels"
    spec = {
        "matchConstraints": {"resourceRules": rules},
        "validations": [{"expression": expression, "message": "every pod needs the label team"}],
    }
    await kube.ok("POST", POLICIES, {"metadata": {"name": "team"}, "spec": spec})
    await kube.ok("POST", PODS, pod("unbound"))
    binding = {"metadata": {"name": "team-b"}, "spec": {"policyName": "team", "validationActions": ["Deny"]}}
    await kube.ok("POST", BINDINGS, binding)
    assert await kube.refused("POST", PODS, pod()) == (
        422,
        "Invalid",
        "pods \"p\" is forbidden: ValidatingAdmissionPolicy 'team' with binding 'team-b' denied request: "
        "every pod needs the label team",
    )
    await kube.ok("POST", PODS, pod(labels={"team": "pay"}))


async def test_an_expression_that_does_not_compile_is_refused(kube: Kube) -> None:
    spec = {"validations": [{"expression": "object.spec ="}]}
    refused = await kube.refused("POST", POLICIES, {"metadata": {"name": "bad"}, "spec": spec})
    assert refused[:2] == (422, "Invalid") and "spec.validations[0].expression" in refused[2]


async def test_what_a_controller_may_not_create_its_events_tell(kube: Kube) -> None:
    await enforce(kube, "restricted")
    template = {"spec": {"restartPolicy": "Never", "containers": [BASE]}}
    job = {"metadata": {"name": "once"}, "spec": {"template": template}}
    await kube.ok("POST", JOBS, job)
    events = (await kube.ok("GET", f"{NAMESPACE}/events?fieldSelector=involvedObject.name%3Donce"))["items"]
    assert events[0]["reason"] == "FailedCreate"
    assert events[0]["message"].startswith("Error creating: pods ") and "violates PodSecurity" in events[0]["message"]
    await enforce(kube, "privileged")
    assert (await kube.ok("GET", f"{JOBS}/once"))["status"]["succeeded"] == 1


async def test_a_secret_keeps_texts_in_base64(kube: Kube) -> None:
    made = await kube.ok("POST", f"{NAMESPACE}/secrets", {"metadata": {"name": "s"}, "stringData": {"key.json": "{}"}})
    assert made["data"] == {"key.json": "e30="} and made["type"] == "Opaque" and "stringData" not in made


@pytest.mark.parametrize("value", ["1x", "", "-"])
async def test_an_amount_that_is_none_is_refused(kube: Kube, value: str) -> None:
    refused = await kube.refused("POST", PODS, pod(resources={"requests": {"cpu": value}}))
    assert refused[:2] == (422, "Invalid") and "resources.requests[cpu]" in refused[2]
