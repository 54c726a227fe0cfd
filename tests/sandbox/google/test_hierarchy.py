"""Resource Manager: projects, folders and organizations are listed, created, changed, moved and deleted."""

from typing import Any

import pytest

from tests.sandbox.clients import GCLOUD, Clock, Cloud
from wizard.sandbox.model.world import Settings, World
from wizard.sandbox.scenario import parse
from wizard.sandbox.seeding import operator_token, seed

MANAGER = "/cloudresourcemanager"
ORGANIZATION = "organizations/777777777777"
OTHER = {"type": "organization", "id": "666666666666"}
FOLDER = "folders/888888888888"
WORLD = f"""
title: a project in a folder of an organization
google:
  operator: user:operator@acme.example
  organizations:
  - id: "777777777777"
    name: acme.example
    policy:
    - {{role: roles/resourcemanager.organizationAdmin, members: ["user:operator@acme.example"]}}
    - {{role: roles/owner, members: ["user:operator@acme.example"]}}
  - {{id: "666666666666", name: other.example}}
  folders:
  - {{id: "888888888888", name: Data, parent: {ORGANIZATION}}}
  - {{id: "999999999999", name: Empty, parent: {ORGANIZATION}}}
  projects:
  - id: acme-analytics
    number: "123456789012"
    name: Acme Analytics
    parent: {FOLDER}
    services: [cloudresourcemanager.googleapis.com, iam.googleapis.com]
  - id: acme-alone
    number: "210987654321"
    services: [cloudresourcemanager.googleapis.com]
    policy: [{{role: roles/owner, members: ["user:operator@acme.example"]}}]
"""


@pytest.fixture
def cloud() -> Cloud:
    """The world, and its operator."""
    clock = Clock()
    world = World(Settings(), clock=clock)
    google = parse("world", WORLD).google
    seed(world, google)
    return Cloud(world, clock, operator_token(world, google))


def ok(cloud: Cloud, method: str, path: str, body: Any = None) -> Any:
    answer = cloud(method, f"{MANAGER}{path}", body, headers=GCLOUD)
    assert answer.status == 200, answer
    return answer.body


def refused(cloud: Cloud, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
    answer = cloud(method, f"{MANAGER}{path}", body, headers=GCLOUD, **more)
    return answer.status, answer.body["error"]["status"]


def test_a_project_names_its_parent_in_the_words_of_each_version(cloud: Cloud) -> None:
    assert ok(cloud, "GET", "/v1/projects/acme-analytics")["parent"] == {"type": "folder", "id": "888888888888"}
    assert ok(cloud, "GET", "/v3/projects/acme-analytics")["parent"] == FOLDER
    assert "parent" not in ok(cloud, "GET", "/v1/projects/acme-alone")
    assert "parent" not in ok(cloud, "GET", "/v3/projects/acme-alone")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("v3/projects:search", ["acme-alone", "acme-analytics"]),
        (f"v3/projects:search?query=parent:{FOLDER}", ["acme-analytics"]),
        (f"v3/projects:search?query=parent%3D{FOLDER} state:ACTIVE", ["acme-analytics"]),
        (f"v3/projects?parent={FOLDER}", ["acme-analytics"]),
        (f"v3/projects?parent={ORGANIZATION}", []),
        ("v1/projects?filter=parent.type:folder parent.id:888888888888", ["acme-analytics"]),
        ("v1/projects?filter=(id:acme-alone OR name:Acme*) lifecycleState:ACTIVE", ["acme-alone", "acme-analytics"]),
        ("v1/projects?filter=labels.team:*", []),
    ],
)
def test_projects_are_found_by_their_parent(cloud: Cloud, query: str, ids: list[str]) -> None:
    found = ok(cloud, "GET", f"/{query}").get("projects", [])
    assert [each["projectId"] for each in found] == ids


def test_a_list_of_version_3_needs_a_parent_that_the_caller_may_list(cloud: Cloud) -> None:
    assert refused(cloud, "GET", "/v3/projects") == (400, "INVALID_ARGUMENT")
    assert refused(cloud, "GET", "/v3/projects?parent=projects/1") == (400, "INVALID_ARGUMENT")
    assert refused(cloud, "GET", "/v3/projects?parent=folders/1") == (403, "PERMISSION_DENIED")
    assert refused(cloud, "GET", "/v3/folders?parent=organizations/666666666666") == (403, "PERMISSION_DENIED")


def test_folders_and_organizations_read_in_the_words_of_each_version(cloud: Cloud) -> None:
    old = {"name", "parent", "displayName", "lifecycleState", "createTime"}
    new = {"name", "parent", "displayName", "state", "createTime", "updateTime", "etag"}
    assert set(ok(cloud, "GET", f"/v2/{FOLDER}")) == old
    assert set(ok(cloud, "GET", f"/v3/{FOLDER}")) == new
    shown = ok(cloud, "GET", f"/v1/{ORGANIZATION}")
    assert set(shown) == {"name", "displayName", "owner", "creationTime", "lifecycleState"}
    shown = ok(cloud, "GET", f"/v3/{ORGANIZATION}")
    assert set(shown) == {*new, "directoryCustomerId"} - {"parent"}


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_folders_are_listed_below_their_parent(cloud: Cloud, version: str) -> None:
    found = ok(cloud, "GET", f"/{version}/folders?parent={ORGANIZATION}")["folders"]
    assert [each["displayName"] for each in found] == ["Data", "Empty"]
    assert ok(cloud, "GET", f"/{version}/folders?parent={FOLDER}") == {}


def test_folders_and_organizations_are_searched(cloud: Cloud) -> None:
    (found,) = ok(cloud, "GET", "/v3/folders:search?query=displayName%3DEmpty")["folders"]
    assert found["name"] == "folders/999999999999"
    assert ok(cloud, "POST", "/v2/folders:search", {"query": "displayName=Data"})["folders"][0]["name"] == FOLDER
    for method, path in (("POST", "/v1/organizations:search"), ("GET", "/v3/organizations:search")):
        (only,) = ok(cloud, method, path, {} if method == "POST" else None)["organizations"]
        assert only["name"] == ORGANIZATION


def test_a_project_is_created_as_recorded(cloud: Cloud) -> None:
    body = {
        "labels": {"team": "data"},
        "name": "New one",
        "parent": {"id": "777777777777", "type": "organization"},
        "projectId": "acme-new",
    }
    started = ok(cloud, "POST", "/v1/projects", body)
    assert set(started) == {"name"}
    assert started["name"].startswith("operations/cp.")
    done = ok(cloud, "GET", f"/v1/{started['name']}")
    kind = "type.googleapis.com/google.cloudresourcemanager.v1."
    assert done["metadata"] == {"@type": f"{kind}ProjectCreationStatus", "gettable": True, "ready": True}
    shown = ok(cloud, "GET", "/v1/projects/acme-new")
    assert done["response"] == {"@type": f"{kind}Project", **shown}
    assert shown["labels"] == {"team": "data"}
    assert shown["parent"] == {"type": "organization", "id": "777777777777"}
    assert set(shown) == {*body, "projectNumber", "lifecycleState", "createTime"}
    assert refused(cloud, "POST", "/v1/projects", body) == (409, "ALREADY_EXISTS")


def test_a_project_of_version_3_is_created_changed_and_moved(cloud: Cloud) -> None:
    started = ok(cloud, "POST", "/v3/projects", {"projectId": "acme-new", "displayName": "New one", "parent": FOLDER})
    assert ok(cloud, "GET", f"/v3/{started['name']}")["response"]["parent"] == FOLDER
    ok(cloud, "PATCH", "/v3/projects/acme-new?updateMask=labels", {"labels": {"a": "b"}, "displayName": "Ignored"})
    ok(cloud, "POST", "/v3/projects/acme-new:move", {"destinationParent": ORGANIZATION})
    shown = ok(cloud, "GET", "/v3/projects/acme-new")
    assert (shown["labels"], shown["displayName"], shown["parent"]) == ({"a": "b"}, "New one", ORGANIZATION)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"projectId": "short"}, (400, "INVALID_ARGUMENT")),
        ({"projectId": "Upper-case"}, (400, "INVALID_ARGUMENT")),
        ({"projectId": "acme-new", "name": "x" * 31}, (400, "INVALID_ARGUMENT")),
        ({"projectId": "acme-new", "labels": {"Upper": "a"}}, (400, "INVALID_ARGUMENT")),
        ({"projectId": "acme-new", "parent": {"type": "folder", "id": "1"}}, (403, "PERMISSION_DENIED")),
        (
            {"projectId": "acme-new", "parent": {"type": "organization", "id": "666666666666"}},
            (403, "PERMISSION_DENIED"),
        ),
        ({"projectId": "acme-alone"}, (409, "ALREADY_EXISTS")),
    ],
)
def test_a_project_that_breaks_the_rules_is_refused(cloud: Cloud, body: Any, answer: tuple[int, str]) -> None:
    assert refused(cloud, "POST", "/v1/projects", body) == answer


def test_an_update_of_version_1_replaces_name_and_labels(cloud: Cloud) -> None:
    ok(cloud, "PUT", "/v1/projects/acme-alone", {"name": "Alone", "labels": {"a": "b"}})
    shown = ok(cloud, "PUT", "/v1/projects/acme-alone", {"name": "Not alone", "labels": {"c": "d"}})
    assert (shown["name"], shown["labels"]) == ("Not alone", {"c": "d"})


def test_a_deleted_project_serves_nothing_until_it_is_restored(cloud: Cloud) -> None:
    accounts = "/iam/v1/projects/acme-analytics/serviceAccounts"
    assert cloud("GET", accounts, headers=GCLOUD).status == 200
    assert ok(cloud, "DELETE", "/v1/projects/acme-analytics") == {}
    assert ok(cloud, "GET", "/v1/projects/acme-analytics")["lifecycleState"] == "DELETE_REQUESTED"
    assert cloud("GET", accounts, headers=GCLOUD).status == 403
    assert refused(cloud, "DELETE", "/v1/projects/acme-analytics") == (400, "FAILED_PRECONDITION")
    assert ok(cloud, "GET", f"/v3/projects?parent={FOLDER}") == {}
    assert ok(cloud, "GET", f"/v3/projects?parent={FOLDER}&showDeleted=true")["projects"][0]["deleteTime"]
    assert ok(cloud, "POST", "/v1/projects/acme-analytics:undelete", {}) == {}
    assert cloud("GET", accounts, headers=GCLOUD).status == 200
    assert refused(cloud, "POST", "/v1/projects/acme-analytics:undelete", {}) == (400, "FAILED_PRECONDITION")


def test_a_reader_may_not_change_a_project(cloud: Cloud) -> None:
    token = cloud.token("user:reader@acme.example")
    for method, path in (("PUT", "/v1/projects/acme-alone"), ("DELETE", "/v1/projects/acme-alone")):
        assert refused(cloud, method, path, {}, token=token) == (403, "PERMISSION_DENIED")
    assert refused(cloud, "POST", f"/v2/folders?parent={FOLDER}", {"displayName": "New"}, token=token)[0] == 403


def test_a_folder_of_version_2_lives_its_life(cloud: Cloud) -> None:
    started = ok(cloud, "POST", f"/v2/folders?parent={ORGANIZATION}", {"displayName": "Reports"})
    made = ok(cloud, "GET", f"/v1/{started['name']}")["response"]
    assert made["@type"] == "type.googleapis.com/google.cloud.resourcemanager.v2.Folder"
    name = made["name"]
    assert ok(cloud, "PATCH", f"/v2/{name}?updateMask=displayName", {"displayName": "More"})["displayName"] == "More"
    ok(cloud, "POST", f"/v2/{name}:move", {"destinationParent": FOLDER})
    assert ok(cloud, "GET", f"/v2/{name}")["parent"] == FOLDER
    assert ok(cloud, "DELETE", f"/v2/{name}")["lifecycleState"] == "DELETE_REQUESTED"
    assert refused(cloud, "DELETE", f"/v2/{name}") == (400, "FAILED_PRECONDITION")
    assert ok(cloud, "POST", f"/v2/{name}:undelete", {})["lifecycleState"] == "ACTIVE"


def test_a_folder_of_version_3_answers_operations(cloud: Cloud) -> None:
    started = ok(cloud, "POST", "/v3/folders", {"displayName": "Reports", "parent": ORGANIZATION})
    name = ok(cloud, "GET", f"/v3/{started['name']}")["response"]["name"]
    for method, path, body in (
        ("PATCH", f"/v3/{name}?updateMask=displayName", {"displayName": "More"}),
        ("POST", f"/v3/{name}:move", {"destinationParent": FOLDER}),
        ("DELETE", f"/v3/{name}", None),
        ("POST", f"/v3/{name}:undelete", {}),
    ):
        done = ok(cloud, "GET", f"/v3/{ok(cloud, method, path, body)['name']}")
        assert done["done"] is True
        assert done["response"]["name"] == name


def test_a_folder_that_breaks_the_rules_is_refused(cloud: Cloud) -> None:
    assert refused(cloud, "POST", f"/v2/folders?parent={ORGANIZATION}", {"displayName": "Data"})[0] == 400
    assert refused(cloud, "POST", f"/v2/folders?parent={ORGANIZATION}", {"displayName": "x"})[0] == 400
    assert refused(cloud, "POST", "/v2/folders", {"displayName": "Reports"})[0] == 400
    assert refused(cloud, "DELETE", f"/v2/{FOLDER}") == (400, "FAILED_PRECONDITION")
    assert refused(cloud, "POST", f"/v2/{FOLDER}:move", {"destinationParent": FOLDER})[0] == 400


def test_an_unknown_operation_is_not_found(cloud: Cloud) -> None:
    assert refused(cloud, "GET", "/v1/operations/cp.1") == (404, "NOT_FOUND")
