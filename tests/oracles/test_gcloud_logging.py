"""The real gcloud reads the audit log of the sandbox, with the filters that people and the wizard send."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

EMAIL = "nightly-load@acme-analytics.iam.gserviceaccount.com"
READER = "user:reader@acme.example"
WORLD = """
title: a project whose policy is changed
google:
  operator: user:operator@acme.example
  projects:
  - id: acme-analytics
    number: "123456789012"
    services: [cloudresourcemanager.googleapis.com, iam.googleapis.com, logging.googleapis.com]
    policy: [{role: roles/owner, members: ["user:operator@acme.example"]}]
    service_accounts: [{id: nightly-load}]
  - id: acme-closed
    number: "210987654321"
    services: [logging.googleapis.com]
"""


@pytest.fixture(scope="module")
def gcloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    need("gcloud")
    world = tmp_path_factory.mktemp("world") / "world.yaml"
    Path(world).write_text(WORLD, encoding="utf-8")
    with Sandbox(str(world)) as sandbox:
        yield Program("gcloud", sandbox.environ())


def test_gcloud_reads_who_got_which_role(gcloud: Program) -> None:
    role = ("--role=roles/bigquery.jobUser", f"--member={READER}", "--condition=None")
    gcloud.ok("projects", "add-iam-policy-binding", "acme-analytics", *role)
    gcloud.ok("iam", "service-accounts", "add-iam-policy-binding", EMAIL, "--role=roles/viewer", f"--member={READER}")
    text = 'log_id("cloudaudit.googleapis.com/activity") AND protoPayload.methodName:"SetIamPolicy"'
    on_account, on_project = gcloud.json("logging", "read", text, "--freshness=15m")
    deltas = [each["protoPayload"]["serviceData"]["policyDelta"]["bindingDeltas"] for each in (on_project, on_account)]
    assert deltas == [
        [{"action": "ADD", "role": "roles/bigquery.jobUser", "member": READER}],
        [{"action": "ADD", "role": "roles/viewer", "member": READER}],
    ]
    of_account = f'{text} resource.type="service_account" resource.labels.email_id="{EMAIL}"'
    assert gcloud.json("logging", "read", of_account, "--limit=1") == [on_account]
    assert gcloud.json("logging", "read", 'timestamp<"2020-01-01T00:00:00Z"') == []


def test_gcloud_prints_the_refusals(gcloud: Program) -> None:
    assert "Permission denied for all log views" in gcloud.refused(
        *("logging", "read", "", "--project=acme-closed", "--billing-project=acme-analytics")
    )
    assert "Unparseable filter" in gcloud.refused("logging", "read", 'resource.type="project" AND', "--freshness=1d")
