"""What runs the workload gets its role and variables: planned, applied, reverted, and never with values of others."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import SETUP, Answer, World
from tests.oracles.by_hand import aws_worlds as worlds
from wizard.engine.journal import Journal
from wizard.engine.resource import Change
from wizard.sandbox.process import Sandbox
from wizard.work.opening import open_setup

OLD = f"arn:aws:iam::{worlds.ACCOUNT}:role/nightly-old"
PASSWORD = "correct-horse-battery"
CONTAINER: dict[str, Any] = {
    **worlds.JOB_DEFINITION["containerProperties"],
    "environment": [{"name": "DB_PASSWORD", "value": PASSWORD}],
}
TRAP: dict[str, Any] = {**worlds.JOB_DEFINITION, "containerProperties": CONTAINER}
OTHERS: dict[str, Any] = {
    **worlds.JOB_DEFINITION,
    "jobDefinitionName": "has-another",
    "containerProperties": {**CONTAINER, "jobRoleArn": OLD},
}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wif: Callable[..., Answer]) -> Iterator[World]:
    """A world with two job definitions; in one, the role is the execution role only."""
    roles = [{"name": "nightly-old", "service": "ecs-tasks.amazonaws.com"}]
    scenario = worlds.scenario(aws={"roles": roles, "job_definitions": [OTHERS, TRAP]})
    path = tmp_path / "world.yaml"
    path.write_text(yaml.safe_dump(scenario), encoding="utf-8")
    with Sandbox(str(path), ["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        yield World(tmp_path, sandbox, wif)


def wired(definition: str, *more: str) -> str:
    """The setup that names a job definition."""
    added = ", ".join([f"role: rds-to-bigquery, job_definition: {definition}", *more])
    return SETUP.replace("role: rds-to-bigquery", added)


def revisions(world: World, name: str) -> list[dict[str, Any]]:
    opened = open_setup(str(world.folder / "setup.yaml"))
    answer = opened.clouds.aws.call("batch", "describe_job_definitions", jobDefinitionName=name, status="ACTIVE")
    return sorted(answer["jobDefinitions"], key=lambda one: int(one["revision"]))


def test_the_role_on_the_execution_role_only_is_told_in_one_sentence_and_fixed_by_the_plan(world: World) -> None:
    setup = world.setup(wired("nightly-load"))
    planned = world.wif("plan", setup)
    assert planned.code == 2
    told = [line.strip() for line in planned.out.splitlines() if "only the execution role" in line]
    assert told == [
        "· rds-to-bigquery is only the execution role of nightly-load, so the container does not get the "
        "credentials of that role. The plan also sets the role as the job role."
    ]
    assert "jobRoleArn: (absent) -> arn:aws:iam::111122223333:role/rds-to-bigquery" in planned.out
    assert "Programs that start nightly-load without a revision number use the new revision immediately" in planned.out
    assert "apply the setup without aws.job_definition" in planned.out
    applied = world.wif("apply", setup, "--yes")
    assert applied.code == 0, applied.err
    last = [line for line in applied.out.splitlines() if " done " in line][-1]
    assert last.endswith("job definition nightly-load: updated")
    old, new = revisions(world, "nightly-load")
    assert "jobRoleArn" not in old["containerProperties"]
    assert new["containerProperties"]["jobRoleArn"] == new["containerProperties"]["executionRoleArn"]
    assert world.wif("plan", setup).code == 0


def test_a_role_that_gives_way_takes_an_acceptance_of_its_own(world: World) -> None:
    setup = world.setup(wired("has-another"))
    planned = world.wif("plan", setup, "--json")
    (loss,) = planned.json["losses"]
    assert loss["text"] == (
        "jobs of has-another lose the role nightly-old: AWS then denies the actions that rds-to-bigquery does not allow"
    )
    refused = world.wif("apply", setup, "--yes")
    assert (refused.code, "add --accept-loss" in refused.err) == (1, True)
    assert len(revisions(world, "has-another")) == 1
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    assert len(revisions(world, "has-another")) == 2


def test_values_of_others_are_nowhere_and_the_journal_names_the_revision(world: World) -> None:
    setup = world.setup(wired("has-another", "config_delivery: environment"))
    outputs = [world.wif("plan", setup, *form) for form in ((), ("--json",))]
    outputs.append(world.wif("apply", setup, "--yes", "--accept-loss", "--json"))
    assert outputs[-1].code == 0
    assert not any(PASSWORD in answer.out + answer.err for answer in outputs)
    journal = Journal()
    (run,) = journal.runs()
    (write,) = [write for write in journal.writes(run.id) if write.kind == "job definition"]
    assert (write.operation or "").endswith(":job-definition/has-another:2")
    with sqlite3.connect(journal.path) as database:
        assert PASSWORD not in "\n".join(database.iterdump())
    new = revisions(world, "has-another")[1]["containerProperties"]["environment"]
    assert new[0] == {"name": "DB_PASSWORD", "value": PASSWORD}
    content = next(each["value"] for each in new if each["name"] == "GOOGLE_CREDENTIAL_CONFIG")
    assert json.loads(content) == json.loads(world.config.read_text(encoding="utf-8"))


def test_what_the_journal_has_is_enough_to_take_the_revision_away(world: World) -> None:
    setup = world.setup(wired("has-another"))
    world.wif("apply", setup, "--yes", "--accept-loss")
    journal = Journal()
    (write,) = [write for write in journal.writes(journal.runs()[0].id) if write.kind == "job definition"]
    opened = open_setup(setup)
    (resource,) = [each for each in opened.resources() if (each.kind, each.name) == (write.kind, write.name)]
    resource.restore(opened.clouds, Change(resource, write.before, write.after))
    (left,) = revisions(world, "has-another")
    assert (left["revision"], left["containerProperties"]["jobRoleArn"]) == (1, OLD)


def test_one_side_says_that_the_other_must_be_first(world: World) -> None:
    answer = world.wif("plan", world.setup(wired("nightly-load")), "--only", "aws")
    assert "This plan contains only the changes on AWS. Apply the changes on Google Cloud first" in answer.out
    assert [line.split()[2:4] for line in answer.out.splitlines() if line.startswith(("  +", "  ~"))] == [
        ["IAM", "role"],
        ["job", "definition"],
    ]


def test_what_may_not_be_read_is_named_with_the_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wif: Callable[..., Answer]
) -> None:
    deny = [
        "events:ListEventBuses",
        "scheduler:ListSchedules",
        "pipes:ListPipes",
        "states:ListStateMachines",
        "batch:DescribeJobQueues",
    ]
    path = tmp_path / "world.yaml"
    scenario = worlds.scenario(aws={"job_definitions": [worlds.JOB_DEFINITION], "deny": deny})
    path.write_text(yaml.safe_dump(scenario), encoding="utf-8")
    with Sandbox(str(path), ["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        answer = wif("plan", World(tmp_path, sandbox, wif).setup(wired("nightly-load")))
    assert answer.code == 2
    for what, permission in zip(
        (
            "EventBridge rules",
            "EventBridge schedules",
            "EventBridge pipes",
            "Step Functions state machines",
            "jobs in the job queues",
        ),
        deny,
        strict=True,
    ):
        told = (
            f"The wizard could not check {what} for revisions of nightly-load, because you do not have the permission "
            f"{permission}."
        )
        assert told in answer.out


def test_without_permission_to_read_the_definition_there_is_no_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wif: Callable[..., Answer]
) -> None:
    path = tmp_path / "world.yaml"
    path.write_text(yaml.safe_dump(worlds.scenario(aws={"deny": ["batch:*"]})), encoding="utf-8")
    with Sandbox(str(path), ["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        answer = wif("plan", World(tmp_path, sandbox, wif).setup(wired("nightly-load")), "--only", "google", "--json")
    told = (
        "The wizard prints no command for this resource, because the command depends on the current state of the "
        "resource."
    )
    assert any(
        note.startswith("The wizard cannot read job definition nightly-load: ") and told in note
        for note in answer.json["handover_notes"]
    )
    assert not any("register-job-definition" in command for command in answer.json["handover"])


def test_the_live_test_looks_at_the_revision_that_apply_registers(world: World) -> None:
    setup = world.setup(wired("'nightly-load:1'"))
    assert world.wif("apply", setup, "--yes").code == 0
    assert world.wif("plan", setup).code == 0
    answer = world.wif("test", setup, "--from", "here", "--yes", "--json")
    (hop,) = [hop for hop in answer.json["hops"] if hop["hop"] == "definition"]
    assert hop["status"] == "ok", hop
    assert "nightly-load:2" in hop["evidence"][0]
