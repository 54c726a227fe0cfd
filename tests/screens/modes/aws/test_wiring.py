"""The definition that starts the workload, in the wizard: chosen by both of its roles, and reviewed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from textual.widgets import Static

from screens.review import ReviewPage
from tests.commands.conftest import SETUP
from tests.oracles.by_hand import aws_worlds as worlds
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, the_page, until
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
            "jobs of nightly-load lose the role nightly-old: AWS then refuses what rds-to-bigquery does not allow"
        ]
        losses = page.query_one("#review-losses", Static)
        assert losses.display
        assert "jobs of nightly-load lose the role nightly-old" in str(losses.content)
        assert reviewed.plan.changes[-1].resource.kind == "job definition"
        assert wired.variables
