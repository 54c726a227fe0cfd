"""Roles that a member has another way count as in place, and the plan says through what; conditions are shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resources.writing import change_of, write
from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change
from wizard.federation import gke
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity, members_of
from wizard.resources.grants import ProjectGrants, ServiceAccountGrants
from wizard.sandbox.process import Sandbox

WORLD = Path(__file__).with_name("held.yaml")
PROJECT, POOL = "acme-payments", PoolName("210987654321", "acme-payments.svc.id.goog")
MEMBER = gke.principal(PROJECT, "210987654321", "checkout", "checkout")
NAMESPACE = f"principalSet://iam.googleapis.com/{POOL.name}/namespace/checkout"
LEGACY = gke.workload_identity_member(PROJECT, "checkout", "checkout")
ALSO = {member: tuple(members_of(FederatedIdentity(POOL, "ns/checkout/sa/checkout"))) for member in (MEMBER, LEGACY)}
IMPERSONATE = "roles/iam.workloadIdentityUser"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(str(WORLD)) as running:
        yield running


@pytest.fixture
def clouds(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Clouds:
    for name, value in sandbox.variables.items():
        monkeypatch.setenv(name, value)
    return Clouds(PROJECT)


def on_project(role: str, member: str = MEMBER) -> ProjectGrants:
    return ProjectGrants(PROJECT, {role: (member,)}, also=ALSO)


def on_account(name: str, member: str = LEGACY, also: dict[str, tuple[str, ...]] = ALSO) -> ServiceAccountGrants:
    email = f"{name}@acme-payments.iam.gserviceaccount.com"
    return ServiceAccountGrants(PROJECT, {IMPERSONATE: (member,)}, also=also, email=email)


def planned(resource: ProjectGrants | ServiceAccountGrants, clouds: Clouds) -> tuple[str, list[str]]:
    change = change_of(resource, clouds)
    return change.action, resource.notes(change)


def test_a_grant_whose_condition_holds_is_in_place(clouds: Clouds) -> None:
    assert planned(on_project("roles/pubsub.publisher"), clouds) == (
        "none",
        [
            f'{MEMBER} already has roles/pubsub.publisher under the condition "until-2090" '
            "(request.time < timestamp('2090-01-01T00:00:00Z'); true until 2090-01-01 (UTC)). "
            "The wizard adds no permanent grant."
        ],
    )


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (
            "roles/pubsub.subscriber",
            "\"project-x\" (request.time < timestamp('2020-01-01T00:00:00Z'); expired).",
        ),
        (
            "roles/bigquery.jobUser",
            "\"go-live\" (request.time > timestamp('2090-01-01T12:30:00Z'); not true before 2090-01-01 12:30:00 UTC).",
        ),
        (
            "roles/bigquery.dataViewer",
            "\"one dataset\" (resource.name.startsWith('projects/acme-payments/datasets/a'); the wizard "
            "cannot tell whether the condition is true).",
        ),
    ],
)
def test_beside_a_condition_that_does_not_hold_a_permanent_grant_is_planned(
    clouds: Clouds, role: str, said: str
) -> None:
    wanted = on_project(role)
    change = change_of(wanted, clouds)
    assert wanted.notes(change) == [
        f"{MEMBER} has {role} only under the condition {said}",
        f"The wizard adds a permanent grant of {role} to {MEMBER} in addition to the conditional grant.",
    ]
    ((key, before, after),) = change.fields
    assert (key, after) == (role, [MEMBER])
    assert "only under the condition" in before[0], "not absent"
    assert wanted.commands(change) == [
        f"gcloud projects add-iam-policy-binding {PROJECT} --role={role} --member={MEMBER} --condition=None"
    ]


def test_what_is_added_beside_a_condition_leaves_the_condition(clouds: Clouds) -> None:
    wanted = on_project("roles/pubsub.subscriber")
    write(wanted, clouds)
    assert planned(wanted, clouds) == ("none", [])
    body = {"options": {"requestedPolicyVersion": 3}}
    policy = clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{PROJECT}:getIamPolicy", body)
    titles = [each.get("condition", {}).get("title") for each in policy["bindings"] if each["role"] in wanted.grants]
    assert sorted(map(str, titles)) == ["None", "project-x"]


def test_a_permanent_grant_beside_a_condition_is_just_in_place(clouds: Clouds) -> None:
    assert planned(on_project("roles/spanner.databaseUser"), clouds) == ("none", [])


def test_a_grant_to_the_namespace_counts(clouds: Clouds) -> None:
    assert planned(on_project("roles/storage.objectViewer"), clouds) == (
        "none",
        [f"{MEMBER} already has roles/storage.objectViewer, through a grant to {NAMESPACE}. The wizard adds no grant."],
    )


def test_a_condition_on_the_grant_to_the_namespace_is_said(clouds: Clouds) -> None:
    action, notes = planned(on_project("roles/bigquery.dataEditor"), clouds)
    assert action == "none"
    assert notes[0].startswith(f'{NAMESPACE} already has roles/bigquery.dataEditor under the condition "until-2090"')


def test_a_grant_on_the_folder_counts(clouds: Clouds) -> None:
    how = "through a grant on folders/888888888888. The wizard adds no grant."
    said = f"{MEMBER} already has roles/logging.logWriter, {how}"
    assert planned(on_project("roles/logging.logWriter"), clouds) == ("none", [said])


def test_a_grant_on_the_folder_that_has_ended_does_not_count(clouds: Clouds) -> None:
    assert planned(on_project("roles/spanner.databaseReader"), clouds) == ("update", [])


def test_what_may_not_be_read_concludes_nothing(clouds: Clouds) -> None:
    """The operator does not have the permission to read the organization's policy, which has the grant."""
    assert planned(on_account("scorer"), clouds) == ("update", [])


def test_impersonation_granted_on_the_project_counts(clouds: Clouds) -> None:
    member = gke.workload_identity_member(PROJECT, "ledger", "ledger")
    assert planned(on_account("scorer", member), clouds) == (
        "none",
        [f"{member} already has {IMPERSONATE}, through a grant on projects/acme-payments. The wizard adds no grant."],
    )


def test_the_principal_counts_for_the_older_member_and_the_other_way_round(clouds: Clouds) -> None:
    assert planned(on_account("checkout"), clouds) == (
        "none",
        [f"{LEGACY} already has {IMPERSONATE}, through a grant to {MEMBER}. The wizard adds no grant."],
    )
    assert planned(on_account("checkout", MEMBER), clouds) == ("none", [])


def test_a_deleted_account_of_the_same_name_does_not_count(clouds: Clouds) -> None:
    email = "serviceAccount:scorer@acme-payments.iam.gserviceaccount.com"
    wanted = on_project("roles/storage.objectViewer", email)
    action, notes = planned(wanted, clouds)
    assert action == "update"
    assert notes == [
        f"deleted:{email}?uid=123456789012345678901 is a deleted account. The grant of roles/storage.objectViewer to "
        "the deleted account does not apply to a new account of the same name."
    ]
    write(wanted, clouds)
    assert planned(wanted, clouds) == ("none", [])
    body = {"options": {"requestedPolicyVersion": 3}}
    policy = clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{PROJECT}:getIamPolicy", body)
    assert f"deleted:{email}?uid=123456789012345678901" in str(policy), "what others have is kept"


def test_a_setup_whose_grants_are_all_in_place_reads_no_other_policy(clouds: Clouds, sandbox: Sandbox) -> None:
    def asked() -> int:
        return sandbox.request_log.read_text(encoding="utf-8").count("getAncestry")

    before = asked()
    assert planned(on_project("roles/spanner.databaseUser"), clouds)[0] == "none"
    assert asked() == before
    planned(on_project("roles/logging.logWriter"), clouds)
    assert asked() == before + 1


def test_what_contains_a_project_that_was_read_is_not_asked_for_again(clouds: Clouds, sandbox: Sandbox) -> None:
    def asked() -> int:
        return sandbox.request_log.read_text(encoding="utf-8").count("getAncestry")

    project_number(clouds, PROJECT)
    before, wanted = asked(), on_project("roles/logging.logWriter")
    planned(wanted, clouds)
    in_a_folder = asked() - before
    parent = clouds.projects[PROJECT].pop("parent")
    planned(wanted, clouds)
    assert (parent["type"], in_a_folder, asked() - before) == ("folder", 1, 1)


def test_a_state_that_was_not_read_has_no_notes() -> None:
    wanted = on_project("roles/viewer")
    assert wanted.notes(Change(wanted, None, wanted.desired())) == []
