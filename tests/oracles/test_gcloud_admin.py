"""The real gcloud administers the sandbox's project: accounts, policies, services; and is refused as by Google."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from wizard.sandbox.process import Sandbox

pytestmark = [
    pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is not installed"),
    pytest.mark.xdist_group("gcloud-admin"),
]

OLD = "nightly-load@acme-analytics.iam.gserviceaccount.com"
POOL = "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/no-pool/*"
Gcloud = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(arguments=["--steady"]) as running:
        yield running


@pytest.fixture(scope="module")
def gcloud(sandbox: Sandbox) -> Gcloud:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = ["gcloud", *arguments, "--format=json"]
        return subprocess.run(
            command,
            env=sandbox.environ(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def ready(gcloud: Gcloud) -> Gcloud:
    """gcloud, with the APIs on that the tests need; switching them on is itself a test of one and of several."""
    one = gcloud("services", "enable", "iam.googleapis.com")
    several = gcloud("services", "enable", "sts.googleapis.com", "iamcredentials.googleapis.com")
    for done in (one, several):
        assert done.returncode == 0, done.stderr
        assert "finished successfully" in done.stderr
    return gcloud


def shown(done: "subprocess.CompletedProcess[str]") -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_api_that_is_off_is_named_with_its_project() -> None:
    with Sandbox() as fresh:
        command = ["gcloud", "iam", "service-accounts", "list"]
        done = subprocess.run(command, env=fresh.environ(), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "(IAM) API has not been used in project 123456789012 before or it is disabled" in done.stderr
    assert "reason: SERVICE_DISABLED" in done.stderr


def test_enabled_services_are_listed(ready: Gcloud) -> None:
    names = {each["config"]["name"] for each in shown(ready("services", "list", "--enabled"))}
    assert {"iam.googleapis.com", "sts.googleapis.com", "iamcredentials.googleapis.com"} <= names
    assert "pubsub.googleapis.com" not in names


def test_a_service_that_does_not_exist_is_refused(ready: Gcloud) -> None:
    done = ready("services", "enable", "nothing.example")
    assert done.returncode == 1
    assert "PERMISSION_DENIED" in done.stderr


def test_a_service_account_is_created_described_disabled_and_enabled(ready: Gcloud) -> None:
    email = "wif-sa@acme-analytics.iam.gserviceaccount.com"
    assert shown(ready("iam", "service-accounts", "create", "wif-sa", "--display-name=wif"))["email"] == email
    again = ready("iam", "service-accounts", "create", "wif-sa")
    assert "already exists within project projects/acme-analytics" in again.stderr
    assert ready("iam", "service-accounts", "disable", email).returncode == 0
    assert shown(ready("iam", "service-accounts", "describe", email))["disabled"] is True
    assert ready("iam", "service-accounts", "enable", email).returncode == 0
    listed = shown(ready("iam", "service-accounts", "list"))
    assert {each["email"]: each.get("disabled", False) for each in listed} == {email: False, OLD: False}


def test_an_unknown_service_account_is_refused_as_by_google(ready: Gcloud) -> None:
    done = ready("iam", "service-accounts", "describe", "nobody@acme-analytics.iam.gserviceaccount.com")
    assert done.returncode == 1
    assert "Permission 'iam.serviceAccounts.get' denied on resource (or it may not exist)" in done.stderr


def test_a_binding_is_added_to_a_service_account(ready: Gcloud) -> None:
    grant = ["--role=roles/iam.workloadIdentityUser", "--member=user:loader@acme.example"]
    policy = shown(ready("iam", "service-accounts", "add-iam-policy-binding", OLD, *grant))
    assert policy["bindings"] == [{"role": "roles/iam.workloadIdentityUser", "members": ["user:loader@acme.example"]}]
    assert policy["version"] == 1


def test_a_binding_is_added_to_the_project_and_the_others_stay(ready: Gcloud) -> None:
    command = ["projects", "add-iam-policy-binding", "acme-analytics", "--condition=None"]
    policy = shown(ready(*command, "--role=roles/bigquery.jobUser", "--member=user:loader@acme.example"))
    assert policy == shown(ready("projects", "get-iam-policy", "acme-analytics"))
    members = {each["role"]: each["members"] for each in policy["bindings"]}
    assert members["roles/bigquery.jobUser"] == [f"serviceAccount:{OLD}", "user:loader@acme.example"]
    assert members["roles/owner"] == ["user:operator@acme.example"]


@pytest.mark.parametrize(
    ("member", "text"),
    [
        ("serviceAccount:nobody@acme-analytics.iam.gserviceaccount.com", "does not exist."),
        (POOL, "Identity Pool does not exist (projects/123456789012/locations/global/workloadIdentityPools/no-pool)."),
    ],
)
def test_a_member_that_does_not_exist_is_refused(ready: Gcloud, member: str, text: str) -> None:
    command = ["projects", "add-iam-policy-binding", "acme-analytics", "--condition=None"]
    done = ready(*command, "--role=roles/bigquery.jobUser", f"--member={member}")
    assert done.returncode == 1
    assert "INVALID_ARGUMENT" in done.stderr
    assert text in done.stderr


def test_a_project_is_described_and_an_unknown_one_refused(gcloud: Gcloud) -> None:
    assert shown(gcloud("projects", "describe", "acme-analytics"))["projectNumber"] == "123456789012"
    done = gcloud("projects", "describe", "never-existed")
    assert done.returncode == 1
    assert "The caller does not have permission" in done.stderr


def test_custom_roles_are_created_changed_granted_and_deleted(ready: Gcloud):
    on = "--project=acme-analytics"
    created = shown(ready("iam", "roles", "create", "loader", on, "--title=Loader", "--permissions=pubsub.topics.get"))
    assert created["includedPermissions"] == ["pubsub.topics.get"]
    shown(ready("iam", "roles", "update", "loader", on, "--add-permissions=pubsub.topics.publish", "--stage=GA"))
    described = shown(ready("iam", "roles", "describe", "loader", on))
    assert (described["stage"], described["includedPermissions"]) == (
        "GA",
        ["pubsub.topics.get", "pubsub.topics.publish"],
    )
    role, member = "projects/acme-analytics/roles/loader", "--member=user:a@acme.example"
    shown(ready("projects", "add-iam-policy-binding", "acme-analytics", member, f"--role={role}", "--condition=None"))
    assert shown(ready("iam", "roles", "delete", "loader", on))["deleted"] is True
    assert shown(ready("iam", "roles", "list", on)) == []


def test_an_organisations_roles_and_the_testable_permissions_are_listed(ready: Gcloud):
    shown(ready("iam", "roles", "create", "reader", "--organization=123456789", "--permissions=pubsub.topics.get"))
    assert [each["name"] for each in shown(ready("iam", "roles", "list", "--organization=123456789"))] == [
        "organizations/123456789/roles/reader"
    ]
    project = "//cloudresourcemanager.googleapis.com/projects/acme-analytics"
    names = [each["name"] for each in shown(ready("iam", "list-testable-permissions", project))]
    assert "pubsub.topics.publish" in names and "resourcemanager.projects.list" not in names
    assert shown(ready("iam", "roles", "describe", "roles/pubsub.viewer"))["title"] == "Pub/Sub Viewer"
    assert len(shown(ready("iam", "roles", "list"))) > 250
