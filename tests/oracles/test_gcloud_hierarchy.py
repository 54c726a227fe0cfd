"""The real gcloud reads folders and organizations of the sandbox, and is refused policies as Google refuses them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

PROJECT = "acme-analytics"
POOL = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod"
WORLD = """
title: a project in a folder of an organization
google:
  operator: user:operator@acme.example
  organizations:
  - id: "777777777777"
    name: acme.example
    policy: [{role: roles/resourcemanager.organizationAdmin, members: ["user:operator@acme.example"]}]
  folders:
  - id: "888888888888"
    name: Data
    parent: organizations/777777777777
    policy: [{role: roles/bigquery.jobUser, members: ["user:analyst@acme.example"]}]
  projects:
  - id: acme-analytics
    number: "123456789012"
    parent: folders/888888888888
    services: [cloudresourcemanager.googleapis.com, iam.googleapis.com, serviceusage.googleapis.com]
    policy: [{role: roles/owner, members: ["user:operator@acme.example"]}]
    pools: [{id: aws-prod}]
  - id: acme-alone
    number: "210987654321"
    services: [cloudresourcemanager.googleapis.com]
    policy: [{role: roles/owner, members: ["user:operator@acme.example"]}]
"""


@pytest.fixture(scope="module")
def gcloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """gcloud, in a world with folders."""
    need("gcloud")
    world: Path = tmp_path_factory.mktemp("hierarchy") / "world.yaml"
    world.write_text(WORLD, encoding="utf-8")
    with Sandbox(str(world)) as sandbox:
        yield Program("gcloud", sandbox.environ())


def bindings(policy: Any) -> set[tuple[str, str]]:
    return {(each["role"], member) for each in policy.get("bindings", ()) for member in each["members"]}


def test_the_ancestors_of_a_project_are_listed(gcloud: Program) -> None:
    assert gcloud.json("projects", "get-ancestors", PROJECT) == [
        {"id": PROJECT, "type": "project"},
        {"id": "888888888888", "type": "folder"},
        {"id": "777777777777", "type": "organization"},
    ]
    assert gcloud.json("projects", "describe", PROJECT)["parent"] == {"id": "888888888888", "type": "folder"}


def test_the_policies_above_a_project_are_read(gcloud: Program) -> None:
    folder = gcloud.json("resource-manager", "folders", "get-iam-policy", "888888888888")
    assert bindings(folder) == {("roles/bigquery.jobUser", "user:analyst@acme.example")}
    organization = gcloud.json("organizations", "get-iam-policy", "777777777777")
    assert ("roles/resourcemanager.organizationAdmin", "user:operator@acme.example") in bindings(organization)


def test_grants_are_added_above_a_project(gcloud: Program) -> None:
    grant = ("--member=user:other@acme.example", "--role=roles/viewer", "--condition=None")
    folder = gcloud.json("resource-manager", "folders", "add-iam-policy-binding", "888888888888", *grant)
    organization = gcloud.json("organizations", "add-iam-policy-binding", "777777777777", *grant)
    for policy in (folder, organization):
        assert ("roles/viewer", "user:other@acme.example") in bindings(policy)


@pytest.mark.parametrize(
    "grant",
    [
        ("--member=allUsers", "--role=roles/viewer", "--condition=None"),
        (f"--member=principalSet://{POOL}/providers/aws", "--role=roles/viewer", "--condition=None"),
        ("--member=user:a@acme.example", "--role=roles/bigquery.jobUser", "--condition=expression=nonsense <,title=t"),
    ],
)
def test_grants_that_google_does_not_store_are_refused(gcloud: Program, grant: tuple[str, ...]) -> None:
    assert "INVALID_ARGUMENT" in gcloud.refused("projects", "add-iam-policy-binding", PROJECT, *grant)


def test_the_last_owner_of_a_project_without_an_organization_stays(gcloud: Program) -> None:
    owner = ("--member=user:operator@acme.example", "--role=roles/owner", "--condition=None")
    assert "FAILED_PRECONDITION" in gcloud.refused("projects", "remove-iam-policy-binding", "acme-alone", *owner)


def test_a_conditional_grant_is_added_and_removed(gcloud: Program) -> None:
    until = "--condition=title=until-2030,expression=request.time < timestamp('2030-01-01T00:00:00Z')"
    grant = ("--member=user:a@acme.example", "--role=roles/bigquery.jobUser", until)
    added = gcloud.json("projects", "add-iam-policy-binding", PROJECT, *grant)
    assert [each["condition"]["title"] for each in added["bindings"] if "condition" in each] == ["until-2030"]
    removed = gcloud.json("projects", "remove-iam-policy-binding", PROJECT, *grant)
    assert not any("condition" in each for each in removed["bindings"])


def test_organizations_folders_and_projects_are_listed(gcloud: Program) -> None:
    (organization,) = gcloud.json("organizations", "list")
    assert (organization["name"], organization["displayName"]) == ("organizations/777777777777", "acme.example")
    (folder,) = gcloud.json("resource-manager", "folders", "list", "--organization=777777777777")
    assert (folder["name"], folder["displayName"]) == ("folders/888888888888", "Data")
    (project,) = gcloud.json("projects", "list", "--filter=parent.id:888888888888")
    assert project["projectId"] == PROJECT


def test_a_project_lives_its_life(gcloud: Program) -> None:
    gcloud.ok("projects", "create", "acme-reports", "--folder=888888888888", "--labels=team=data", "--name=Reports")
    shown = gcloud.json("projects", "describe", "acme-reports")
    assert shown["labels"] == {"team": "data"}
    assert shown["parent"] == {"id": "888888888888", "type": "folder"}
    gcloud.ok("projects", "update", "acme-reports", "--name=More reports")
    gcloud.ok("projects", "delete", "acme-reports", "--quiet")
    gone = gcloud.json("projects", "describe", "acme-reports")
    assert (gone["name"], gone["lifecycleState"]) == ("More reports", "DELETE_REQUESTED")
    gcloud.ok("projects", "undelete", "acme-reports")
    assert gcloud.json("projects", "describe", "acme-reports")["lifecycleState"] == "ACTIVE"


def test_a_folder_lives_its_life(gcloud: Program) -> None:
    folders = ("resource-manager", "folders")
    made = gcloud.json(*folders, "create", "--display-name=Reports", "--organization=777777777777")
    number = made["name"].removeprefix("folders/")
    gcloud.ok(*folders, "update", number, "--display-name=More reports")
    gcloud.ok(*folders, "move", number, "--folder=888888888888")
    shown = gcloud.json(*folders, "describe", number)
    assert (shown["displayName"], shown["parent"]) == ("More reports", "folders/888888888888")
    gcloud.ok(*folders, "delete", number)
    gcloud.ok(*folders, "undelete", number)
    gcloud.ok(*folders, "delete", number)


def test_any_service_can_be_enabled_and_what_is_none_is_refused(gcloud: Program) -> None:
    gcloud.ok("services", "enable", "privateca.googleapis.com", "apigee.googleapis.com", f"--project={PROJECT}")
    listed = gcloud.json("services", "list", "--enabled", f"--project={PROJECT}")
    assert {"privateca.googleapis.com", "apigee.googleapis.com"} <= {each["config"]["name"] for each in listed}
    refusal = gcloud.refused("services", "enable", "no.example", f"--project={PROJECT}")
    assert "Not found or permission denied for service(s): no.example." in refusal
    gcloud.ok("services", "disable", "apigee.googleapis.com", f"--project={PROJECT}")
