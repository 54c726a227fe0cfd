"""Roles: the predefined ones, custom ones of projects and organisations, and which permissions a project can test."""

from typing import Any

import pytest

from wizard.sandbox.model.roles import role_table

ROLES = "/iam/v1/projects/acme-analytics/roles"
TEST = "/cloudresourcemanager/v1/projects/acme-analytics:testIamPermissions"
TESTABLE = "/iam/v1/permissions:queryTestablePermissions"
PROJECT = "//cloudresourcemanager.googleapis.com/projects/acme-analytics"
LOADS = "serviceAccount:nightly-load@acme-analytics.iam.gserviceaccount.com"
NO_QUOTA_PROJECT = {"x-goog-user-project": ""}
LOADER = {"roleId": "loader", "role": {"title": "Loader", "includedPermissions": ["bigquery.jobs.create"]}}


def held(cloud: Any, *permissions: str) -> list[str]:
    """Those of the permissions that the service account has."""
    asked = {"permissions": list(permissions)}
    answer = cloud("POST", TEST, asked, token=cloud.token(LOADS), headers=NO_QUOTA_PROJECT)
    assert answer.status == 200, answer.body
    return list(answer.body.get("permissions", []))


def test_every_role_names_permissions_of_its_own_and_the_data_say_which_lists_are_not_googles() -> None:
    assert len(list(role_table())) > 250
    assert all(role.permissions for role in role_table())
    assert role_table().contains("roles/pubsub.viewer", "pubsub.subscriptions.get")
    assert not role_table().contains("roles/pubsub.viewer", "pubsub.subscriptions.consume")


def test_a_custom_role_grants_what_it_contains_until_it_is_disabled_or_deleted(cloud: Any) -> None:
    assert cloud("POST", ROLES, LOADER).body["name"] == "projects/acme-analytics/roles/loader"
    assert cloud.bindings({"role": "projects/acme-analytics/roles/loader", "members": [LOADS]}).status == 200
    assert held(cloud, "bigquery.jobs.create", "pubsub.topics.publish") == ["bigquery.jobs.create"]
    cloud("PATCH", f"{ROLES}/loader?updateMask=stage", {"stage": "DISABLED", "title": "not in the mask"})
    assert (held(cloud, "bigquery.jobs.create"), cloud("GET", f"{ROLES}/loader").body["title"]) == ([], "Loader")
    cloud("PATCH", f"{ROLES}/loader", {"stage": "GA", "includedPermissions": ["pubsub.topics.publish"]})
    assert held(cloud, "bigquery.jobs.create", "pubsub.topics.publish") == ["pubsub.topics.publish"]
    assert cloud("DELETE", f"{ROLES}/loader").body["deleted"] is True
    assert held(cloud, "pubsub.topics.publish") == []
    assert cloud("GET", ROLES).body == {}
    assert len(cloud("GET", f"{ROLES}?showDeleted=true").body["roles"]) == 1
    cloud("POST", f"{ROLES}/loader:undelete")
    assert held(cloud, "pubsub.topics.publish") == ["pubsub.topics.publish"]


def test_a_role_of_an_organisation_can_be_granted_too(cloud: Any) -> None:
    name = cloud("POST", "/iam/v1/organizations/123456789/roles", LOADER).body["name"]
    assert name == "organizations/123456789/roles/loader"
    cloud.bindings({"role": name, "members": [LOADS]})
    assert held(cloud, "bigquery.jobs.create") == ["bigquery.jobs.create"]


@pytest.mark.parametrize(
    ("role_id", "fields", "status"),
    [
        ("x", {}, 400),
        ("loader", {"stage": "SOON"}, 400),
        ("loader", {"includedPermissions": ["everything"]}, 400),
        ("loader", {"includedPermissions": ["nosuchservice.things.get"]}, 400),
        ("taken", {}, 409),
    ],
)
def test_a_custom_role_that_cannot_be_is_refused(cloud: Any, role_id: str, fields: Any, status: int) -> None:
    cloud("POST", ROLES, {"roleId": "taken"})
    assert cloud("POST", ROLES, {"roleId": role_id, "role": fields}).status == status
    assert cloud("GET", f"{ROLES}/none").status == 404


def test_who_may_not_see_roles_is_refused(cloud: Any) -> None:
    nobody = cloud.token("user:nobody@acme.example")
    assert cloud("GET", ROLES, token=nobody).status == 403
    assert cloud("POST", "/iam/v1/organizations/1/roles", LOADER, token=nobody).status == 403


def test_testable_permissions_come_in_pages_and_are_those_that_a_project_can_test(cloud: Any) -> None:
    names: list[str] = []
    token = ""
    pages = 0
    while pages == 0 or token:
        body = {"fullResourceName": PROJECT, "pageSize": 500, "pageToken": token}
        answer = cloud("POST", TESTABLE, body).body
        names += [each["name"] for each in answer["permissions"]]
        token = answer.get("nextPageToken", "")
        pages += 1
    assert pages > 1
    assert "pubsub.topics.publish" in names
    assert not {"resourcemanager.projects.list", "billing.accounts.get"} & set(names)
    for start in range(0, len(names), 100):
        held(cloud, *names[start : start + 100])


@pytest.mark.parametrize("name", ["resourcemanager.projects.list", "billing.accounts.get", "pubsub.topics.fly"])
def test_a_permission_that_a_project_cannot_test_is_refused_and_named(cloud: Any, name: str) -> None:
    answer = cloud("POST", TEST, {"permissions": ["pubsub.topics.publish", name]})
    assert answer.status == 400
    assert name in answer.body["error"]["message"]


def test_at_most_100_permissions_are_tested_at_once(cloud: Any) -> None:
    names = role_table().testable()[:101]
    assert cloud("POST", TEST, {"permissions": names}).status == 400
