"""Grants on resources of many types, as people run them: planned, applied, proven, lost, and reverted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import Answer
from tests.resources.test_resource_grants import PROJECT, policy
from wizard.clouds import iam_policies
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox
from wizard.setup import resource_types

WORLD = Path(__file__).parent.parent / "resources" / "resources.yaml"
AWS = """\
aws:
  account: "111122223333"
  region: ap-northeast-1
  operator: operator
"""
SETUP = """\
version: 1
mode: aws
aws: {account: "111122223333", region: ap-northeast-1, runtime: batch-fargate, role: rds-to-bigquery}
google: {project: acme-analytics, pool: aws-loads, provider: aws-111122223333}
access:
  via: direct
  grants:
  - {on: projects/acme-analytics, roles: [roles/bigquery.jobUser]}
  - {on: projects/acme-analytics/datasets/sales, roles: [roles/bigquery.dataEditor]}
  - {on: "gs://acme-raw/in/eu/", roles: [roles/storage.objectUser]}
  - {on: projects/acme-analytics/topics/orders, roles: [projects/acme-analytics/roles/publisher]}
  - {on: projects/acme-analytics/instances/ledger/databases/books, roles: [roles/spanner.databaseUser]}
  - {on: folders/51, roles: [roles/logging.viewer]}
"""
TOPIC = "projects/acme-analytics/topics/orders"
SHARED = ("projects/acme-analytics/datasets/sales", "gs://acme-raw/in/eu/", TOPIC, "folders/51")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with resources, an AWS account, and a custom role."""
    world = tmp_path_factory.mktemp("world") / "world.yaml"
    world.write_text(WORLD.read_text(encoding="utf-8") + AWS, encoding="utf-8")
    with Sandbox(str(world)) as running:
        body = {"roleId": "publisher", "role": {"includedPermissions": ["pubsub.topics.publish"], "stage": "GA"}}
        Clouds(PROJECT, environ=running.environ()).google.call("iam", "POST", f"/v1/projects/{PROJECT}/roles", body)
        yield running


def test_grants_are_proven_where_they_are_and_a_lost_one_is_named(
    sandbox: Sandbox,
    wif: Callable[..., Answer],
    lead_here: Callable[[Sandbox], None],
    tmp_path: Path,
) -> None:
    lead_here(sandbox)
    clouds, setup = Clouds(PROJECT, environ=sandbox.environ()), tmp_path / "setup.yaml"
    setup.write_text(SETUP, encoding="utf-8")
    before = [policy(clouds, on) for on in SHARED]

    assert wif("apply", str(setup), "--yes").code == 0
    assert wif("plan", str(setup)).code == 0
    passed = wif("test", str(setup), "--yes")
    assert passed.code == 0, passed.out
    for proof in (
        "roles/bigquery.dataEditor on projects/acme-analytics/datasets/sales: effective (bigquery.tables.",
        "BigQuery accepted a dry run of SELECT 1 FROM `acme-analytics.sales.orders` in acme-analytics",
        "roles/storage.objectUser on projects/_/buckets/acme-raw/managedFolders/in/eu: effective (storage.objects.",
        f"projects/acme-analytics/roles/publisher on {TOPIC}: effective (pubsub.topics.publish)",
        "roles/logging.viewer on folders/51: effective",
    ):
        assert proof in passed.out

    name = resource_types.parse(TOPIC)
    assert name
    whole = iam_policies.get_policy(clouds.google, name)
    ours = [binding for binding in whole["bindings"] if binding["role"].endswith("publisher")]
    iam_policies.set_policy(clouds.google, name, {**whole, "bindings": [b for b in whole["bindings"] if b not in ours]})
    failed = wif("test", str(setup), "--yes", "--wait", "0s")
    assert failed.code == 1
    assert f"projects/acme-analytics/roles/publisher on {TOPIC}: not effective (pubsub.topics.publish)" in failed.out
    assert "gcloud pubsub topics add-iam-policy-binding orders --project=acme-analytics" in failed.out

    assert wif("apply", str(setup), "--yes").code == 0
    assert wif("test", str(setup), "--yes").code == 0
    for _ in range(2):
        wif("revert", "--yes")
    assert [policy(clouds, on) for on in SHARED] == before
