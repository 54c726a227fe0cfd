"""Which product a role is for, and whether a federated identity can use it by itself."""

import pytest

from wizard.setup.products import direct_access_note, direct_access_problem, service_of


@pytest.mark.parametrize(
    ("role", "service"),
    [
        ("roles/bigquery.dataEditor", "bigquery.googleapis.com"),
        ("roles/spanner.databaseUser", "spanner.googleapis.com"),
        ("roles/cloudsql.client", "sqladmin.googleapis.com"),
        ("roles/storage.objectViewer", "storage.googleapis.com"),
        ("roles/viewer", None),
        ("roles/unheardof.user", None),
        ("projects/acme-analytics/roles/bigquery.loader", None),
    ],
)
def test_a_role_belongs_to_an_api(role: str, service: str | None) -> None:
    assert service_of(role) == service


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        ("roles/run.invoker", "Cloud Run"),
        ("roles/cloudsql.instanceUser", "log in"),
        ("roles/appengine.deployer", "App Engine"),
    ],
)
def test_a_product_that_takes_no_federated_identity_says_why(role: str, reason: str) -> None:
    problem = direct_access_problem(role)
    assert problem is not None
    assert reason in problem


@pytest.mark.parametrize("role", ["roles/bigquery.jobUser", "roles/run.developer", "roles/pubsub.publisher"])
def test_a_product_without_limits_is_used_directly(role: str) -> None:
    assert direct_access_problem(role) is None
    assert direct_access_note(role) is None


def test_a_product_with_limits_is_used_directly_within_them() -> None:
    assert direct_access_problem("roles/storage.objectViewer") is None
    assert "uniform bucket-level access" in str(direct_access_note("roles/storage.objectViewer"))
