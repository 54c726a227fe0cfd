"""A demo: it shows the answers first, and the sandbox breaks the setup in front of the audience."""

from pathlib import Path

import pytest

from screens.session import Session
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, the_page, until
from tests.screens.frames import frame
from tests.screens.worlds import at_rest
from wizard.sandbox import scenario
from wizard.sandbox.process import Sandbox
from wizard.work import faults
from wizard.work.demo import Demo

FAULT = "pool-disabled"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A demo of a scenario, with its setup in the current folder."""
    shown = scenario.load("batch-bigquery")
    (tmp_path / "setup.yaml").write_text(shown.setup, encoding="utf-8")
    return Session(demo=Demo(shown.title, shown.name, shown.names))


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_has_faults_to_show(name: str) -> None:
    found = faults.for_a_running_demo(name)
    assert len(found) > 1
    assert {faults.load(each).scenario for each in found} == {name}


async def test_a_demo_shows_the_answers_first(open_wizard: Open, sandboxed: Sandbox, session: Session) -> None:
    assert sandboxed.pid
    async with open_wizard(SMALL, session=session) as pilot:
        await until(pilot, lambda: "✓ rds-to-bigquery in" in frame(pilot.app))
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "aws-workload")


async def test_the_sandbox_breaks_the_setup_and_the_doctor_finds_the_cause(
    open_wizard: Open, fresh: Sandbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fresh.pid
    monkeypatch.setattr(faults, "for_a_running_demo", lambda _: [FAULT])
    async with open_wizard(LARGE, session=session) as pilot:
        await until(pilot, lambda: "✓ rds-to-bigquery in" in frame(pilot.app))
        await pilot.press("ctrl+p", *"break it")
        await until(pilot, lambda: "Break the sandbox setup" in frame(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: the_page(pilot).page_id == "doctor" and bool(the_page(pilot).query(".finding")))
        await at_rest(pilot)
        assert faults.load(FAULT).code in frame(pilot.app)
        assert faults.load(FAULT).title in str([*pilot.app._notifications])


async def test_only_a_demo_can_be_broken(open_wizard: Open, sandboxed: Sandbox) -> None:
    assert sandboxed.pid
    async with open_wizard(SMALL) as pilot:
        await pilot.press("ctrl+p", *"break it")
        await until(pilot, lambda: "break it" in frame(pilot.app))
        assert "Break the sandbox setup" not in frame(pilot.app)
