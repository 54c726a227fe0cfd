"""Policies that IAM does not store, and what of a policy a write leaves as it is."""

from typing import Any

import pytest

from tests.sandbox.clients import GCLOUD, OPERATOR
from wizard.federation.identifiers import PoolName

PROJECT = "/cloudresourcemanager/v1/projects/acme-analytics"
ACCOUNT = "/iam/v1/projects/acme-analytics/serviceAccounts/nightly-load@acme-analytics.iam.gserviceaccount.com"
POOL = PoolName("123456789012", "aws-prod").name
JOB_USER = "roles/bigquery.jobUser"
UNTIL_2030 = {"title": "until 2030", "expression": "request.time < timestamp('2030-01-01T00:00:00Z')"}
READ = {"options": {"requestedPolicyVersion": 3}}


def binding(member: str = "user:a@acme.example", role: str = JOB_USER, **more: Any) -> dict[str, Any]:
    return {"role": role, "members": [member], **more}


def status(answer: Any) -> tuple[int, str]:
    return answer.status, answer.body["error"]["status"]


@pytest.mark.parametrize(
    "member",
    [
        f"principalSet://iam.googleapis.com/{POOL}/providers/aws-111122223333",
        f"principal://iam.googleapis.com/{POOL}/providers/aws-111122223333",
        f"principal://iam.googleapis.com/{POOL}/attribute.aws_role/loader",
        f"principalSet://iam.googleapis.com/{POOL}/subject/loader",
        f"principalSet://iam.googleapis.com/{POOL}",
    ],
)
def test_a_member_that_is_no_principal_of_a_pool_is_refused(cloud: Any, member: str) -> None:
    answer = cloud.bindings(binding(member))
    assert status(answer) == (400, "INVALID_ARGUMENT")
    assert answer.body["error"]["message"] == f"Principal {member} is of an invalid format."


@pytest.mark.parametrize("expression", ["request.time <", "nothing", "request.time < '2030'", "resource.name"])
def test_a_condition_that_is_not_cel_is_refused(cloud: Any, expression: str) -> None:
    answer = cloud.bindings(binding(condition={"title": "t", "expression": expression}))
    assert status(answer) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("expression", ["resource.matchTag('1/env', 'prod')", "destination.port == 22"])
def test_a_condition_that_only_iam_can_evaluate_is_stored_and_grants_nothing(cloud: Any, expression: str) -> None:
    assert cloud.bindings(binding(condition={"title": "t", "expression": expression})).status == 200
    token = cloud.token("user:a@acme.example")
    ask = {"permissions": ["bigquery.jobs.create"]}
    headers = {"x-goog-user-project": "", "user-agent": "google-cloud-sdk gcloud/528.0.0"}
    assert cloud("POST", f"{PROJECT}:testIamPermissions", ask, token=token, headers=headers).body == {}


def test_a_basic_role_cannot_have_a_condition(cloud: Any) -> None:
    answer = cloud.bindings(binding(role="roles/editor", condition=UNTIL_2030))
    assert status(answer) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("member", ["allUsers", "allAuthenticatedUsers"])
def test_a_project_cannot_be_public(cloud: Any, member: str) -> None:
    assert status(cloud.bindings(binding(member))) == (400, "INVALID_ARGUMENT")


def test_the_last_owner_of_a_project_stays(cloud: Any) -> None:
    policy = {"version": 3, "bindings": [binding(OPERATOR, "roles/viewer")]}
    assert status(cloud("POST", f"{PROJECT}:setIamPolicy", {"policy": policy})) == (400, "FAILED_PRECONDITION")
    other = {"version": 3, "bindings": [binding("user:b@acme.example", "roles/owner")]}
    assert cloud("POST", f"{PROJECT}:setIamPolicy", {"policy": other}).status == 200


@pytest.mark.parametrize("path", [PROJECT, ACCOUNT])
def test_a_policy_of_version_1_does_not_drop_conditions(cloud: Any, path: str) -> None:
    role = JOB_USER if path == PROJECT else "roles/iam.serviceAccountUser"
    conditional = binding(role=role, condition=UNTIL_2030)
    kept = [binding(OPERATOR, "roles/owner")] if path == PROJECT else []
    stored = cloud("POST", f"{path}:setIamPolicy", {"policy": {"version": 3, "bindings": [*kept, conditional]}}).body
    for version in ({}, {"version": 1}):
        policy = {**version, "etag": stored["etag"], "bindings": kept}
        assert status(cloud("POST", f"{path}:setIamPolicy", {"policy": policy})) == (400, "INVALID_ARGUMENT")
    policy = {"version": 3, "etag": stored["etag"], "bindings": kept}
    assert cloud("POST", f"{path}:setIamPolicy", {"policy": policy}).status == 200


def test_what_version_1_shows_of_a_conditional_grant_cannot_be_written_back(cloud: Any) -> None:
    cloud.bindings(binding(condition=UNTIL_2030))
    shown = cloud("POST", f"{PROJECT}:getIamPolicy").body
    assert any("_withcond_" in each["role"] for each in shown["bindings"])
    for version in (1, 3):
        policy = {"version": version, "bindings": shown["bindings"]}
        assert status(cloud("POST", f"{PROJECT}:setIamPolicy", {"policy": policy})) == (400, "INVALID_ARGUMENT")


def test_what_is_audited_changes_only_if_the_mask_names_it(cloud: Any) -> None:
    audit = [{"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}]}]
    policy = cloud("POST", f"{PROJECT}:getIamPolicy", READ).body
    written = cloud("POST", f"{PROJECT}:setIamPolicy", {"policy": {**policy, "auditConfigs": audit}})
    assert "auditConfigs" not in written.body
    policy = {**written.body, "auditConfigs": audit}
    written = cloud("POST", f"{PROJECT}:setIamPolicy", {"policy": policy, "updateMask": "bindings,etag,auditConfigs"})
    assert written.body["auditConfigs"] == audit
    assert cloud.bindings(binding()).body["auditConfigs"] == audit


@pytest.mark.parametrize(
    "agent",
    [
        "service-123456789012@gcp-sa-apigee",
        "service-123456789012@compute-system",
        "service-org-777777777777@security-center-api",
        "project-123456789012@storage-transfer-service",
        "p123456789012-x1y2z3@gcp-sa-cloud-sql",
    ],
)
def test_the_agents_of_googles_services_are_members(cloud: Any, agent: str) -> None:
    assert cloud.bindings(binding(f"serviceAccount:{agent}.iam.gserviceaccount.com")).status == 200


def test_an_account_that_does_not_exist_is_no_member(cloud: Any) -> None:
    for email in ("gone@acme-analytics", "service-123456789012@acme-analytics", "loader@never-existed"):
        answer = cloud.bindings(binding(f"serviceAccount:{email}.iam.gserviceaccount.com"))
        text = f"Service account {email}.iam.gserviceaccount.com does not exist."
        assert answer.body["error"]["message"] == text


@pytest.mark.parametrize(
    ("permission", "testable"),
    [
        ("privateca.certificateAuthorities.create", True),
        ("apigee.instances.create", True),
        ("bigquery.jobs.creat", False),
        ("bigquery.job.create", False),
        ("iam.serviceAccounts.use", False),
        ("nonsense.things.get", False),
        ("apigee", False),
    ],
)
def test_permissions_that_google_has_are_tested_though_no_role_here_contains_them(
    cloud: Any, permission: str, testable: bool
) -> None:
    ask = {"permissions": [permission]}
    answer = cloud("POST", f"{PROJECT}:testIamPermissions", ask)
    assert answer.status == (200 if testable else 400)
    if testable:
        assert answer.body == ask
        reader = cloud.token("user:reader@acme.example")
        assert cloud("POST", f"{PROJECT}:testIamPermissions", ask, token=reader, headers=GCLOUD).body == {}
