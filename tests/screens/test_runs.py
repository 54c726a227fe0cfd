"""The Runs page: from the list of runs to a resumed run, and through the review of a revert to its end."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import Static

from screens.widgets.choices import Choices
from screens.widgets.plan_table import PlanTable
from tests.commands.conftest import IMPERSONATED
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, the_page, until
from tests.screens.frames import check
from tests.screens.worlds import at_rest
from wizard import cli
from wizard.engine.journal import Journal
from wizard.resources import pool_users
from wizard.sandbox.process import Sandbox
from wizard.work.applying import details_of


@pytest.fixture
def applied(fresh: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The setup file of a run that was applied."""
    assert fresh.variables
    setup = tmp_path / "setup.yaml"
    setup.write_text(IMPERSONATED, encoding="utf-8")
    assert cli.main(["apply", str(setup), "--yes"]) == 0
    capsys.readouterr()
    return setup


def _now(page: object) -> str:
    return str(page.query_one("#runs-now", Static).content)  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_run_is_reverted_after_a_review(
    open_wizard: Open,
    applied: Path,
    size: tuple[int, int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool_users, "_KEPT", datetime(2026, 12, 21, tzinfo=UTC) - datetime.now(UTC))
    async with open_wizard(size) as pilot:
        pilot.app.query_one(Choices).focus()
        await pilot.press("down", "down", "down", "down", "enter")
        await until(pilot, lambda: the_page(pilot).page_id == "runs")
        page = the_page(pilot)
        await until(pilot, lambda: page.state == "listed")  # type: ignore[attr-defined]
        assert "Next" not in str(pilot.app.screen.focused)
        await pilot.press("f8")
        await until(pilot, lambda: page.state == "planned")  # type: ignore[attr-defined]
        assert page.query_one(PlanTable).query(".delete")
        await at_rest(pilot)
        check(pilot.app, f"runs-planned-{size[0]}x{size[1]}")
        await pilot.press("escape")
        await until(pilot, lambda: page.state == "listed")  # type: ignore[attr-defined]
        await pilot.press("f8")
        await until(pilot, lambda: page.state == "planned")  # type: ignore[attr-defined]
        await pilot.press("f8")
        await until(pilot, lambda: page.state == "ended")  # type: ignore[attr-defined]
        assert _now(page).startswith("✓ The revert is complete.")
        await pilot.press("f8")
        await until(pilot, lambda: page.state == "listed")  # type: ignore[attr-defined]
        titles = [choice.title for choice in page.query_one(Choices).choices]
        assert [title.split(": ")[0].split(", ")[1] for title in titles] == ["done", "reverted"]
    capsys.readouterr()
    assert cli.main(["plan", str(applied)]) == 2


async def test_a_run_that_did_not_end_is_offered_and_resumed(open_wizard: Open, applied: Path) -> None:
    journal = Journal()
    run = journal.runs()[0]
    again = journal.begin(run.title, run.setup, run.details)
    journal.end(again, "interrupted")
    async with open_wizard(SMALL) as pilot:
        notice = pilot.app.query_one("#welcome-unfinished", Static)
        await until(pilot, lambda: bool(notice.display))
        assert again in str(notice.content)
        pilot.app.query_one(Choices).focus()
        await pilot.press("down", "down", "down", "down", "enter")
        await until(pilot, lambda: the_page(pilot).page_id == "runs")
        await until(pilot, lambda: the_page(pilot).state == "listed")  # type: ignore[attr-defined]
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "review")
        await until(pilot, lambda: the_page(pilot).state == "read")  # type: ignore[attr-defined]
        assert "All" in str(the_page(pilot).query_one("#review-summary", Static).content)
    assert applied.is_file()


async def test_a_run_of_one_half_is_resumed_as_one_half(
    open_wizard: Open, fresh: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fresh.variables
    setup = tmp_path / "setup.yaml"
    setup.write_text(IMPERSONATED, encoding="utf-8")
    details = details_of(folder=str(tmp_path), file="setup.yaml", only="aws", override_owner=True)
    journal = Journal()
    run = journal.begin("a killed run", IMPERSONATED, details)
    journal.end(run, "interrupted")
    async with open_wizard(SMALL) as pilot:
        pilot.app.query_one(Choices).focus()
        await pilot.press("down", "down", "down", "down", "enter")
        await until(pilot, lambda: the_page(pilot).page_id == "runs")
        await until(pilot, lambda: the_page(pilot).state == "listed")  # type: ignore[attr-defined]
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "review")
        review = the_page(pilot)
        await until(pilot, lambda: review.state == "read")  # type: ignore[attr-defined]
        assert "--only aws" in str(review.query_one("#review-notes", Static).content)
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "apply")
        await until(pilot, lambda: journal.runs()[0].outcome == "done")
    capsys.readouterr()
    resumed = journal.runs()[0]
    assert (resumed.details.only, resumed.details.override_owner) == ("aws", True)
    assert {write.kind for write in journal.writes(resumed.id)} == {"IAM role"}
    assert cli.main(["plan", str(setup), "--only", "aws"]) == 0
    assert cli.main(["plan", str(setup), "--only", "google"]) == 2


@pytest.mark.usefixtures("sandboxed")
async def test_a_journal_without_runs_says_so(open_wizard: Open) -> None:
    async with open_wizard(SMALL) as pilot:
        pilot.app.query_one(Choices).focus()
        await pilot.press("down", "down", "down", "down", "enter")
        await until(pilot, lambda: the_page(pilot).page_id == "runs")
        await until(pilot, lambda: the_page(pilot).state == "listed")  # type: ignore[attr-defined]
        assert _now(the_page(pilot)) == "The journal has no runs yet."
