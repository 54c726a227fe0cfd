"""The doctor with few rights: what it cannot see is unknown, with the permission that is missing, and never a verdict.

What it can see is still told.
"""

from pathlib import Path

import pytest

from tests.doctor_matrix import rights
from tests.doctor_matrix.rights import CALLS, Row, as_operator_with
from tests.doctor_matrix.sandboxes import Answer, place_for, run
from tests.in_full import first
from wizard.work import faults
from wizard.work.faults import AwsCall, Call, Step

HEALTHY = Path(__file__).parents[1] / "doctor_matrix" / "healthy"
DISABLED = Call(call="PATCH https://iam.googleapis.com/v1/$provider?updateMask=disabled", body={"disabled": True})
NO_ROLE = AwsCall(aws="iam delete-role", parameters={"RoleName": "rds-to-bigquery"})


def diagnosed(world: str, roles: tuple[str, ...], *steps: Step, environ: dict[str, str] | None = None) -> Answer:
    """What the doctor says of a healthy world, after some steps, to an operator with these roles."""
    monkeypatch = pytest.MonkeyPatch()
    with place_for(faults.load(str(HEALTHY / f"{world}.yaml"))) as place, monkeypatch.context() as patched:
        assert run("apply", place.setup, "--yes", "--accept-loss").code == 0
        place.take(steps)
        if roles:
            as_operator_with(place, *roles)
        for name, value in (environ or {}).items():
            patched.setenv(name, value)
        return run("doctor", place.setup, "--json")


def told(answer: Answer) -> list[str]:
    return [str(sentence) for sentence in answer.json["unknown"]]


def broken(answer: Answer) -> list[str]:
    return [finding["code"] for finding in answer.json["findings"] if finding["severity"] == "broken"]


@pytest.mark.parametrize(
    ("world", "roles", "unknown"),
    [
        ("through-a-service-account", ("roles/viewer", CALLS), ("live test did not run",)),
        ("through-a-service-account", ("roles/viewer",), ("serviceusage.services.use",)),
        (
            "through-a-service-account",
            ("roles/browser", CALLS),
            (
                "iam.workloadIdentityPools.get",
                "iam.workloadIdentityPoolProviders.get",
                "iam.serviceAccounts.getIamPolicy",
                "iam.serviceAccountKeys.list",
            ),
        ),
        ("through-a-service-account", (CALLS,), ("Google Cloud: The caller does not have permission",)),
        ("pods-directly", ("roles/viewer", CALLS), ("you do not have permission to create serviceaccounts/token",)),
        (
            "pods-directly",
            ("roles/container.clusterViewer", "roles/iam.securityReviewer", CALLS),
            ("container.serviceAccounts.get", "container.deployments.list"),
        ),
        ("pods-directly", (CALLS,), ("you do not have permission to view the clusters",)),
    ],
)
def test_what_the_operator_may_not_read_in_google_cloud_or_in_the_cluster_is_unknown(
    world: str, roles: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    answer = diagnosed(world, roles)
    assert broken(answer) == []
    assert answer.code == 0
    all_told = " | ".join(told(answer))
    assert [words for words in unknown if words not in all_told] == []


KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x" * 40}
"""Keys that AWS does not know."""


def test_what_the_operator_may_not_read_on_aws_is_unknown_and_google_cloud_is_still_told() -> None:
    healthy = diagnosed("through-a-service-account", (), environ=KEYS)
    assert broken(healthy) == []
    assert any(each.startswith("IAM role rds-to-bigquery: ") for each in healthy.json["unknown"])
    assert not any("IAM role" in each for each in healthy.json["ruled_out"])
    assert "The live test could not run: The security token included in the request is invalid." in told(healthy)
    assert broken(diagnosed("through-a-service-account", (), NO_ROLE, environ=KEYS)) == []
    assert broken(diagnosed("through-a-service-account", (), DISABLED, environ=KEYS)) == ["WIF0304"]


def test_a_role_that_is_missing_on_aws_is_told_without_rights_in_google_cloud() -> None:
    answer = diagnosed("through-a-service-account", (CALLS,), NO_ROLE)
    assert broken(answer) == ["WIF0207"]
    assert any(each.startswith("Google Cloud: ") for each in answer.json["unknown"])


VIEWER, NO_AWS, NO_CLUSTER = rights.TAKEN
LIVE_TEST = "The live test did not run"
TOKEN = "you do not have permission to create serviceaccounts/token"
ROWS = [
    Row(NO_AWS, "trust-denied", False, ("iam:GetRole",)),
    Row(NO_CLUSTER, "key-in-the-pods", False, ("container.deployments.list", "resourcemanager.projects.getIamPolicy")),
    Row(VIEWER, "key-in-the-pods", False, ("container.secrets.get", TOKEN)),
    Row(NO_AWS, "job-definition-with-another-role", False, ("batch:DescribeJobDefinitions", "iam:GetRole")),
    Row(NO_AWS, "provider-disabled", True, ("iam:GetRole",)),
    Row(NO_AWS, "grants-removed", True, ("iam:GetRole",)),
    Row(NO_AWS, "role-deleted", False, ("iam:GetRole",)),
    Row(VIEWER, "condition-of-another-role", True, (LIVE_TEST,)),
    Row(VIEWER, "nobody-may-impersonate", True, (LIVE_TEST,)),
    Row(VIEWER, "service-account-disabled", True, (LIVE_TEST,)),
    Row(VIEWER, "trust-denied", True, ()),
    Row(VIEWER, "annotation-missing", True, ()),
    Row(VIEWER, "node-pool-on-gce-metadata", True, ()),
    Row(VIEWER, "nobody-bound-on-gke", True, (TOKEN,), "WIF0403"),
    Row(VIEWER, "pods-in-the-hosts-network", True, (TOKEN,)),
    Row(VIEWER, "network-policy-blocks-the-metadata-server", True, (TOKEN,)),
    Row(NO_CLUSTER, "annotation-missing", False, ("container.serviceAccounts.get", "iam.serviceAccounts.get")),
    Row(NO_CLUSTER, "node-pool-on-gce-metadata", True, ("container.serviceAccounts.get",)),
    Row(NO_CLUSTER, "nobody-bound-on-gke", True, ("container.serviceAccounts.get",), "WIF0403"),
    Row(NO_CLUSTER, "kubernetes-account-deleted", False, ("container.serviceAccounts.get",)),
    Row(NO_CLUSTER, "role-missing-on-gke", False, ("resourcemanager.projects.getIamPolicy",)),
]


@pytest.mark.parametrize("row", first(3, ROWS), ids=str)
def test_a_fault_is_named_or_what_hides_it_is_and_never_is_anything_called_healthy(row: Row) -> None:
    answer, text = rights.diagnosed(row)
    assert broken(answer) == ([row.code or faults.load(row.fault).code] if row.seen else [])
    all_told = " | ".join(told(answer))
    assert [words for words in row.unseen if words not in all_told] == []
    assert "The doctor found no errors." not in text.splitlines()
    assert answer.code == (1 if row.seen else 0)
