"""The tabs of the Result page: the exports for the team, made when their tab is chosen."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.widgets.export_tabs import ExportTabs
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, settled, until
from tests.screens.frames import frame
from tests.screens.worlds import at_rest, opened_in, session_of, show


async def choose(pilot: Pilot[int], name: str) -> None:
    """Choose a tab, and wait for its files."""
    pilot.app.query_one(ExportTabs).active = name
    await until(pilot, lambda: bool(pilot.app.query("#result-export-files CodePane")))
    await at_rest(pilot)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_script_is_shown_and_saved_beside_the_setup(
    open_wizard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    session = session_of(tmp_path)
    async with open_wizard(size, session) as pilot:
        session.opened = opened_in(tmp_path)
        await show(pilot, "aws-result")
        await choose(pilot, "script")
        shown = frame(pilot.app)
        assert "apply.sh: Script with gcloud, aws and kubectl commands" in shown
        assert "Select a file, then press c to copy the file" in shown
        assert "Not saved yet" not in shown
        pilot.app.query_one("#result-export-files CodePane").focus()
        await pilot.press("s")
        await settled(pilot)
        assert (tmp_path / "apply.sh").read_text(encoding="utf-8").startswith("#!/bin/sh\n")


async def test_the_keys_reach_the_tabs_and_lead_back(open_wizard: Open, tmp_path: Path) -> None:
    session = session_of(tmp_path)
    async with open_wizard(LARGE, session) as pilot:
        session.opened = opened_in(tmp_path)
        await show(pilot, "aws-result")
        pilot.app.query_one(ExportTabs).focus()
        await pilot.press("right", "right")
        await until(pilot, lambda: "apply.sh" in frame(pilot.app) or "Script of gcloud" in frame(pilot.app))
        await pilot.press("left", "left")
        await until(pilot, lambda: "Not saved yet" in frame(pilot.app))


async def test_what_cannot_be_made_is_said_in_the_tab(
    open_wizard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wizard.setup.problems import BadInput
    from wizard.work import exporting

    def refuse(*_: object) -> None:
        raise BadInput("there is nothing to export")

    monkeypatch.setattr(exporting, "of_opened", refuse)
    session = session_of(tmp_path)
    async with open_wizard(LARGE, session) as pilot:
        session.opened = opened_in(tmp_path)
        await show(pilot, "aws-result")
        pilot.app.query_one(ExportTabs).active = "report"
        await until(pilot, lambda: "there is nothing to export" in frame(pilot.app))


async def test_before_the_review_a_tab_says_what_to_do(open_wizard: Open, tmp_path: Path) -> None:
    async with open_wizard(SMALL, session_of(tmp_path)) as pilot:
        await show(pilot, "aws-result")
        pilot.app.query_one(ExportTabs).active = "script"
        await until(pilot, lambda: "There is nothing to show yet" in frame(pilot.app))
