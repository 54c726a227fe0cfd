"""Sets of roles that cannot do their usual job."""

import pytest

from wizard.setup.role_sets import GAPS, notes


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        (["roles/bigquery.dataEditor"], "also need roles/bigquery.jobUser"),
        (
            ["roles/bigquery.dataViewer", "roles/pubsub.publisher"],
            "roles/bigquery.dataViewer does not allow running jobs",
        ),
        (["roles/storage.objectCreator"], "does not allow listing objects"),
        (["roles/pubsub.subscriber"], "not view the subscription"),
        (["roles/cloudsql.instanceUser"], "roles/cloudsql.client"),
        (["roles/bigquery.readSessionUser"], "does not allow reading tables"),
    ],
)
def test_what_is_missing_for_the_usual_job_is_said(roles: list[str], words: str) -> None:
    (note,) = notes(roles)
    assert words in note


@pytest.mark.parametrize(
    "roles",
    [
        [],
        ["roles/bigquery.dataEditor", "roles/bigquery.jobUser"],
        ["roles/bigquery.dataViewer", "roles/bigquery.user"],
        ["roles/bigquery.admin"],
        ["roles/bigquery.dataEditor", "roles/editor"],
        ["roles/storage.objectCreator", "roles/storage.objectViewer"],
        ["roles/pubsub.subscriber", "roles/pubsub.viewer"],
        ["roles/spanner.databaseUser"],
    ],
)
def test_a_whole_set_needs_no_note(roles: list[str]) -> None:
    assert notes(roles) == []


def test_a_custom_role_may_contain_what_is_missing() -> None:
    assert notes(["roles/bigquery.dataEditor", "projects/acme-analytics/roles/runsJobs"]) == []


def test_one_of_the_completing_roles_is_enough_for_each_gap() -> None:
    for gap in GAPS:
        for role in gap.completed_by:
            assert not any(gap.text.format(role=each) in notes([each, role]) for each in gap.roles)
