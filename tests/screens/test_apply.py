"""Applying: every state of a change, what fails, what moved, stopping, and keys that are answered meanwhile."""

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from screens.app import WizardApp
from screens.apply import ApplyPage
from screens.bridge import Applied, EventHappened
from screens.page import Page
from screens.widgets import event_rows
from screens.widgets.dialogs import TextDialog, YesNoDialog
from screens.widgets.disclosure import Disclosure
from screens.widgets.event_rows import EventRow
from screens.widgets.help_panel import HelpPanel
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, Quiet, settled, the_page, until
from tests.screens.frames import check, frame
from tests.screens.worlds import at_rest, opened_in, session_of, show
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.apply import Failure, Result
from wizard.engine.events import Event, EventKind
from wizard.engine.journal import Journal
from wizard.engine.plan import Plan
from wizard.engine.resource import Change
from wizard.sandbox.process import Sandbox
from wizard.work import applying, opening, planning
from wizard.work.planning import Review

SIZES = [SMALL, LARGE]
POOL = "/v1/projects/acme-analytics/locations/global/workloadIdentityPools/aws-prod"
PROVIDER = f"{POOL}/providers/aws-111122223333"


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time does not go on by itself in the rows."""
    monkeypatch.setattr(event_rows, "TICK", 3600.0)


def plan_of(folder: Path) -> Review:
    """A plan that creates everything."""
    resources = opened_in(folder).blueprint.resources()
    return Review(Plan(tuple(Change(each, None, each.desired()) for each in resources)), [], [])


async def begun(pilot: Pilot[int], folder: Path) -> tuple[ApplyPage, tuple[Change, ...]]:
    """The page, with changes that were agreed to and of which nothing happens by itself."""
    app = pilot.app
    assert isinstance(app, WizardApp)
    app.session.opened = opened_in(folder)
    app.session.reviewed = plan_of(folder)
    app.session.done.add("review")
    page = await show(pilot, "apply", Quiet(app.session))
    assert isinstance(page, ApplyPage)
    return page, app.session.reviewed.plan.pending


async def tell(pilot: Pilot[int], page: Page, *events: tuple[Change, EventKind, str, float]) -> None:
    """Let things happen."""
    for change, kind, text, elapsed in events:
        page.post_message(EventHappened(Event(kind, change, text, elapsed)))
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("still")
async def test_changes_that_run_side_by_side_are_seen_with_what_they_wait_for(
    open_wizard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(event_rows.ChangeProgress, "seconds", property(lambda self: self.elapsed))
    async with open_wizard(size, session_of(tmp_path)) as pilot:
        page, changes = await begun(pilot, tmp_path)
        await at_rest(pilot)
        check(pilot.app, f"apply-begun-{size[0]}x{size[1]}")
        role, services, pool, provider, grants, _ = changes
        await tell(
            pilot,
            page,
            (role, "started", "create", 0.0),
            (services, "started", "update", 0.0),
            (services, "done", "updated", 1.25),
            (role, "settling", "1 of 3 consecutive reads succeeded", 0.4),
            (pool, "started", "create", 0.0),
            (pool, "progress", "operations/create-pool", 2.0),
            (provider, "waiting", "waiting for workload identity pool aws-prod", 0.0),
            (grants, "waiting", "waiting for workload identity pool aws-prod", 0.0),
        )
        await at_rest(pilot)
        check(pilot.app, f"apply-running-{size[0]}x{size[1]}")
        assert page.problems() == ["The changes are still running: wait, or press x to stop."]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("still")
async def test_what_failed_keeps_the_clouds_words_and_the_rest_is_told(
    open_wizard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with open_wizard(size, session_of(tmp_path)) as pilot:
        page, changes = await begun(pilot, tmp_path)
        words = "Permission 'iam.workloadIdentityPools.create' [b]denied[/x] on resource."
        error = CloudError(
            "iam.googleapis.com",
            "POST /v1/projects/acme-analytics/locations/global/workloadIdentityPools",
            403,
            "PERMISSION_DENIED",
            words,
            details=({"reason": "IAM_PERMISSION_DENIED", "metadata": {"permission": "[/x]"}},),
        )
        role, services, pool, *others = changes
        await tell(pilot, page, (role, "done", "created", 0.3), (services, "done", "updated", 1.2))
        await tell(pilot, page, (pool, "started", "create", 0.0), (pool, "failed", words, 0.25))
        await tell(pilot, page, *[(each, "skipped", "needs workload identity pool aws-prod", 0.0) for each in others])
        page.session.applying = False
        result = Result("20260102-030405-abcd", (role, services), (Failure(pool, error),), tuple(others))
        page.post_message(Applied(result))
        await pilot.pause()
        await at_rest(pilot)
        check(pilot.app, f"apply-failed-{size[0]}x{size[1]}")
        row = page.query_one(event_rows.EventRows).row(pool)
        row.focus()
        await pilot.press("r")
        assert isinstance(pilot.app.screen, TextDialog)
        assert "IAM_PERMISSION_DENIED" in frame(pilot.app)
        await pilot.press("escape", "c")
        assert words in pilot.app.clipboard
        assert page.problems() == ["Some changes are not done. To plan again, press p."]
        await pilot.press("p")
        await until(pilot, lambda: the_page(pilot).page_id == "review")


@pytest.mark.usefixtures("still")
async def test_stopping_asks_first_and_says_what_was_left(open_wizard: Open, tmp_path: Path) -> None:
    async with open_wizard(SMALL, session_of(tmp_path)) as pilot:
        page, changes = await begun(pilot, tmp_path)
        await tell(pilot, page, (changes[0], "started", "create", 0.0))
        await pilot.press("x")
        assert isinstance(pilot.app.screen, YesNoDialog)
        await pilot.press("enter")  # keep going is the default
        await pilot.pause()
        assert not page.session.stop.is_set()
        await pilot.press("x", "y")
        await pilot.pause()
        assert page.session.stop.is_set()
        assert "The wizard stops when the running changes are done." in frame(pilot.app)
        await tell(pilot, page, (changes[0], "done", "created", 0.3))
        await tell(
            pilot,
            page,
            *[
                (each, "skipped", "the wizard did not start this change, because the run was stopped", 0.0)
                for each in changes[1:]
            ],
        )
        page.session.applying = False
        result = Result("20260102-030405-abcd", changes[:1], (), changes[1:], interrupted=True)
        page.post_message(Applied(result))
        await pilot.pause()
        await at_rest(pilot)
        check(pilot.app, "apply-stopped-80x24")


async def test_everything_is_made_and_the_journal_has_it(open_wizard: Open, fresh: Sandbox, tmp_path: Path) -> None:
    del fresh
    session = session_of(tmp_path)
    async with open_wizard(SMALL, session, page="review") as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: session.result is not None and not session.applying)
        await settled(pilot)
        text = frame(pilot.app)
        assert "6 of 6 changes are done" in text
        assert session.result is not None
        assert session.result.run in [run.id for run in Journal().runs()]
        assert "apply" in session.done
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "aws-result")


async def test_coming_back_does_not_make_the_changes_again(open_wizard: Open, tmp_path: Path) -> None:
    async with open_wizard(SMALL, session_of(tmp_path)) as pilot:
        page, _ = await begun(pilot, tmp_path)
        await show(pilot, "aws-result")
        await show(pilot, "apply")
        assert isinstance(page.bridge, Quiet)
        assert page.bridge.asked == ["apply"]


async def test_nothing_is_made_that_was_not_agreed_to(open_wizard: Open, tmp_path: Path) -> None:
    session = session_of(tmp_path)
    async with open_wizard(SMALL, session) as pilot:
        session.reviewed = plan_of(tmp_path)
        page = await show(pilot, "apply", quiet := Quiet(session))
        assert quiet.asked == []
        await at_rest(pilot)
        check(pilot.app, "apply-empty-80x24")
        assert page.problems() == ["Review the changes first."]


async def test_what_moved_since_the_review_is_left_alone_and_told(
    open_wizard: Open, fresh: Sandbox, tmp_path: Path
) -> None:
    del fresh
    session = session_of(tmp_path)
    made = opening.open_in_memory(session.answers.to_setup(), tmp_path)
    assert applying.apply(made, planning.review(made), lambda _: None).ok
    clouds = Clouds("acme-analytics", "ap-northeast-1")
    narrow(clouds, "assertion.account == '1'")
    async with open_wizard(LARGE, session) as pilot:
        await show(pilot, "review")
        await settled(pilot)
        narrow(clouds, "assertion.account == '2'")
        await pilot.press("f8", "y")
        await until(pilot, lambda: session.result is not None)
        await settled(pilot)
        text = "\n".join(row.text for row in pilot.app.query(EventRow))
        assert "changed since the review" in text
        assert "assertion.account == '1'" in text
        assert "plan again, and review the new plan" in text
        assert the_page(pilot).query_one("#apply-again").display


@pytest.mark.usefixtures("still")
async def test_of_many_changes_only_those_that_failed_have_a_row(
    open_wizard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_rows, "MOST", 3)
    async with open_wizard(LARGE, session_of(tmp_path)) as pilot:
        page, (first, second, third, *_) = await begun(pilot, tmp_path)
        rows = page.query_one(event_rows.EventRows)
        error = CloudError("iam", "create", 400, "INVALID_ARGUMENT", "not like this")
        await tell(pilot, page, (first, "done", "created", 1.0), (second, "started", "create", 0.0))
        await tell(pilot, page, (third, "failed", "not like this", 2.0))
        page.post_message(Applied(Result("20260102-030405-abcd", (first,), (Failure(third, error),), ())))
        await pilot.pause()
        rows.tick()
        await pilot.pause()
        assert [row.error.error for row in pilot.app.query(EventRow) if row.error] == [
            "400 INVALID_ARGUMENT: not like this"
        ]
        assert second.resource.kind in str(rows.query_one(".crowd--running", Static).content)
        others = rows.query_one(".crowd--others", Disclosure)
        others.is_open = True
        rows.tick()
        assert "created" in others.text
        assert f"✓ {'done':<8}" in others.text


async def test_keys_are_answered_while_changes_are_made(
    open_wizard: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Sandbox(arguments=["--latency", "1s"]) as sandbox:
        for name, value in sandbox.variables.items():
            monkeypatch.setenv(name, value)
        session = session_of(tmp_path)
        async with open_wizard(LARGE, session, page="review") as pilot:
            await pilot.press("f8")
            await until(pilot, lambda: session.applying)
            await until(pilot, lambda: pilot.app.query_one(event_rows.EventRows).counts()["done"] > 0)
            assert pilot.app.query_one(HelpPanel).display
            await pilot.press("f1")
            assert not pilot.app.query_one(HelpPanel).display
            await pilot.press("down")
            assert isinstance(pilot.app.focused, EventRow)
            assert session.applying
            await pilot.press("ctrl+q")
            assert isinstance(pilot.app.screen, YesNoDialog)
            await pilot.press("y")
            await until(pilot, lambda: pilot.app.return_code is not None)
        assert pilot.app.return_code == 130
        assert session.result is not None
        assert session.result.interrupted
        assert session.result.done


def narrow(clouds: Clouds, condition: str) -> None:
    """Give the provider another condition, as somebody else might."""
    clouds.google.call(
        "iam", "PATCH", PROVIDER, {"attributeCondition": condition}, {"updateMask": "attributeCondition"}
    )


async def test_what_happens_before_a_row_is_drawn_is_seen_too(open_wizard: Open, tmp_path: Path, still: None) -> None:
    del still
    async with open_wizard(SMALL) as pilot:
        page, (change, *_) = await begun(pilot, tmp_path)
        rows = page.query_one(event_rows.EventRows)
        rows.show([change])
        row = rows.row(change)
        while not row.query(".disclosure--lead"):
            await asyncio.sleep(0)
        rows.hear(Event("done", change, "created", 0.2))  # composed perhaps, but not mounted
        await at_rest(pilot)
        assert "✓ done" in frame(pilot.app)
