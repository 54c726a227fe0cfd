"""The resources of a product, listed live, with the names that a setup has for them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.resources.test_resource_grants import PROJECT, WORLD
from tests.setups import answers
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect import google_lists, resource_lists
from wizard.sandbox.process import Sandbox
from wizard.setup.access_questions import ROLES, WITH_RESOURCES
from wizard.setup.rules import resource


@pytest.fixture(scope="module")
def clouds() -> Iterator[Clouds]:
    """The clouds of a sandbox with resources, as the operator."""
    with Sandbox(str(WORLD)) as sandbox:
        yield Clouds(PROJECT, environ=sandbox.environ())


@pytest.mark.parametrize(
    ("product", "names"),
    [
        ("bigquery", ["projects/acme-analytics/datasets/sales", "projects/acme-analytics/datasets/stock"]),
        ("storage", ["gs://acme-lists", "gs://acme-raw", "gs://acme-raw/in/eu/"]),
        ("pubsub", ["projects/acme-analytics/topics/orders", "projects/acme-analytics/subscriptions/orders-pull"]),
        (
            "spanner",
            [
                "projects/acme-analytics/instances/ledger",
                "projects/acme-analytics/instances/ledger/databases/books",
            ],
        ),
        ("secretmanager", ["projects/acme-analytics/secrets/db-password"]),
        ("artifactregistry", ["projects/acme-analytics/locations/asia-northeast1/repositories/images"]),
        (
            "cloudkms",
            [
                "projects/acme-analytics/locations/asia-northeast1/keyRings/ring",
                "projects/acme-analytics/locations/asia-northeast1/keyRings/ring/cryptoKeys/signing",
            ],
        ),
        ("logging", []),
    ],
)
def test_the_resources_of_a_product_are_listed(clouds: Clouds, product: str, names: list[str]) -> None:
    given = answers()
    given.set("access.on", PROJECT)
    given.set("access.product", product)
    listed = [choice.value for choice in google_lists.resources(clouds, given)]
    assert listed == names
    assert all(resource(name) is None for name in listed)


def test_every_product_with_the_question_has_a_list() -> None:
    assert set(WITH_RESOURCES) == set(resource_lists.RESOURCES)


def test_what_cannot_be_looked_into_is_left_out_with_a_note(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    call = clouds.google.call

    def refusing(api: str, method: str, path: str, *rest: Any, **more: Any) -> Any:
        if path == "/b/acme-lists/managedFolders":
            raise CloudError(api, path, 403, "forbidden", "no")
        return call(api, method, path, *rest, **more)

    monkeypatch.setattr(clouds.google, "call", refusing)
    found = resource_lists.read(clouds, "storage", PROJECT)
    assert [choice.value for choice in found] == ["gs://acme-lists", "gs://acme-raw", "gs://acme-raw/in/eu/"]
    assert "1 of 2 places" in found.note


def test_only_so_many_places_are_looked_into(clouds: Clouds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource_lists, "MOST_PARENTS", 1)
    found = resource_lists.read(clouds, "storage", PROJECT)
    assert [choice.value for choice in found] == ["gs://acme-lists", "gs://acme-raw"]
    assert "the first 1 places" in found.note


def test_a_role_of_another_product_is_refused_on_the_resource_and_one_for_the_project_is_not() -> None:
    given = answers()
    given.set("access.resource", "projects/acme-analytics/datasets/sales")
    check = ROLES.rule
    assert check is not None
    assert check(("roles/bigquery.dataEditor", "roles/bigquery.jobUser"), given) is None
    refused = check(("roles/logging.logWriter",), given)
    assert refused is not None and refused.startswith("roles/logging.logWriter has no effect on this dataset")
    given.set("access.resource", "")
    assert check(("roles/logging.logWriter",), given) is None
