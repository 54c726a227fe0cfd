"""When a role that a policy grants to a wrong member is the cause, and not only a note."""

from types import SimpleNamespace
from typing import Any

import pytest

from wizard.chain.hop import PERMISSION, Outcome, Refusal
from wizard.modes.opened import NearGrant, Observation
from wizard.work import near_grants

ROLE = "roles/bigquery.jobUser"
NEAR = NearGrant(ROLE, Observation("WIF0510", ("a member",), severity="note"))
LACKS = Refusal("PERMISSION_DENIED", "User does not have bigquery.jobs.create permission in project acme-analytics.")


def severity(outcome: Outcome, reads: int) -> str:
    """How severe it is after the outcome; "" is as severe as the rule says. `reads`: how often the role is read."""
    asked = []

    def call(_api: str, _method: str, path: str) -> dict[str, Any]:
        asked.append(path)
        return {"includedPermissions": ["bigquery.jobs.create", "resourcemanager.projects.get"]}

    clouds: Any = SimpleNamespace(google=SimpleNamespace(call=call))
    (observation,) = near_grants.observed([NEAR], {"": [outcome]}, clouds)
    assert asked == [f"/v1/{ROLE}"] * reads
    return observation.severity


@pytest.mark.parametrize(
    ("refusal", "received", "code"),
    [
        (LACKS, {}, "WIF0503"),
        (
            Refusal("MISSING", "roles/x"),
            {"missing": [{"project": "acme-analytics", "permission": "bigquery.jobs.create"}]},
            "WIF0502",
        ),
    ],
)
def test_a_role_with_a_permission_that_the_workload_lacks_is_the_cause(
    refusal: Refusal, received: dict[str, Any], code: str
) -> None:
    assert severity(Outcome(PERMISSION, "failed", refusal=refusal, received=received, code=code), 1) == ""


@pytest.mark.parametrize(
    ("outcome", "reads"),
    [
        (Outcome(PERMISSION, "ok"), 0),
        (Outcome(PERMISSION, "failed", refusal=LACKS, code="WIF0531"), 0),
        (Outcome(PERMISSION, "failed", refusal=Refusal("X", "storage.objects.get denied"), code="WIF0503"), 1),
    ],
)
def test_otherwise_it_is_a_note(outcome: Outcome, reads: int) -> None:
    assert severity(outcome, reads) == "note"
