"""What others would lose needs a consent of its own, and what another tool manages is left to it."""

import pytest

from tests.commands.conftest import World
from wizard.engine.resource import Owner
from wizard.resources.aws_role import Role
from wizard.resources.pool import Pool

LOSS = "the function nightly can no longer assume the role"
HELM = Owner("Helm", "release loader in namespace prod")


@pytest.fixture
def losing(fresh: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which the change of the role takes something from others."""
    monkeypatch.setattr(Role, "losers", lambda _, change: [LOSS] if change.action != "none" else [])
    return fresh


@pytest.fixture
def managed(fresh: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which Helm manages the role."""
    monkeypatch.setattr(Role, "owner", lambda *_: HELM)
    return fresh


def test_plan_shows_what_others_lose_before_everything_else(losing: World) -> None:
    setup = losing.setup()
    lines = losing.wif("plan", setup).out.splitlines()
    loss = next(number for number, line in enumerate(lines) if LOSS in line)
    first_change = next(number for number, line in enumerate(lines) if line.startswith("  + "))
    assert lines[loss] == f"  ✗ IAM role rds-to-bigquery: {LOSS}"
    assert loss < first_change
    (in_json,) = losing.wif("plan", setup, "--json").json["losses"]
    assert in_json["text"] == LOSS


def test_yes_does_not_accept_a_loss_and_accept_loss_does(losing: World) -> None:
    setup = losing.setup()
    before = len(losing.writes())
    refused = losing.wif("apply", setup, "--yes")
    assert refused.code == 1
    assert "add --accept-loss" in refused.err
    assert len(losing.writes()) == before
    assert losing.wif("apply", setup, "--yes", "--accept-loss").code == 0


def test_what_another_tool_manages_is_left_to_it_and_handed_over(managed: World) -> None:
    setup = managed.setup()
    plan = managed.wif("plan", setup)
    assert plan.code == 2
    assert (
        "IAM role rds-to-bigquery: Helm manages the resource. Make the change here: release loader in namespace prod"
        in plan.out
    )
    assert "+ create    IAM role " not in plan.out
    (left,) = managed.wif("plan", setup, "--json").json["left"]
    assert (left["tool"], left["place"], left["change"]["kind"]) == ("Helm", HELM.place, "IAM role")
    assert managed.wif("apply", setup, "--yes").code == 0
    after = managed.wif("plan", setup)
    assert after.code == 2  # not all is as the setup wants it
    assert "0 to create, 0 to change" in after.out


def test_override_owner_changes_it_all_the_same(managed: World) -> None:
    setup = managed.setup()
    assert "+ create    IAM role " in managed.wif("plan", setup, "--override-owner").out
    assert managed.wif("apply", setup, "--yes", "--override-owner").code == 0
    assert managed.wif("plan", setup, "--override-owner").code == 0


def test_what_needs_a_change_that_is_left_to_another_tool_waits_for_it(
    fresh: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pool, "owner", lambda *_: HELM)
    setup = fresh.setup()
    plan = fresh.wif("plan", setup, "--json").json
    waiting = {item["change"]["kind"] for item in plan["waiting"]}
    assert waiting == {"workload identity pool provider", "roles on the project", "credential configuration"}
    assert {item["needs"] for item in plan["waiting"]} == {plan["left"][0]["change"]["name"]}
    assert {change["kind"] for change in plan["changes"]} == {"IAM role", "enabled services"}
    assert fresh.wif("apply", setup, "--yes").code == 0
    text = fresh.wif("plan", setup).out
    assert (
        "roles on the project acme-analytics: the wizard cannot make this change before the change to workload "
        "identity pool aws-prod" in text
    )
