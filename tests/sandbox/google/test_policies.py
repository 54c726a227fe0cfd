"""Policies: what setIamPolicy refuses, how they read back, and when and for whom they work."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.clients import GCLOUD
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity, everyone, principal, principal_set
from wizard.sandbox.model.world import Settings

PROJECT = "/cloudresourcemanager/v1/projects/acme-analytics"
ACCOUNT = "/iam/v1/projects/acme-analytics/serviceAccounts/nightly-load@acme-analytics.iam.gserviceaccount.com"
POOL = PoolName("123456789012", "aws-prod")
ROLE = "arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"
IDENTITY = FederatedIdentity(POOL, f"{ROLE}/session", (), {"aws_role": ROLE})
JOBS = {"permissions": ["bigquery.jobs.create"]}
READ = {"options": {"requestedPolicyVersion": 3}}


def user(*members: str, role: str = "roles/bigquery.jobUser", condition: Any = None) -> dict[str, Any]:
    return {"role": role, "members": list(members), **({"condition": condition} if condition else {})}


def message(answer: Any) -> str:
    return str(answer.body["error"]["message"])


def test_a_policy_that_was_never_set_is_only_an_etag(cloud: Any) -> None:
    answer = cloud("POST", f"{ACCOUNT}:getIamPolicy?options.requestedPolicyVersion=3")
    assert answer.body == {"etag": "ACAB"}


def test_a_policy_without_conditions_is_answered_as_version_1(cloud: Any) -> None:
    sent = {
        "version": 3,
        "etag": "ACAB",
        "bindings": [user("user:a@acme.example", role="roles/iam.serviceAccountUser")],
    }
    written = cloud("POST", f"{ACCOUNT}:setIamPolicy", {"policy": sent}).body
    assert {**written, "etag": ""} == {"version": 1, "etag": "", "bindings": sent["bindings"]}
    emptied = cloud("POST", f"{ACCOUNT}:setIamPolicy", {"policy": {"version": 1, "etag": written["etag"]}}).body
    assert sorted(emptied) == ["etag", "version"]
    assert cloud("POST", f"{ACCOUNT}:getIamPolicy").body == emptied


def test_a_stale_etag_is_aborted_in_googles_words(cloud: Any) -> None:
    etag = cloud("POST", f"{PROJECT}:getIamPolicy", READ).body["etag"]
    cloud.bindings(user("user:a@acme.example"))
    policy = {"etag": etag, "bindings": [user("user:b@acme.example")]}
    answer = cloud("POST", f"{PROJECT}:setIamPolicy", {"policy": policy})
    assert (answer.status, answer.body["error"]["status"]) == (409, "ABORTED")
    assert message(answer) == (
        "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff."
    )


def test_an_etag_in_the_url_safe_alphabet_is_the_same_etag(cloud: Any) -> None:
    for _ in range(80):
        policy = cloud("POST", f"{PROJECT}:getIamPolicy", READ).body
        policy["etag"] = policy["etag"].replace("+", "-").replace("/", "_").rstrip("=")
        assert cloud("POST", f"{PROJECT}:setIamPolicy", {"policy": policy}).status == 200
        cloud.clock.advance(0.000731)


@pytest.mark.parametrize(
    ("member", "text"),
    [
        (
            "operator@acme.example",
            "The member operator@acme.example is of an unknown type. Please set a valid type prefix for the member.",
        ),
        (
            "person:operator@acme.example",
            "The member person:operator@acme.example is of an unknown type. "
            "Please set a valid type prefix for the member.",
        ),
        (
            "serviceAccount:nobody@acme-analytics.iam.gserviceaccount.com",
            "Service account nobody@acme-analytics.iam.gserviceaccount.com does not exist.",
        ),
        (
            everyone(PoolName("123456789012", "no-pool")),
            "Identity Pool does not exist (projects/123456789012/locations/global/workloadIdentityPools/no-pool). "
            "Please check that you specified a valid resource name as returned in the `name` attribute in the "
            "configuration API.",
        ),
        (
            "serviceAccount:acme-analytics.svc.id.goog[anti-fraud/scorer]",
            "Identity Pool does not exist (acme-analytics.svc.id.goog). Please check that you specified a valid "
            "resource name as returned in the `name` attribute in the configuration API.",
        ),
    ],
)
def test_a_member_that_iam_cannot_store_is_refused_in_its_words(cloud: Any, member: str, text: str) -> None:
    answer = cloud.bindings(user(member))
    assert (answer.status, answer.body["error"]["status"], message(answer)) == (400, "INVALID_ARGUMENT", text)


@pytest.mark.parametrize(
    "member",
    [
        principal_set(PoolName("123456789012", "aws-gone"), "aws_role", ROLE),
        "serviceAccount:service-123456789012@gcp-sa-apigee.iam.gserviceaccount.com",
        "serviceAccount:123456789012-compute@developer.gserviceaccount.com",
        "deleted:serviceAccount:gone@acme-analytics.iam.gserviceaccount.com?uid=123",
        "group:data@acme.example",
        "domain:acme.example",
    ],
)
def test_members_that_exist_or_need_not_are_stored(cloud: Any, member: str) -> None:
    answer = cloud.bindings(user(member))
    assert answer.status == 200
    assert user(member) in answer.body["bindings"]


@pytest.mark.parametrize(
    "role", ["bigquery.nothing", "roles/", "roles/big query", "projects/acme-analytics/roles/none"]
)
def test_what_is_no_role_is_refused(cloud: Any, role: str) -> None:
    assert cloud.bindings(user("user:a@acme.example", role=role)).status == 400


def test_google_has_more_roles_than_the_sandbox_knows(cloud: Any) -> None:
    assert cloud.bindings(user("user:a@acme.example", role="roles/bigquery.somethingElse")).status == 200


def test_conditions_need_version_3_and_are_shown_to_those_who_ask_for_it(cloud: Any) -> None:
    condition = {"title": "until noon", "expression": "request.time < timestamp('2026-11-21T12:00:00Z')"}
    binding = user("user:a@acme.example", condition=condition)
    refused = cloud("POST", f"{PROJECT}:setIamPolicy", {"policy": {"version": 1, "bindings": [binding]}})
    assert (refused.status, refused.body["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert cloud.bindings(binding).body["version"] == 3
    assert binding in cloud("POST", f"{PROJECT}:getIamPolicy", READ).body["bindings"]
    plain = cloud("POST", f"{PROJECT}:getIamPolicy").body
    assert plain["version"] == 1
    assert not any("condition" in each for each in plain["bindings"])


def test_the_same_role_and_member_twice_become_one(cloud: Any) -> None:
    twice = [user("user:b@acme.example", "user:b@acme.example"), user("user:a@acme.example"), user()]
    bindings = cloud.bindings(*twice).body["bindings"]
    assert [each["role"] for each in bindings].count("roles/bigquery.jobUser") == 1
    assert user("user:a@acme.example", "user:b@acme.example") in bindings


@pytest.mark.parametrize(
    ("member", "caller", "allowed"),
    [
        ("user:a@acme.example", "user:a@acme.example", True),
        ("user:A@acme.example", "user:a@acme.example", True),
        ("user:a@acme.example", "user:b@acme.example", False),
        ("group:data@acme.example", "user:a@acme.example", False),
        ("domain:acme.example", "user:a@acme.example", True),
        ("deleted:user:a@acme.example?uid=1", "user:a@acme.example", False),
    ],
)
def test_members_stand_for_the_right_users(cloud: Any, member: str, caller: str, allowed: bool) -> None:
    cloud.bindings(user(member), user(caller, role="roles/browser"))
    answer = cloud("POST", f"{PROJECT}:testIamPermissions", JOBS, token=cloud.token(caller), headers=GCLOUD)
    assert answer.body == (JOBS if allowed else {})


@pytest.mark.parametrize(
    ("member", "allowed"),
    [
        (principal(POOL, f"{ROLE}/session"), True),
        (principal(POOL, f"{ROLE}/another"), False),
        (principal_set(POOL, "aws_role", ROLE), True),
        (principal_set(POOL, "aws_role", ROLE + "-two"), False),
        (everyone(POOL), True),
        (everyone(PoolName("123456789012", "aws-gone")), False),
    ],
)
def test_members_stand_for_the_right_federated_identities(cloud: Any, member: str, allowed: bool) -> None:
    cloud.bindings(user(member), user(everyone(POOL), role="roles/browser"))
    token = cloud.token(principal(POOL, IDENTITY.subject), identity=IDENTITY)
    answer = cloud("POST", f"{PROJECT}:testIamPermissions", JOBS, token=token, headers={"x-goog-user-project": ""})
    assert answer.body == (JOBS if allowed else {})


def test_a_federated_token_rests_while_its_pool_is_disabled_or_deleted(cloud: Any) -> None:
    cloud.bindings(user(everyone(POOL)))
    token = cloud.token(principal(POOL, IDENTITY.subject), identity=IDENTITY)
    pool = "/iam/v1/projects/acme-analytics/locations/global/workloadIdentityPools/aws-prod"

    def status() -> int:
        headers = {"x-goog-user-project": ""}
        return int(cloud("POST", f"{PROJECT}:testIamPermissions", JOBS, token=token, headers=headers).status)

    assert status() == 200
    cloud("PATCH", f"{pool}?updateMask=disabled", {"disabled": True})
    assert status() == 401
    cloud("PATCH", f"{pool}?updateMask=disabled", {"disabled": False})
    assert status() == 200
    cloud("DELETE", pool)
    assert status() == 401
    cloud("POST", f"{pool}:undelete", {})
    assert status() == 200


@pytest.mark.parametrize("settings", [Settings(propagation=120.0)])
def test_a_policy_reads_back_at_once_and_works_later_both_ways(cloud: Any) -> None:
    token = cloud.token("user:reader@acme.example")

    def may() -> bool:
        return bool(cloud("POST", f"{PROJECT}:testIamPermissions", JOBS, token=token, headers=GCLOUD).body)

    granted = user("user:reader@acme.example")
    cloud.bindings(granted)
    assert granted in cloud("POST", f"{PROJECT}:getIamPolicy", READ).body["bindings"]
    assert not may()
    cloud.clock.advance(119)
    assert not may()
    cloud.clock.advance(1)
    assert may()
    cloud.bindings()
    assert may()
    cloud.clock.advance(120)
    assert not may()


def test_a_condition_on_time_is_evaluated(cloud: Any) -> None:
    until = (cloud.clock() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    condition = {"title": "an hour", "expression": f"request.time < timestamp('{until}')"}
    cloud.bindings(user("user:reader@acme.example", condition=condition))
    ask = ("POST", f"{PROJECT}:testIamPermissions", JOBS)
    assert cloud(*ask, token=cloud.token("user:reader@acme.example"), headers=GCLOUD).body == JOBS
    cloud.clock.advance(3601)
    assert cloud(*ask, token=cloud.token("user:reader@acme.example"), headers=GCLOUD).body == {}


@pytest.mark.parametrize(
    "expression", ["resource.matchTag('a/b', 'c')", "api.getAttribute('x', 1)", "not an expression"]
)
def test_a_condition_that_cannot_be_evaluated_does_not_grant(cloud: Any, expression: str) -> None:
    condition = {"title": "unknown", "expression": expression}
    cloud.bindings(user("user:reader@acme.example", condition=condition))
    token = cloud.token("user:reader@acme.example")
    assert cloud("POST", f"{PROJECT}:testIamPermissions", JOBS, token=token, headers=GCLOUD).body == {}


def test_reading_a_policy_needs_its_own_permission(cloud: Any) -> None:
    cloud.bindings(user("user:a@acme.example", role="roles/browser"))
    browser, nobody = cloud.token("user:a@acme.example"), cloud.token("user:z@acme.example")
    assert cloud("POST", f"{PROJECT}:getIamPolicy", token=browser, headers=GCLOUD).status == 200
    assert cloud("POST", f"{PROJECT}:setIamPolicy", {"policy": {}}, token=browser, headers=GCLOUD).status == 403
    assert cloud("POST", f"{PROJECT}:getIamPolicy", token=nobody, headers=GCLOUD).status == 403
