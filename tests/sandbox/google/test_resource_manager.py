"""Resource Manager, versions 1 and 3."""

from typing import Any

import pytest

from tests.sandbox.clients import GCLOUD

V1 = "/cloudresourcemanager/v1/projects"
V3 = "/cloudresourcemanager/v3/projects"
RECORDED = {"projectNumber", "projectId", "lifecycleState", "name", "createTime"}
DENIED = {
    "code": 403,
    "message": "The caller does not have permission",
    "errors": [{"message": "The caller does not have permission", "domain": "global", "reason": "forbidden"}],
    "status": "PERMISSION_DENIED",
}


def test_a_project_reads_as_recorded_by_id_and_by_number(cloud: Any) -> None:
    by_id, by_number = (cloud("GET", f"{V1}/{name}").body for name in ("acme-analytics", "123456789012"))
    assert by_id == by_number
    assert set(by_id) == RECORDED
    assert (by_id["projectNumber"], by_id["lifecycleState"]) == ("123456789012", "ACTIVE")


def test_version_3_names_the_project_by_its_number(cloud: Any) -> None:
    shown = cloud("GET", f"{V3}/acme-analytics").body
    assert (shown["name"], shown["projectId"], shown["state"]) == ("projects/123456789012", "acme-analytics", "ACTIVE")


@pytest.mark.parametrize("version", [V1, V3])
@pytest.mark.parametrize("name", ["acme-elsewhere", "never-existed"])
def test_unknown_and_invisible_projects_are_refused_alike(cloud: Any, version: str, name: str) -> None:
    assert cloud("GET", f"{version}/{name}").body == {"error": DENIED}
    for verb, body in (("getIamPolicy", {}), ("setIamPolicy", {"policy": {}})):
        assert cloud("POST", f"{version}/{name}:{verb}", body).body == {"error": DENIED}


def test_testing_permissions_needs_none_but_the_project_must_exist(cloud: Any) -> None:
    ask = {"permissions": ["bigquery.jobs.create"]}
    assert cloud("POST", f"{V3}/acme-elsewhere:testIamPermissions", ask).body == {}
    assert cloud("POST", f"{V3}/never-existed:testIamPermissions", ask).body == {"error": DENIED}


@pytest.mark.parametrize(
    ("terms", "count"), [("", 1), ("id:acme-*", 1), ("lifecycleState:ACTIVE name:Acme*", 1), ("id:other", 0)]
)
def test_only_visible_projects_are_listed(cloud: Any, terms: str, count: int) -> None:
    assert len(cloud("GET", f"{V1}?filter={terms}").body.get("projects", [])) == count


def test_search_finds_projects_by_their_fields(cloud: Any) -> None:
    (found,) = cloud("GET", f"{V3}:search?query=projectId:acme-analytics").body["projects"]
    assert found["displayName"] == "Acme Analytics"
    assert cloud("GET", f"{V3}:search?query=projectId:other").body == {}


@pytest.mark.parametrize("version", [V1, V3])
def test_permissions_are_tested_for_the_caller(cloud: Any, version: str) -> None:
    token = cloud.token("user:reader@acme.example")
    ask = {"permissions": ["resourcemanager.projects.get", "resourcemanager.projects.setIamPolicy"]}
    answer = cloud("POST", f"{version}/acme-analytics:testIamPermissions", ask, token=token, headers=GCLOUD)
    assert answer.body == {"permissions": ["resourcemanager.projects.get"]}


@pytest.mark.parametrize(
    "permission", ["resourcemanager.projects.list", "resourcemanager.projects.create", "bigquery.jobs.invent"]
)
def test_one_untestable_permission_makes_the_whole_question_invalid(cloud: Any, permission: str) -> None:
    ask = {"permissions": ["bigquery.jobs.create", permission]}
    answer = cloud("POST", f"{V1}/acme-analytics:testIamPermissions", ask)
    assert (answer.status, answer.body["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_both_spellings_of_pool_permissions_are_one(cloud: Any) -> None:
    ask = {
        "permissions": ["iam.workloadIdentityPools.create", "iam.googleapis.com/workloadIdentityPools.create"],
    }
    assert cloud("POST", f"{V3}/acme-analytics:testIamPermissions", ask).body == ask


def test_an_owner_may_not_make_tokens_of_service_accounts(cloud: Any) -> None:
    ask = {"permissions": ["iam.serviceAccounts.getAccessToken"]}
    assert cloud("POST", f"{V3}/acme-analytics:testIamPermissions", ask).body == {}


def test_predefined_roles_are_shown_with_their_permissions(cloud: Any) -> None:
    role = cloud("GET", "/iam/v1/roles/bigquery.jobUser").body
    assert (role["name"], role["title"]) == ("roles/bigquery.jobUser", "BigQuery Job User")
    assert "bigquery.jobs.create" in role["includedPermissions"]
    assert cloud("GET", "/iam/v1/roles/bigquery.nothing").status == 404


def test_roles_are_listed_in_pages_and_in_full_when_asked(cloud: Any) -> None:
    first = cloud("GET", "/iam/v1/roles?pageSize=5").body
    assert (len(first["roles"]), "includedPermissions" in first["roles"][0]) == (5, False)
    full = cloud("GET", "/iam/v1/roles?view=FULL&pageSize=1000").body["roles"]
    assert {"roles/owner", "roles/editor", "roles/viewer"} < {role["name"] for role in full}
    assert all(role["includedPermissions"] for role in full)


def test_grantable_roles_need_a_full_resource_name(cloud: Any) -> None:
    url, name = "/iam/v1/roles:queryGrantableRoles", "//cloudresourcemanager.googleapis.com/projects/"
    assert cloud("POST", url, {"fullResourceName": f"{name}acme-analytics"}).body["roles"]
    assert cloud("POST", url, {"fullResourceName": "acme-analytics"}).status == 400
    assert cloud("POST", url, {"fullResourceName": f"{name}never-existed"}).status == 403


def test_no_organization_policy_extends_the_lifetime_of_tokens(cloud: Any) -> None:
    lifetime = "constraints/iam.allowServiceAccountCredentialLifetimeExtension"
    read = f"{V1}/acme-analytics:getEffectiveOrgPolicy"
    assert cloud("POST", read, {"constraint": lifetime}).body == {
        "constraint": lifetime,
        "listPolicy": {"allValues": "DENY"},
    }
    assert cloud("POST", read, {"constraint": "iam"}).status == 400
    assert cloud("POST", read, {"constraint": "constraints/iam.other"}).status == 501
    assert cloud("POST", f"{V1}/never-existed:getEffectiveOrgPolicy", {"constraint": lifetime}).status == 403
