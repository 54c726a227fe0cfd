"""Policies as other people leave them: conditions, grants through others, and a disabled account."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import World
from tests.commands.gke import worlds as gke
from tests.oracles.programs import Program, need
from wizard.sandbox.process import Sandbox

PROJECT_POLICY = f"/v1/projects/{gke.PROJECT}"
MEMBER = f"{gke.PRINCIPAL}/ns/anti-fraud/sa/scorer"
LEGACY = f"serviceAccount:{gke.POOL}[anti-fraud/scorer]"
NAMESPACE = MEMBER.replace("principal:", "principalSet:").replace(
    "subject/ns/anti-fraud/sa/scorer", "namespace/anti-fraud"
)
IMPERSONATE = "roles/iam.workloadIdentityUser"
HOLDS = "request.time < timestamp('2090-01-01T00:00:00Z')"
ENDED = "request.time < timestamp('2020-01-01T00:00:00Z')"
UNKNOWN = "resource.name.startsWith('projects/acme-payments/instances/ledger')"

Json = dict[str, Any]


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for all tests: each sets the policies that it needs."""
    with gke.served(tmp_path_factory.mktemp("world"), gke.joined, gke.all_services) as sandbox:
        yield sandbox


def rewritten(policy: Json, role: str, *bindings: Json) -> Json:
    """A policy with these bindings of a role, and no others of it."""
    kept = [each for each in policy.get("bindings", ()) if each["role"] != role]
    return {**policy, "version": 3, "bindings": [*kept, *({"role": role, **each} for each in bindings)]}


def on_project(role: str, *bindings: Json) -> None:
    call = gke.cloud().google.call
    body = {"options": {"requestedPolicyVersion": 3}}
    policy = call("cloudresourcemanager", "POST", f"{PROJECT_POLICY}:getIamPolicy", body)
    new = {"policy": rewritten(policy, role, *bindings)}
    call("cloudresourcemanager", "POST", f"{PROJECT_POLICY}:setIamPolicy", new)


def on_account(*bindings: Json) -> None:
    iam = gke.cloud().google_iam
    policy = rewritten(iam.get_policy(gke.PROJECT, gke.GSA), IMPERSONATE, *bindings)
    iam.set_policy(gke.PROJECT, gke.GSA, policy)


def under(expression: str, *members: str) -> Json:
    return {"members": list(members), "condition": {"title": "by hand", "expression": expression}}


def planned(world: World, setup: str, kind: str) -> tuple[int, Json]:
    """The exit code of the plan, and what it says about the first resource of a kind."""
    answer = world.wif("plan", setup, "--json")
    return answer.code, next(each for each in answer.json["changes"] if each["kind"] == kind)


def mended_by_the_advice(world: World, setup: str, hop: Json) -> None:
    """Run the commands in the fix of a hop with the real gcloud. Then the test passes, and the plan is empty."""
    need("gcloud")
    for command in re.findall(r"gcloud ([^;]+)", hop["fix"]):
        Program("gcloud", world.sandbox.environ()).ok(*shlex.split(command))
    assert gke.tested(world, setup).json["passed"]
    assert world.wif("plan", setup).code == 0


def test_a_condition_that_holds_is_in_place_and_is_shown_in_plan_and_test(world: World) -> None:
    setup = world.setup(gke.SETUP)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    on_project(gke.ROLE, under(HOLDS, MEMBER))
    code, change = planned(world, setup, "roles on the project")
    assert (code, change["action"]) == (0, "none")
    assert f'"by hand" ({HOLDS}; true until 2090-01-01 (UTC))' in change["notes"][0]
    answer = gke.tested(world, setup)
    assert answer.json["passed"]
    assert f'under the condition "by hand" ({HOLDS}; true until' in " ".join(gke.hops(answer)["permission"]["evidence"])
    assert any(f"{MEMBER} has {gke.ROLE} on" in note and "until 2090-01-01" in note for note in answer.json["notes"])
    assert answer.json["holds_until"] == "2090-01-01T00:00:00+00:00"


def test_a_condition_that_has_ended_is_the_cause_and_a_permanent_grant_is_the_fix(world: World) -> None:
    setup = world.setup(gke.SETUP)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    on_project(gke.ROLE, under(ENDED, MEMBER))
    code, change = planned(world, setup, "roles on the project")
    assert (code, change["action"]) == (2, "update")
    assert (
        change["notes"][1]
        == f"The wizard adds a permanent grant of {gke.ROLE} to {MEMBER} in addition to the conditional grant."
    )
    hop = gke.hops(gke.tested(world, setup))["permission"]
    assert hop["status"] == "failed"
    assert f'only under the condition "by hand" ({ENDED}; expired)' in hop["reason"]
    mended_by_the_advice(world, setup, hop)


def test_a_namesake_in_another_namespace_is_not_blamed_for_a_condition_that_has_ended(world: World) -> None:
    """Its binding is right: the workload has a grant of its own."""
    namesake = MEMBER.replace("ns/anti-fraud", "ns/web")
    setup = world.setup(gke.SETUP)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    on_project(gke.ROLE, under(ENDED, MEMBER), {"members": [namesake]})
    hop = gke.hops(gke.tested(world, setup))["permission"]
    assert f'only under the condition "by hand" ({ENDED}; expired)' in hop["reason"]
    assert namesake not in hop["reason"]


def test_a_condition_that_only_iam_can_evaluate_is_not_proven(world: World) -> None:
    setup = world.setup(gke.SETUP)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    on_project(gke.ROLE, under(UNKNOWN, MEMBER))
    hop = gke.hops(gke.tested(world, setup))["permission"]
    assert hop["status"] == "not_proven"
    assert UNKNOWN in hop["reason"]
    mended_by_the_advice(world, setup, hop)


def test_a_grant_to_the_namespace_is_in_place_and_works(world: World) -> None:
    setup = world.setup(gke.SETUP)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    on_project(gke.ROLE, {"members": [NAMESPACE]})
    code, change = planned(world, setup, "roles on the project")
    assert (code, change["action"]) == (0, "none")
    assert f"through a grant to {NAMESPACE}" in change["notes"][0]
    assert gke.tested(world, setup).json["passed"]


@pytest.mark.parametrize("expression", [ENDED, UNKNOWN])
def test_a_condition_on_impersonation_is_the_cause(world: World, expression: str) -> None:
    setup = world.setup(gke.IMPERSONATED)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    on_account(under(expression, LEGACY))
    code, change = planned(world, setup, "roles on the service account")
    assert (code, change["action"]) == (2, "update")
    hop = gke.hops(gke.tested(world, setup))["impersonation"]
    assert hop["status"] == "failed"
    assert f'only under the condition "by hand" ({expression}; ' in hop["reason"]
    mended_by_the_advice(world, setup, hop)


@pytest.mark.parametrize("member", [LEGACY, MEMBER])
def test_impersonation_that_is_granted_on_the_project_is_in_place_and_works(world: World, member: str) -> None:
    setup = world.setup(gke.IMPERSONATED)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    on_account()
    on_project(IMPERSONATE, {"members": [member]})
    code, change = planned(world, setup, "roles on the service account")
    assert (code, change["action"]) == (0, "none")
    assert f"on projects/{gke.PROJECT}. The wizard adds no grant." in change["notes"][0]
    assert gke.tested(world, setup).json["passed"]
    on_project(IMPERSONATE)


def test_a_principal_on_the_account_is_in_place_and_works(world: World) -> None:
    setup = world.setup(gke.IMPERSONATED)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    on_account({"members": [MEMBER]})
    code, change = planned(world, setup, "roles on the service account")
    assert (code, change["action"]) == (0, "none")
    assert f"through a grant to {MEMBER}" in change["notes"][0]
    assert gke.tested(world, setup).json["passed"]


def test_a_disabled_account_is_named_and_the_advice_enables_it(world: World) -> None:
    setup = world.setup(gke.IMPERSONATED)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    gke.cloud().google.call("iam", "POST", f"/v1/projects/{gke.PROJECT}/serviceAccounts/{gke.GSA}:disable", {})
    code, change = planned(world, setup, "service account")
    assert (code, change["action"]) == (2, "update")
    assert change["impact"].startswith("someone disabled the service account")
    hop = gke.hops(gke.tested(world, setup))["impersonation"]
    assert hop["reason"] == f"the service account {gke.GSA} is disabled, so no workload can act as this account"
    mended_by_the_advice(world, setup, hop)


def test_an_account_that_was_deleted_and_made_again_gets_its_grants_again(world: World) -> None:
    setup = world.setup(gke.IMPERSONATED)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    call = gke.cloud().google.call
    call("iam", "DELETE", f"/v1/projects/{gke.PROJECT}/serviceAccounts/{gke.GSA}")
    name = gke.GSA.partition("@")[0]
    call("iam", "POST", f"/v1/projects/{gke.PROJECT}/serviceAccounts", {"accountId": name})
    code, change = planned(world, setup, "roles on the project")
    assert (code, change["action"]) == (2, "update")
    assert f"deleted:serviceAccount:{gke.GSA}?uid=" in change["notes"][0]
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    assert gke.tested(world, setup).json["passed"]


def test_two_setups_share_a_project_and_neither_changes_the_other(world: World) -> None:
    (world.folder / "other").mkdir()
    other = Path(world.folder / "other" / "setup.yaml")
    other.write_text(gke.setup_of(gke.workload("reporting", "settlement")), encoding="utf-8")
    setup = world.setup(gke.SETUP)
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    assert world.wif("apply", str(other), "--yes", "--accept-loss").code == 0
    assert [world.wif("plan", each).code for each in (setup, str(other))] == [0, 0]


def test_what_the_google_service_account_has_already_is_a_gain(world: World) -> None:
    policy = gke.cloud().google.call("cloudresourcemanager", "POST", f"/v1/projects/{gke.PROJECT}:getIamPolicy", {})
    nodes = f"serviceAccount:{gke.NODES}"
    held = {each["role"] for each in policy["bindings"] if nodes in each["members"]} - {gke.ROLE}
    setup = gke.setup_of(gke.workload("anti-fraud", "gains", through=gke.NODES))
    changes = world.wif("plan", world.setup(setup), "--json").json["changes"]
    (change,) = [each for each in changes if each["kind"] == "roles on the service account"]
    said = {role for role in held if any(f"anti-fraud/gains also gets {role} on" in line for line in change["gains"])}
    assert held and said == held
