"""The policies that deny access are read only after a refusal that nothing else explains, and only once."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doctor_matrix.rights import CALLS, as_operator_with
from tests.doctor_matrix.sandboxes import Json, Place, place_for, run
from wizard.work import faults
from wizard.work.faults import AwsCall, Call

FAULT = faults.load("deny-policy-on-the-project")
JOB_USER = "roles/bigquery.jobUser"
UNGRANT = """
title: Somebody removed a role
mode: aws
scenario: batch-bigquery
break:
- ungrant: {on: $project, role: roles/bigquery.jobUser}
"""
POLICY = "/v2/policies/cloudresourcemanager.googleapis.com/projects/{}/denypolicies{}"


PODS = """
title: A deny policy on the project denies access to the pods of a namespace
mode: gke
scenario: gke-spanner
break:
- call: POST https://serviceusage.googleapis.com/v1/$project/services/logging.googleapis.com:disable
  body: {}
- call: POST https://iam.googleapis.com/v2/policies/cloudresourcemanager.googleapis.com%2Fprojects%2Facme-payments/denypolicies?policyId=no-databases
  body:
    rules:
    - denyRule:
        deniedPrincipals: ["principalSet://iam.googleapis.com/$pool_by_number/namespace/anti-fraud"]
        deniedPermissions: ["spanner.googleapis.com/*"]
"""


@pytest.fixture
def place() -> Iterator[Place]:
    """A setup that works, although the fault's deny policy is still missing."""
    with place_for(FAULT) as place:
        assert run("apply", place.setup, "--yes").code == 0
        place.take(tuple(step for step in FAULT.steps if isinstance(step, AwsCall)))
        yield place


def diagnosed(place: Place) -> tuple[list[str], list[str], Json]:
    """Return the codes of what is broken, the reads of policies that deny access, and the rest of the answer."""
    before = len(place.request_log.read_text(encoding="utf-8").splitlines())
    answer = run("doctor", place.setup, "--json").json
    calls = [json.loads(line) for line in place.request_log.read_text(encoding="utf-8").splitlines()[before:]]
    reads = [call["path"] for call in calls if call.get("path", "").startswith(("/v2/policies", "/v3/", "/v3beta/"))]
    broken = [each["code"] for each in answer["findings"] if each["severity"] == "broken"]
    return broken, [path for path in reads if "getIamPolicy" not in path], answer


def forget_the_journal() -> None:
    """Remove what tells that wif-wizard made a recent grant."""
    shutil.rmtree(Path(os.environ["XDG_STATE_HOME"]) / "wif-wizard")


def test_they_are_read_only_after_a_refusal_that_nothing_else_explains(place: Place) -> None:
    assert diagnosed(place)[:2] == ([], [])
    place.take(tuple(step for step in FAULT.steps if isinstance(step, Call)))
    listed, read = POLICY.format("acme-analytics", ""), POLICY.format("123456789012", "/no-queries")
    assert diagnosed(place)[:2] == (["WIF0520"], [listed, read])
    place.take(faults.parse("mine", UNGRANT).steps)
    assert diagnosed(place)[:2] == (["WIF0502"], [])
    assert run("apply", place.setup, "--yes").code == 0
    assert diagnosed(place)[:2] == (["WIF0531"], [])
    forget_the_journal()
    assert diagnosed(place)[:2] == (["WIF0531"], []), "the audit log tells that the grant is recent"


def test_without_the_permission_to_read_them_they_are_not_known(place: Place) -> None:
    place.take(tuple(step for step in FAULT.steps if isinstance(step, Call)))
    seeing = ("roles/iam.workloadIdentityPoolViewer", "roles/resourcemanager.projectIamAdmin", "roles/browser")
    as_operator_with(place, *seeing, "roles/serviceusage.serviceUsageViewer", CALLS)
    broken, reads, answer = diagnosed(place)
    assert (broken, reads) == (["WIF0531"], [POLICY.format("acme-analytics", "")])
    assert any("deny policies of projects/acme-analytics" in each for each in answer["unknown"])
    assert any("iam.denypolicies.list" in each for each in answer["unknown"])


def test_a_deny_policy_that_names_pods_by_their_namespace_is_the_cause() -> None:
    with place_for(faults.parse("pods", PODS)) as place:
        assert run("apply", place.setup, "--yes", "--accept-loss").code == 0
        place.take(faults.parse("pods", PODS).steps)
        forget_the_journal()
        broken, _reads, answer = diagnosed(place)
    assert broken == ["WIF0520"]
    assert "subject/ns/anti-fraud/sa/scorer to the exceptionPrincipals of rule 1" in answer["findings"][0]["fix"]


@pytest.mark.skipif(shutil.which("gcloud") is None, reason="gcloud is absent")
@pytest.mark.parametrize(
    ("name", "policy"),
    [("deny-policy-on-the-project", "no-queries"), ("access-boundary-without-the-project", "lake-only")],
)
def test_the_command_of_the_fix_shows_the_policy(name: str, policy: str) -> None:
    fault = faults.load(name)
    with place_for(fault) as place:
        assert run("apply", place.setup, "--yes").code == 0
        place.take(fault.steps)
        (finding,) = [each for each in diagnosed(place)[2]["findings"] if each["code"] == fault.code]
        command = finding["fix"].partition("To see the policy, run: ")[2]
        shown = subprocess.run(f"{command} --format=json", shell=True, check=True, capture_output=True, text=True)
    assert json.loads(shown.stdout)["name"].endswith(f"/{policy}")
