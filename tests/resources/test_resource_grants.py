"""Roles on resources of every type: added to what is there, read back, removed alone, refused where they must be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resources.test_grants import interrupted
from tests.resources.writing import action, change_of, revert, write
from wizard.clouds import iam_policies
from wizard.clouds.session import Clouds
from wizard.engine.resource import Refused
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import principal_set
from wizard.resources.resource_grants import ResourceGrants
from wizard.sandbox.process import Sandbox
from wizard.setup import resource_types

WORLD = Path(__file__).with_name("resources.yaml")
PROJECT = "acme-analytics"
ROLES = {
    "projects/acme-analytics/topics/orders": "roles/pubsub.publisher",
    "projects/acme-analytics/subscriptions/orders-pull": "roles/pubsub.subscriber",
    "projects/acme-analytics/secrets/db-password": "roles/secretmanager.secretAccessor",
    "gs://acme-raw": "roles/storage.objectViewer",
    "gs://acme-raw/in/eu/": "roles/storage.objectUser",
    "projects/acme-analytics/datasets/sales": "roles/bigquery.dataEditor",
    "acme-analytics:stock.items": "roles/bigquery.dataViewer",
    "projects/acme-analytics/instances/ledger": "roles/spanner.databaseReader",
    "projects/acme-analytics/instances/ledger/databases/books": "roles/spanner.databaseUser",
    "projects/acme-analytics/locations/asia-northeast1/repositories/images": "roles/artifactregistry.reader",
    "projects/acme-analytics/locations/asia-northeast1/keyRings/ring": "roles/cloudkms.cryptoKeyEncrypterDecrypter",
    "projects/acme-analytics/locations/asia-northeast1/keyRings/ring/cryptoKeys/signing": (
        "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    ),
    "projects/acme-analytics/serviceAccounts/signer-app@acme-analytics.iam.gserviceaccount.com": (
        "roles/iam.serviceAccountTokenCreator"
    ),
    "folders/51": "roles/logging.viewer",
    "organizations/7": "roles/logging.viewer",
}
"""A role for a resource of each type."""


def principal(role: str) -> str:
    """Every session of an AWS role."""
    name = f"arn:aws:sts::111122223333:assumed-role/{role}"
    return principal_set(PoolName("123456789012", "aws-prod"), "aws_role", name)


MEMBER = principal("loader")


def grants(on: str, role: str = "", *members: str) -> ResourceGrants:
    """The role of the table on a resource, for one member, or what is given."""
    name = resource_types.parse(on)
    assert name
    return ResourceGrants(name.project, {role or ROLES[on]: members or (MEMBER,)}, on=name)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox with a resource of each type."""
    with Sandbox(str(WORLD)) as running:
        yield running


@pytest.fixture
def clouds(sandbox: Sandbox) -> Clouds:
    """The clouds, as the operator."""
    return Clouds(PROJECT, environ=sandbox.environ())


def policy(clouds: Clouds, on: str) -> dict[str, object]:
    """The policy, or the access list, without its etag."""
    name = resource_types.parse(on)
    assert name
    read = iam_policies.get_policy(clouds.google, name)
    return {key: read[key] for key in ("bindings", "access") if key in read}


def test_there_is_a_resource_of_each_type() -> None:
    types = {name.type for name in map(resource_types.parse, ROLES) if name}
    assert types == set(resource_types.TYPES) - {resource_types.PROJECT}


@pytest.mark.parametrize("on", ROLES)
def test_a_grant_is_added_and_only_it_is_removed(clouds: Clouds, on: str) -> None:
    before = policy(clouds, on)
    resource = grants(on)
    change = write(resource, clouds)
    assert change.action == "update"
    assert action(resource, clouds) == "none"
    bindings = iam_policies.get_policy(clouds.google, resource.on)["bindings"]
    assert any(binding["role"] == ROLES[on] and MEMBER in binding["members"] for binding in bindings)
    assert revert(change, clouds) == []
    assert policy(clouds, on) == before


def test_every_other_entry_of_a_dataset_is_kept(clouds: Clouds) -> None:
    on = "projects/acme-analytics/datasets/sales"
    before = policy(clouds, on)["access"]
    change = write(grants(on, "roles/bigquery.dataViewer", principal("reader"), principal("other")), clouds)
    after = policy(clouds, on)["access"]
    assert isinstance(before, list) and isinstance(after, list)
    assert after[: len(before)] == before
    added = [{"role": "READER", "iamMember": principal(name)} for name in ("reader", "other")]
    assert after[len(before) :] == added
    kinds = [set(entry) - {"role", "condition"} for entry in before]
    assert {"view"} in kinds and any(entry.get("condition") for entry in before)
    assert revert(change, clouds) == []
    assert policy(clouds, on)["access"] == before


SHARED = ("projects/acme-analytics/datasets/sales", "gs://acme-raw", "acme-analytics:stock.items")


@pytest.mark.parametrize("on", SHARED)
def test_what_others_grant_meanwhile_is_kept(clouds: Clouds, on: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = grants(on), grants(on, ROLES[on], principal("theirs"))
    change = change_of(ours, clouds)
    read = iam_policies.get_policy
    meanwhile = interrupted(read, lambda: write(theirs, Clouds(PROJECT, environ=clouds.environ)), "ResourceName")
    monkeypatch.setattr(iam_policies, "get_policy", meanwhile)
    ours.update(clouds, change)
    monkeypatch.undo()
    assert action(ours, clouds) == action(theirs, clouds) == "none"


def test_a_bucket_with_acls_is_refused_with_the_command_that_helps(clouds: Clouds) -> None:
    with pytest.raises(Refused, match="gcloud storage buckets update gs://acme-lists --uniform-bucket-level-access"):
        grants("gs://acme-lists", "roles/storage.objectViewer").read(clouds)


def test_a_resource_that_is_not_there_is_refused_by_name(clouds: Clouds) -> None:
    with pytest.raises(Refused, match="the topic projects/acme-analytics/topics/nothing does not exist"):
        grants("projects/acme-analytics/topics/nothing", "roles/pubsub.publisher").read(clouds)


def test_a_role_that_the_project_gives_is_in_place_on_its_resources(clouds: Clouds) -> None:
    inherited = grants("gs://acme-raw/in/eu/", "roles/storage.objectCreator", "user:batch@acme.example")
    change = change_of(inherited, clouds)
    assert change.action == "none"
    assert "projects/123456789012" in " ".join(inherited.notes(change))


def test_the_sandbox_refuses_a_role_of_another_product(clouds: Clouds) -> None:
    with pytest.raises(Refused, match=r"Role roles/pubsub\.publisher is not supported for this resource"):
        write(grants("projects/acme-analytics/secrets/db-password", "roles/pubsub.publisher"), clouds)
