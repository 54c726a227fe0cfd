"""The real gcloud writes and reads deny policies, access boundaries and unified access policies of the sandbox."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

PROJECT, NUMBER, ORGANIZATION = "acme-analytics", "123456789012", "777777777777"
MANAGER = "cloudresourcemanager.googleapis.com"
POOL = f"//iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools/aws-prod"
WORLD = """
title: a project of an organization
google:
  operator: user:operator@acme.example
  organizations:
  - id: "777777777777"
    name: acme.example
    policy:
    - {role: roles/iam.denyAdmin, members: ["user:operator@acme.example"]}
    - {role: roles/iam.principalAccessBoundaryAdmin, members: ["user:operator@acme.example"]}
  projects:
  - id: acme-analytics
    number: "123456789012"
    parent: organizations/777777777777
    services: [cloudresourcemanager.googleapis.com, iam.googleapis.com]
    policy: [{role: roles/owner, members: ["user:operator@acme.example"]}]
    pools: [{id: aws-prod}]
"""
RULE = {
    "description": "No queries",
    "denyRule": {
        "deniedPrincipals": ["principalSet://goog/public:all"],
        "deniedPermissions": ["bigquery.googleapis.com/jobs.create"],
    },
}


@pytest.fixture(scope="module")
def gcloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """gcloud, in a world with an organization."""
    need("gcloud")
    world: Path = tmp_path_factory.mktemp("denials") / "world.yaml"
    world.write_text(WORLD, encoding="utf-8")
    with Sandbox(str(world)) as sandbox:
        yield Program("gcloud", sandbox.environ())


def in_file(folder: Path, document: Any) -> str:
    file = folder / "policy.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("attached", "named"),
    [
        (f"projects/{PROJECT}", f"projects%2F{NUMBER}"),
        (f"organizations/{ORGANIZATION}", f"organizations%2F{ORGANIZATION}"),
    ],
)
def test_a_deny_policy_is_created_listed_read_changed_and_deleted(
    gcloud: Program, tmp_path: Path, attached: str, named: str
) -> None:
    on = (f"--attachment-point={MANAGER}/{attached}", "--kind=denypolicies")
    gcloud.ok("iam", "policies", "create", "no-queries", *on, f"--policy-file={in_file(tmp_path, {'rules': [RULE]})}")
    (listed,) = gcloud.json("iam", "policies", "list", *on)["policies"]
    assert listed["name"] == f"policies/{MANAGER}%2F{named}/denypolicies/no-queries"
    assert (listed["kind"], "rules" in listed) == ("DenyPolicy", False)
    read = gcloud.json("iam", "policies", "get", "no-queries", *on)
    assert read["rules"] == [RULE]
    changed = {**read, "displayName": "No queries"}
    gcloud.ok("iam", "policies", "update", "no-queries", *on, f"--policy-file={in_file(tmp_path, changed)}")
    assert gcloud.json("iam", "policies", "get", "no-queries", *on)["displayName"] == "No queries"
    stale = f"--policy-file={in_file(tmp_path, changed)}"
    assert "ABORTED" in gcloud.refused("iam", "policies", "update", "no-queries", *on, stale)
    gcloud.ok("iam", "policies", "delete", "no-queries", *on)
    assert "NOT_FOUND" in gcloud.refused("iam", "policies", "get", "no-queries", *on)


def test_deny_policies_that_google_does_not_store_are_refused(gcloud: Program, tmp_path: Path) -> None:
    on = (f"--attachment-point={MANAGER}/projects/{PROJECT}", "--kind=denypolicies")
    named = {"denyRule": {**RULE["denyRule"], "deniedPrincipals": ["user:a@acme.example"]}}  # type: ignore[dict-item]
    file = f"--policy-file={in_file(tmp_path, {'rules': [named]})}"
    assert "INVALID_ARGUMENT" in gcloud.refused("iam", "policies", "create", "no-queries", *on, file)
    elsewhere = (f"--attachment-point={MANAGER}/organizations/666666666666", "--kind=denypolicies")
    assert "PERMISSION_DENIED" in gcloud.refused("iam", "policies", "list", *elsewhere)


def test_an_access_boundary_is_created_bound_found_and_deleted(gcloud: Program) -> None:
    place = (f"--organization={ORGANIZATION}", "--location=global")
    rules = json.dumps([{"effect": "ALLOW", "resources": [f"//{MANAGER}/projects/{PROJECT}"]}])
    boundaries = ("iam", "principal-access-boundary-policies")
    gcloud.ok(*boundaries, "create", "lake-only", *place, f"--details-rules={rules}")
    read = gcloud.json(*boundaries, "describe", "lake-only", *place)
    assert read["details"]["enforcementVersion"] == "4"
    assert read["details"]["rules"] == json.loads(rules)
    bound = (f"--project={PROJECT}", "--location=global")
    create = ("create", "pool", *bound, f"--policy={read['name']}", f"--target-principal-set={POOL}")
    gcloud.ok("iam", "policy-bindings", *create)
    (found,) = gcloud.json("iam", "policy-bindings", "search-target-policy-bindings", *bound, f"--target={POOL}")
    assert (found["policy"], found["policyKind"]) == (read["name"], "PRINCIPAL_ACCESS_BOUNDARY")
    assert found["target"] == {"principalSet": POOL}
    assert "FAILED_PRECONDITION" in gcloud.refused(*boundaries, "delete", "lake-only", *place, "--quiet")
    gcloud.ok("iam", "policy-bindings", "delete", "pool", *bound, "--quiet")
    gcloud.ok(*boundaries, "delete", "lake-only", *place, "--quiet")
    assert gcloud.json(*boundaries, "list", *place) == []
