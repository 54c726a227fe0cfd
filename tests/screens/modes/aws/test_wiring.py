"""The definition that starts the workload, in the wizard: chosen by both of its roles, and reviewed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from textual.widgets import Static

from screens.form import Fold
from screens.modes.aws.workload import WorkloadPage
from screens.review import ReviewPage
from screens.widgets.field import Field
from screens.widgets.pick_list import PickList
from tests.commands.conftest import SETUP
from tests.oracles.by_hand import aws_worlds as worlds
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, the_page, type_text, until
from tests.screens.frames import check
from tests.screens.worlds import at_rest, session_of
from wizard.sandbox.process import Sandbox

OLD = f"arn:aws:iam::{worlds.ACCOUNT}:role/nightly-old"


@pytest.fixture
def wired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A world with a job definition that has another job role."""
    container = {**worlds.JOB_DEFINITION["containerProperties"], "jobRoleArn": OLD}
    definition = {**worlds.JOB_DEFINITION, "containerProperties": container}
    path = tmp_path / "world.yaml"
    path.write_text(yaml.safe_dump(worlds.scenario(aws={"job_definitions": [definition]})), encoding="utf-8")
    with Sandbox(str(path), ["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture
def with_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A world with two services of one task definition, and one of another."""
    families = [{**worlds.TASK_DEFINITION, "family": family} for family in ("orders", "returns")]
    running = {"cluster": "prod", "launchType": "FARGATE", "desiredCount": 1}
    services = [
        {**running, "serviceName": name, "taskDefinition": family}
        for name, family in (("orders", "orders"), ("orders-canary", "orders"), ("returns", "returns"))
    ]
    aws = {"task_definitions": families, "clusters": ["prod"], "services": services}
    path = tmp_path / "services.yaml"
    path.write_text(yaml.safe_dump(worlds.scenario(aws=aws)), encoding="utf-8")
    with Sandbox(str(path), ["--steady"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        yield sandbox


def note(field: Field) -> str:
    """The note below a field."""
    return str(field.query_one(".field-note", Static).content)


@pytest.mark.usefixtures("with_services")
@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_services_to_update_are_chosen_from_those_that_run_the_definition(
    open_wizard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    setup = SETUP.replace("runtime: batch-fargate", "runtime: ecs-fargate, task_definition: orders")
    async with open_wizard(size, session_of(tmp_path, setup), page="aws-workload") as pilot:
        page = the_page(pilot)
        assert isinstance(page, WorkloadPage)
        page.query_one(Fold).action_toggle_details()
        field = page.field("aws.services")
        rows = field.query_one(PickList)
        await until(pilot, lambda: [row.key for row in rows.rows] == ["prod/orders", "prod/orders-canary"])
        assert "of 1 tasks" in str(rows.rows[0].says)
        rows.focus()
        await at_rest(pilot)
        check(pilot.app, f"workload-services-{size[0]}x{size[1]}")
        await pilot.press("down", "space")
        await at_rest(pilot)
        assert page.answers.to_setup().aws.services == ("prod/orders-canary",)
        definition = page.field("aws.task_definition")
        definition.control.focus()
        definition.answer("returns")
        await until(pilot, lambda: not rows.display)
        page.field("aws.role").control.focus()
        await until(pilot, lambda: [row.key for row in rows.rows] == ["prod/returns"])
        assert page.answers.to_setup().aws.services == ()
        definition.answer("orders-canary")
        definition.control.focus()
        await until(pilot, lambda: "no ECS service runs this task definition" in note(field))
        assert not rows.display
        definition.answer(None)
        await until(pilot, lambda: not field.display)


@pytest.mark.usefixtures("with_services")
async def test_services_of_a_file_stay_chosen_and_are_reviewed(open_wizard: Open, tmp_path: Path) -> None:
    services = "task_definition: orders, services: [prod/orders, prod/gone]"
    setup = SETUP.replace("runtime: batch-fargate", f"runtime: ecs-fargate, {services}")
    async with open_wizard(LARGE, session_of(tmp_path, setup), page="aws-workload") as pilot:
        page = the_page(pilot)
        assert isinstance(page, WorkloadPage)
        page.query_one(Fold).action_toggle_details()
        rows = page.field("aws.services").query_one(PickList)
        await until(pilot, lambda: bool(rows.rows))
        chosen = {row.key: row.chosen for row in rows.rows}
        assert chosen == {"prod/orders": True, "prod/orders-canary": False, "prod/gone": True}
        rows.highlighted = 2
        rows.focus()
        await pilot.press("space")
        await at_rest(pilot)
        assert page.answers.to_setup().aws.services == ("prod/orders",)


async def test_services_that_cannot_be_listed_are_typed(open_wizard: Open, tmp_path: Path) -> None:
    setup = SETUP.replace("runtime: batch-fargate", "runtime: ecs-fargate, task_definition: orders")
    async with open_wizard(SMALL, session_of(tmp_path, setup), page="aws-workload") as pilot:
        page = the_page(pilot)
        assert isinstance(page, WorkloadPage)
        page.query_one(Fold).action_toggle_details()
        field = page.field("aws.services")
        await until(pilot, lambda: "read the list: " in note(field) or "to read the list" in note(field))
        field.control.focus()
        await type_text(pilot, "prod/orders prod")
        await at_rest(pilot)
        assert page.answers.get("aws.services") == ("prod/orders", "prod")
        assert any("write CLUSTER/SERVICE" in problem for problem in page.problems())
        await type_text(pilot, "/returns")
        await at_rest(pilot)
        assert page.answers.to_setup().aws.services == ("prod/orders", "prod/returns")


async def test_the_review_names_the_loss_of_the_old_role_and_switches_last(
    open_wizard: Open, wired: Sandbox, tmp_path: Path
) -> None:
    setup = SETUP.replace("role: rds-to-bigquery", "role: rds-to-bigquery, job_definition: nightly-load")
    async with open_wizard(LARGE, session_of(tmp_path, setup), page="review") as pilot:
        page = the_page(pilot)
        assert isinstance(page, ReviewPage)
        await until(pilot, lambda: page.state == "read")
        await at_rest(pilot)
        reviewed = page.session.reviewed
        assert reviewed is not None
        assert [loss.text for loss in reviewed.losses] == [
            "jobs of nightly-load lose the role nightly-old: AWS then denies the "
            "actions that rds-to-bigquery does not allow"
        ]
        losses = page.query_one("#review-losses", Static)
        assert losses.display
        assert "jobs of nightly-load lose the role nightly-old" in str(losses.content)
        assert reviewed.plan.changes[-1].resource.kind == "job definition"
        assert wired.variables
