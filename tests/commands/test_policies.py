"""Policies on AWS setups as other people leave them: conditions by hand, and grants to the whole pool."""

import re
import shlex
from typing import Any

import pytest

from tests.commands.conftest import IMPERSONATED, SETUP, Answer, World
from tests.oracles.programs import Program, need
from wizard.clouds.session import Clouds

PROJECT = "acme-analytics"
POOL = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-prod"
MEMBER = f"principalSet://{POOL}/attribute.aws_role/arn:aws:sts::111122223333:assumed-role/rds-to-bigquery"
EMAIL = f"bq-loader@{PROJECT}.iam.gserviceaccount.com"
JOB_USER, IMPERSONATE = "roles/bigquery.jobUser", "roles/iam.workloadIdentityUser"
HOLDS = "request.time < timestamp('2090-01-01T00:00:00Z')"
ENDED = "request.time < timestamp('2020-01-01T00:00:00Z')"

Json = dict[str, Any]


def rewritten(policy: Json, role: str, *bindings: Json) -> Json:
    """A policy with these bindings of a role, and no others of it."""
    kept = [each for each in policy.get("bindings", ()) if each["role"] != role]
    return {**policy, "version": 3, "bindings": [*kept, *({"role": role, **each} for each in bindings)]}


def on_project(role: str, *bindings: Json) -> None:
    call, path = Clouds(PROJECT).google.call, f"/v1/projects/{PROJECT}"
    body = {"options": {"requestedPolicyVersion": 3}}
    policy = call("cloudresourcemanager", "POST", f"{path}:getIamPolicy", body)
    new = {"policy": rewritten(policy, role, *bindings)}
    call("cloudresourcemanager", "POST", f"{path}:setIamPolicy", new)


def on_account(*bindings: Json) -> None:
    iam = Clouds(PROJECT).google_iam
    iam.set_policy(PROJECT, EMAIL, rewritten(iam.get_policy(PROJECT, EMAIL), IMPERSONATE, *bindings))


def under(expression: str, member: str = MEMBER) -> Json:
    return {"members": [member], "condition": {"title": "by hand", "expression": expression}}


def planned(world: World, setup: str, kind: str) -> tuple[int, Json]:
    """The exit code of the plan, and what it says about the first resource of a kind."""
    answer = world.wif("plan", setup, "--json")
    return answer.code, next(each for each in answer.json["changes"] if each["kind"] == kind)


def run_test(world: World, setup: str) -> Answer:
    return world.wif("test", setup, "--from", "here", "--yes", "--json", "--wait", "0")


def hop_of(answer: Answer, name: str) -> Json:
    hop: Json = next(each for each in answer.json["hops"] if each["hop"] == name)
    return hop


def test_a_condition_by_hand_is_left_and_no_permanent_grant_is_added(fresh: World) -> None:
    setup = fresh.setup(SETUP)
    assert fresh.wif("apply", setup, "--yes").code == 0
    on_project(JOB_USER, under(HOLDS))
    code, change = planned(fresh, setup, "roles on the project")
    assert (code, change["action"]) == (0, "none")
    assert f'"by hand" ({HOLDS}; true until 2090-01-01 (UTC)). The wizard adds no permanent' in change["notes"][0]
    answer = run_test(fresh, setup)
    assert answer.json["passed"]
    assert f'"by hand" ({HOLDS}; true until' in " ".join(hop_of(answer, "permission")["evidence"])
    (note,) = answer.json["notes"]
    assert note.startswith(
        f"{MEMBER} has {JOB_USER} on projects/{PROJECT} only until 2090-01-01 (UTC), because of the condition"
    )
    assert answer.json["holds_until"] == "2090-01-01T00:00:00+00:00"
    on_project(JOB_USER, under(HOLDS), {"members": [f"principalSet://{POOL}/*"]})
    assert run_test(fresh, setup).json["holds_until"] is None


def test_the_doctor_notes_until_when_the_workload_can_impersonate(fresh: World) -> None:
    setup = fresh.setup(IMPERSONATED)
    assert fresh.wif("apply", setup, "--yes").code == 0
    on_account(under(HOLDS))
    (finding,) = [each for each in fresh.wif("doctor", setup, "--json").json["findings"] if each["code"] == "WIF0533"]
    assert (finding["severity"], f"has {IMPERSONATE} on" in finding["evidence"][0]) == ("note", True)
    assert "only until 2090-01-01 (UTC)" in finding["evidence"][0]


@pytest.mark.parametrize(
    ("text", "hop", "kind"),
    [(SETUP, "permission", "roles on the project"), (IMPERSONATED, "impersonation", "roles on the service account")],
)
def test_a_condition_that_has_ended_is_the_cause_and_the_advice_mends_it(
    fresh: World, text: str, hop: str, kind: str
) -> None:
    need("gcloud")
    setup = fresh.setup(text)
    assert fresh.wif("apply", setup, "--yes").code == 0
    if hop == "permission":
        on_project(JOB_USER, under(ENDED))
    else:
        on_account(under(ENDED))
    code, change = planned(fresh, setup, kind)
    assert (code, change["action"]) == (2, "update")
    found = hop_of(run_test(fresh, setup), hop)
    assert found["status"] == "failed"
    assert f'only under the condition "by hand" ({ENDED}; expired)' in found["reason"]
    for command in re.findall(r"gcloud ([^;]+)", found["fix"]):
        Program("gcloud", fresh.sandbox.environ()).ok(*shlex.split(command))
    assert run_test(fresh, setup).json["passed"]
    assert fresh.wif("plan", setup).code == 0


def test_a_grant_to_the_whole_pool_is_in_place_and_works(fresh: World) -> None:
    setup = fresh.setup(SETUP)
    assert fresh.wif("apply", setup, "--yes").code == 0
    on_project(JOB_USER, {"members": [f"principalSet://{POOL}/*"]})
    code, change = planned(fresh, setup, "roles on the project")
    assert (code, change["action"]) == (0, "none")
    assert f"through a grant to principalSet://{POOL}/*" in change["notes"][0]
    assert run_test(fresh, setup).json["passed"]


def test_a_disabled_account_is_the_cause(fresh: World) -> None:
    setup = fresh.setup(IMPERSONATED)
    assert fresh.wif("apply", setup, "--yes").code == 0
    Clouds(PROJECT).google.call("iam", "POST", f"/v1/projects/{PROJECT}/serviceAccounts/{EMAIL}:disable", {})
    found = hop_of(run_test(fresh, setup), "impersonation")
    assert found["reason"] == f"the service account {EMAIL} is disabled, so no workload can act as this account"
    assert fresh.wif("apply", setup, "--yes").code == 0
    assert run_test(fresh, setup).json["passed"]
