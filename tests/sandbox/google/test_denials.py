"""IAM v2 and v3: policies that deny what roles give are stored, listed, and enforced."""

from typing import Any

import pytest

from tests.sandbox.clients import Clock, Cloud
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity
from wizard.sandbox.google import deny_policies
from wizard.sandbox.model.world import Settings, World
from wizard.sandbox.scenario import parse
from wizard.sandbox.seeding import operator_token, seed

NUMBER, ORGANIZATION, FOLDER = "123456789012", "organizations/777777777777", "folders/888888888888"
POOL = f"projects/{NUMBER}/locations/global/workloadIdentityPools/aws-prod"
MEMBER = f"principalSet://iam.googleapis.com/{POOL}/*"
EMAIL = "nightly-load@acme-analytics.iam.gserviceaccount.com"
PERMISSION = "bigquery.jobs.create"
PROPAGATION = 60.0
WORLD = f"""
title: a project in a folder of an organization
google:
  operator: user:operator@acme.example
  organizations:
  - id: "777777777777"
    policy: [{{role: roles/owner, members: ["user:operator@acme.example"]}}]
  folders:
  - {{id: "888888888888", parent: {ORGANIZATION}}}
  projects:
  - id: acme-analytics
    number: "{NUMBER}"
    parent: {FOLDER}
    services: [bigquery.googleapis.com, cloudresourcemanager.googleapis.com, iam.googleapis.com]
    policy:
    - {{role: roles/owner, members: ["user:operator@acme.example"]}}
    - {{role: roles/viewer, members: ["user:reader@acme.example"]}}
    - {{role: roles/bigquery.jobUser, members: ["{MEMBER}", "serviceAccount:{EMAIL}"]}}
    service_accounts: [{{id: nightly-load}}]
    pools: [{{id: aws-prod}}]
"""


@pytest.fixture
def cloud() -> Cloud:
    """The world, and its operator."""
    clock = Clock()
    world = World(Settings(propagation=PROPAGATION), clock=clock)
    google = parse("world", WORLD).google
    seed(world, google)
    return Cloud(world, clock, operator_token(world, google))


def ok(cloud: Cloud, method: str, path: str, body: Any = None) -> Any:
    answer = cloud(method, f"/iam{path}", body)
    assert answer.status == 200, answer
    return answer.body


def refused(cloud: Cloud, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
    answer = cloud(method, f"/iam{path}", body, **more)
    return answer.status, answer.body["error"]["status"]


def workload(cloud: Cloud) -> str:
    identity = FederatedIdentity(PoolName(NUMBER, "aws-prod"), "job")
    return cloud.token(f"principal://iam.googleapis.com/{POOL}/subject/job", identity=identity)


def may(cloud: Cloud, token: str) -> bool:
    """Whether the token's identity has the permission now."""
    path = "/cloudresourcemanager/v1/projects/acme-analytics:testIamPermissions"
    return bool(
        cloud("POST", path, {"permissions": [PERMISSION]}, token=token, headers={"x-goog-user-project": ""}).body
    )


def rule(principal: str = MEMBER, **more: Any) -> dict[str, Any]:
    denied = {"deniedPrincipals": [principal], "deniedPermissions": ["bigquery.googleapis.com/jobs.create"], **more}
    return {"rules": [{"denyRule": denied}]}


def attached(place: str = "projects/acme-analytics") -> str:
    return f"/v2/policies/cloudresourcemanager.googleapis.com/{place}/denypolicies"


def deny(cloud: Cloud, body: Any, place: str = "projects/acme-analytics") -> None:
    ok(cloud, "POST", f"{attached(place)}?policyId=no-queries", body)
    cloud.clock.advance(PROPAGATION)


@pytest.mark.parametrize("place", ["projects/acme-analytics", FOLDER, ORGANIZATION])
def test_a_deny_policy_takes_what_a_role_gives_after_a_while(cloud: Cloud, place: str) -> None:
    token = workload(cloud)
    ok(cloud, "POST", f"{attached(place)}?policyId=no-queries", rule())
    assert may(cloud, token)
    cloud.clock.advance(PROPAGATION)
    assert not may(cloud, token)
    assert may(cloud, cloud.operator)
    ok(cloud, "DELETE", f"{attached(place)}/no-queries")
    assert may(cloud, token)


@pytest.mark.parametrize(
    ("body", "denied"),
    [
        (rule("principalSet://goog/public:all"), True),
        (rule(f"principal://iam.googleapis.com/projects/-/serviceAccounts/{EMAIL}"), True),
        (rule(f"principalSet://cloudresourcemanager.googleapis.com/{ORGANIZATION}/type/ServiceAccount"), True),
        (rule(MEMBER), False),
        (rule("principalSet://goog/group/loaders@acme.example"), False),
        (rule("principalSet://goog/public:all", exceptionPermissions=["bigquery.googleapis.com/jobs.*"]), False),
        (
            rule("principalSet://goog/public:all", denialCondition={"expression": "resource.matchTag('a/b', 'c')"}),
            False,
        ),
    ],
)
def test_a_deny_policy_is_about_those_that_it_names(cloud: Cloud, body: Any, denied: bool) -> None:
    token = cloud.token(f"serviceAccount:{EMAIL}")
    deny(cloud, body)
    assert may(cloud, token) is not denied


def test_impersonation_is_denied_in_the_words_of_a_missing_role(cloud: Cloud) -> None:
    cloud.world.projects.find(NUMBER).enabled.add("iamcredentials.googleapis.com")  # type: ignore[union-attr]
    path = f"projects/-/serviceAccounts/{EMAIL}"
    bindings = [{"role": "roles/iam.workloadIdentityUser", "members": [MEMBER]}]
    ok(cloud, "POST", f"/v1/{path}:setIamPolicy", {"policy": {"bindings": bindings}})
    cloud.clock.advance(PROPAGATION)
    call = ("POST", f"/iamcredentials/v1/{path}:generateAccessToken", {"scope": ["a"]})
    assert cloud(*call, token=workload(cloud), headers={"x-goog-user-project": ""}).status == 200
    deny(cloud, rule(deniedPermissions=["iam.googleapis.com/serviceAccounts.getAccessToken"]))
    answer = cloud(*call, token=workload(cloud), headers={"x-goog-user-project": ""})
    assert (answer.status, answer.body["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert answer.body["error"]["details"][0]["reason"] == "IAM_PERMISSION_DENIED"


def test_deny_policies_are_listed_in_pages_without_their_rules(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deny_policies, "_PAGE", 1)
    for name in ("one", "two"):
        ok(cloud, "POST", f"{attached()}?policyId=the-{name}", rule())
    first = ok(cloud, "GET", f"{attached()}?pageSize=100")
    second = ok(cloud, "GET", f"{attached()}?pageToken={first['nextPageToken']}")
    names = [each["name"] for each in (*first["policies"], *second["policies"])]
    base = f"policies/cloudresourcemanager.googleapis.com%2Fprojects%2F{NUMBER}/denypolicies"
    assert names == [f"{base}/the-one", f"{base}/the-two"]
    assert "rules" not in first["policies"][0]
    assert "nextPageToken" not in second
    assert ok(cloud, "GET", f"{attached()}/the-one")["rules"] == rule()["rules"]


def test_the_operation_of_a_change_is_found_by_its_name(cloud: Cloud) -> None:
    operation = ok(cloud, "POST", f"{attached()}?policyId=no-queries", rule())
    done = ok(cloud, "GET", f"/v2/{operation['name'].replace('%2F', '/')}")
    assert (done["done"], done["response"]["kind"]) == (True, "DenyPolicy")


def test_what_is_not_allowed_or_not_there_is_refused(cloud: Cloud) -> None:
    reader = cloud.token("user:reader@acme.example")
    headers = {"x-goog-user-project": ""}
    assert refused(cloud, "POST", f"{attached()}?policyId=a-b", rule(), token=reader, headers=headers)[0] == 403
    assert refused(cloud, "GET", attached(ORGANIZATION), token=reader, headers=headers)[0] == 403
    assert refused(cloud, "GET", f"{attached()}/missing") == (404, "NOT_FOUND")
    assert refused(cloud, "POST", f"{attached()}?policyId=a", rule()) == (400, "INVALID_ARGUMENT")
    assert refused(cloud, "POST", f"{attached()}?policyId=a-b", {"rules": []}) == (400, "INVALID_ARGUMENT")
    ok(cloud, "POST", f"{attached()}?policyId=a-b", rule())
    assert refused(cloud, "POST", f"{attached()}?policyId=a-b", rule()) == (409, "ALREADY_EXISTS")


BOUNDARIES = f"/v3/{ORGANIZATION}/locations/global/principalAccessBoundaryPolicies"
BINDINGS = "/v3/projects/acme-analytics/locations/global/policyBindings"


def keep_inside(cloud: Cloud, *places: str, target: str = f"//iam.googleapis.com/{POOL}", name: str = "here") -> None:
    """Bind a boundary with these places to a set of principals."""
    resources = [f"//cloudresourcemanager.googleapis.com/{place}" for place in places]
    details = {"rules": [{"effect": "ALLOW", "resources": resources}]}
    ok(cloud, "POST", f"{BOUNDARIES}?principalAccessBoundaryPolicyId={name}", {"details": details})
    policy = f"{ORGANIZATION}/locations/global/principalAccessBoundaryPolicies/{name}"
    body = {"target": {"principalSet": target}, "policy": policy}
    ok(cloud, "POST", f"{BINDINGS}?policyBindingId={name}", body)
    cloud.clock.advance(PROPAGATION)


@pytest.mark.parametrize("place", ["projects/acme-analytics", f"projects/{NUMBER}", FOLDER, ORGANIZATION])
def test_a_boundary_keeps_the_identities_of_a_pool_inside(cloud: Cloud, place: str) -> None:
    token = workload(cloud)
    keep_inside(cloud, "projects/acme-lake", name="lake")
    assert not may(cloud, token)
    assert may(cloud, cloud.token(f"serviceAccount:{EMAIL}"))
    keep_inside(cloud, place)
    assert may(cloud, token)


def test_a_boundary_of_a_project_is_about_its_service_accounts_too(cloud: Cloud) -> None:
    target = f"//cloudresourcemanager.googleapis.com/projects/{NUMBER}"
    keep_inside(cloud, "projects/acme-lake", target=target)
    assert not may(cloud, cloud.token(f"serviceAccount:{EMAIL}"))
    assert not may(cloud, workload(cloud))
    assert may(cloud, cloud.operator)


def test_the_bindings_of_a_target_are_found(cloud: Cloud) -> None:
    keep_inside(cloud, "projects/acme-lake")
    target = f"//iam.googleapis.com/{POOL}"
    (found,) = ok(cloud, "GET", f"{BINDINGS}:searchTargetPolicyBindings?target={target}")["policyBindings"]
    assert (found["target"], found["policyKind"]) == ({"principalSet": target}, "PRINCIPAL_ACCESS_BOUNDARY")
    other = f"//cloudresourcemanager.googleapis.com/projects/{NUMBER}"
    assert ok(cloud, "GET", f"{BINDINGS}:searchTargetPolicyBindings?target={other}") == {}
    assert refused(cloud, "GET", f"{BINDINGS}:searchTargetPolicyBindings?target=pool") == (400, "INVALID_ARGUMENT")


def test_a_unified_access_policy_denies_on_what_it_is_bound_to(cloud: Cloud) -> None:
    policies = f"/v3beta/{ORGANIZATION}/locations/global/accessPolicies"
    denies = {
        "effect": "DENY",
        "principals": [MEMBER],
        "operation": {"permissions": ["bigquery.googleapis.com/jobs.create"]},
    }
    ok(cloud, "POST", f"{policies}?accessPolicyId=no-queries", {"details": {"rules": [denies]}})
    target = f"//cloudresourcemanager.googleapis.com/projects/{NUMBER}"
    body = {"target": {"resource": target}, "policy": policies.removeprefix("/v3beta/") + "/no-queries"}
    bindings = BINDINGS.replace("v3", "v3beta")
    ok(cloud, "POST", f"{bindings}?policyBindingId=no-queries", body)
    token = workload(cloud)
    assert may(cloud, token)
    cloud.clock.advance(PROPAGATION)
    assert not may(cloud, token)
    (found,) = ok(cloud, "GET", f"{bindings}:searchTargetPolicyBindings?target={target}")["policyBindings"]
    assert found["policyKind"] == "ACCESS"
    ok(cloud, "DELETE", f"{bindings}/no-queries")
    assert may(cloud, token)
