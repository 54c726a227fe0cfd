"""Grants on resources in the setup file: names, roles that fit, and the answers that stand for them."""

from typing import Any

import pytest

from tests.setups import answers_of, loads, problems
from wizard.setup import resource_types
from wizard.setup.access_answers import from_grants
from wizard.setup.problems import SetupError

SETUP = """\
version: 1
mode: aws
aws: {{account: "111122223333", region: ap-northeast-1, runtime: batch-fargate, role: rds-to-bigquery}}
google: {{project: acme-analytics, pool: aws-prod, provider: aws-111122223333}}
access:
  via: direct
  grants: {grants}
"""


@pytest.mark.parametrize(
    ("typed", "name", "place"),
    [
        ("gs://acme-raw", "bucket", "projects/_/buckets/acme-raw"),
        ("gs://acme-raw/in/eu/", "managed folder", "projects/_/buckets/acme-raw/managedFolders/in/eu"),
        ("//storage.googleapis.com/projects/_/buckets/acme-raw", "bucket", "projects/_/buckets/acme-raw"),
        ("acme-analytics:sales", "dataset", "projects/acme-analytics/datasets/sales"),
        ("acme-analytics:sales.orders", "table", "projects/acme-analytics/datasets/sales/tables/orders"),
        (
            "//pubsub.googleapis.com/projects/acme-analytics/topics/orders",
            "topic",
            "projects/acme-analytics/topics/orders",
        ),
        ("//cloudresourcemanager.googleapis.com/projects/acme-analytics", "project", "acme-analytics"),
        ("folders/51", "folder", "folders/51"),
    ],
)
def test_a_resource_has_one_name_however_it_is_typed(typed: str, name: str, place: str) -> None:
    found = resource_types.parse(typed)
    assert found is not None
    assert (found.type.title, found.place) == (name, place)
    assert resource_types.of_place(place) == resource_types.parse(found.full_name) == found


@pytest.mark.parametrize("text", ["gs://", "gs://UPPER", "projects/p/topics/x", "folders/acme", "gs://acme-raw\n", ""])
def test_other_texts_name_no_resource(text: str) -> None:
    assert resource_types.parse(text) is None


@pytest.mark.parametrize(
    ("on", "role", "what", "fix"),
    [
        (
            "projects/acme-analytics/datasets/sales",
            "roles/bigquery.jobUser",
            "roles/bigquery.jobUser has no effect on this dataset",
            "grant the role on projects/acme-analytics",
        ),
        (
            "gs://acme-raw",
            "roles/pubsub.publisher",
            "the role belongs to another product",
            "the product that the role belongs to",
        ),
    ],
)
def test_a_role_without_an_effect_there_is_refused(on: str, role: str, what: str, fix: str) -> None:
    with pytest.raises(SetupError) as refused:
        loads(SETUP.format(grants=f"[{{on: '{on}', roles: [{role}]}}]"))
    (problem,) = refused.value.problems
    assert problem.where == "access.grants[0].roles"
    assert what in problem.what and fix in problem.fix


def test_a_custom_role_and_a_basic_role_are_granted_anywhere() -> None:
    roles = "[projects/acme-analytics/roles/loader, roles/viewer]"
    assert problems(loads(SETUP.format(grants=f"[{{on: 'gs://acme-raw', roles: {roles}}}]"))) == []


JOBS: dict[str, Any] = {"on": "projects/acme-analytics", "roles": ["roles/bigquery.jobUser"]}
EDIT: dict[str, Any] = {"on": "projects/acme-analytics/datasets/sales", "roles": ["roles/bigquery.dataEditor"]}
RAW: dict[str, Any] = {"on": "gs://acme-raw", "roles": ["roles/storage.objectViewer"]}
VIEW: dict[str, Any] = {"on": "projects/acme-analytics", "roles": ["roles/viewer"]}


@pytest.mark.parametrize("grants", [[JOBS, EDIT], [RAW], [VIEW], [VIEW, RAW], [JOBS, EDIT, RAW], [EDIT, JOBS], [JOBS]])
def test_the_answers_give_the_same_grants_again(grants: list[dict[str, Any]]) -> None:
    setup = loads(SETUP.format(grants=grants))
    again = answers_of(setup).to_setup().model_dump(mode="json")["access"]["grants"]
    assert again == grants


def test_a_dataset_and_the_jobs_on_its_project_are_one_answer() -> None:
    found = from_grants([JOBS, EDIT, RAW], "acme-analytics")
    assert found.answers["access.resource"] == EDIT["on"]
    assert found.answers["access.roles"] == ("roles/bigquery.jobUser", "roles/bigquery.dataEditor")
    assert found.further == (RAW,)
