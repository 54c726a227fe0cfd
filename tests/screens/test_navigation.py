"""From page to page: nothing is lost, later pages follow, and leaving asks while changes are being made."""

import stat
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import Input, Static

from screens.app import INTERRUPTED
from screens.bridge import Applied, Listed
from screens.crash import log_path
from screens.form import Fold
from screens.messages import Recognised
from screens.widgets.action_bar import Forward
from screens.widgets.dialogs import YesNoDialog
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, Quiet, tell, the_app, the_page, type_text, until
from tests.screens.frames import check, frame
from wizard.clouds.identity import Identity
from wizard.engine.apply import Result


def field(pilot: object, path: str) -> Input:
    """The input of a question."""
    from screens.form import FormPage

    page = the_page(pilot)  # type: ignore[arg-type]
    assert isinstance(page, FormPage)
    control = page.field(path).control
    assert isinstance(control, Input)
    return control


def type_at_once(pilot: object, *keys: str) -> None:
    """Keys that come faster than anything can be drawn."""
    for key in keys:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))  # type: ignore[attr-defined]


async def fill_workload(pilot: object) -> None:
    """Answer the questions of the workload page."""
    page = the_page(pilot)  # type: ignore[arg-type]
    assert page.page_id == "aws-workload"
    await pilot.press("down", "enter")  # type: ignore[attr-defined]
    for text in ("111122223333", "ap-northeast-1", "rds-to-bigquery"):
        await type_text(pilot, text)  # type: ignore[arg-type]
        if text != "rds-to-bigquery":
            await pilot.press("enter")  # type: ignore[attr-defined]


async def test_enter_leads_through_a_page_and_on_to_the_next(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet()) as pilot:
        await pilot.press("enter")
        await fill_workload(pilot)
        check(pilot.app, "workload-answered-120x40")
        await pilot.press("enter")
        await pilot.pause()
        assert the_page(pilot).page_id == "aws-project"
        assert "2 Workload  ✓" in frame(pilot.app)


async def test_going_back_and_forward_loses_nothing(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet(), page="aws-workload") as pilot:
        await fill_workload(pilot)
        await pilot.press("f8")
        await pilot.pause()
        await type_text(pilot, "acme-analytics")
        await pilot.press("escape")
        assert the_page(pilot).page_id == "aws-workload"
        assert field(pilot, "aws.role").value == "rds-to-bigquery"
        await pilot.press("f8")
        await pilot.pause()
        assert the_page(pilot).page_id == "aws-project"
        assert field(pilot, "google.project").value == "acme-analytics"


async def test_the_providers_name_follows_the_account_until_it_is_answered(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet(), page="aws-project") as pilot:
        assert field(pilot, "google.provider").value == ""
        await the_app(pilot).show_page("aws-workload")
        field(pilot, "aws.account").value = "111122223333"
        await pilot.pause()
        await the_app(pilot).show_page("aws-project")
        await pilot.pause()
        assert field(pilot, "google.provider").value == "aws-111122223333"
        assert "default: aws-111122223333 (derived from the account)" in frame(pilot.app)
        field(pilot, "google.provider").value = "my-provider"
        await pilot.pause()
        await the_app(pilot).show_page("aws-workload")
        field(pilot, "aws.account").value = "444455556666"
        await pilot.pause()
        await the_app(pilot).show_page("aws-project")
        assert field(pilot, "google.provider").value == "my-provider"


async def test_next_explains_what_is_missing_and_goes_there(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet(), page="aws-workload") as pilot:
        for name in ("aws-accounts", "aws-regions", "aws-roles"):
            await tell(pilot, Listed(name, ()))
        await pilot.press("down", "f8")
        await pilot.pause()
        assert the_page(pilot).page_id == "aws-workload"
        assert pilot.app.focused is field(pilot, "aws.account")
        assert "(1 of 3) Which AWS account does your" in frame(pilot.app)
        check(pilot.app, "workload-missing-80x24")


async def test_what_is_wrong_is_said_while_typing_in_the_headless_words(open_wizard: Open) -> None:
    from wizard.modes.aws import rules

    async with open_wizard(LARGE, bridge=Quiet(), page="aws-workload") as pilot:
        await pilot.press("tab")
        await type_text(pilot, "1111-2222-3333")
        await pilot.pause()
        problem = rules.account_id("1111-2222-3333")
        assert problem and f"✗ {problem}" in frame(pilot.app)
        check(pilot.app, "workload-wrong-120x40")


async def test_an_emptied_line_takes_the_default_back(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet(), page="aws-project") as pilot:
        field(pilot, "google.pool").focus()
        await pilot.press(*["backspace"] * 20)
        await type_text(pilot, "mine")
        assert the_app(pilot).session.answers.text("google.pool") == "mine"
        await pilot.press(*["backspace"] * 4)
        await pilot.pause()
        assert the_app(pilot).session.answers.text("google.pool") == "aws-workloads"
        assert field(pilot, "google.pool").placeholder == "aws-workloads"


async def test_escape_on_the_first_page_never_quits(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        await pilot.press("escape", "escape", "escape")
        assert pilot.app.is_running and the_page(pilot).page_id == "welcome"
        assert "Esc Back" not in frame(pilot.app)


async def test_the_mouse_goes_forward_and_back(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        await pilot.click(Forward)
        await pilot.pause()
        assert the_page(pilot).page_id == "aws-workload"
        await pilot.click("Rail", offset=(3, 0))
        await pilot.pause()
        assert the_page(pilot).page_id == "welcome"
        await pilot.click("Rail", offset=(3, 8))
        await pilot.pause()
        assert the_page(pilot).page_id == "welcome", "a page that was not reached yet cannot be gone to"


async def test_keys_typed_right_after_going_forward_are_the_next_pages(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        type_at_once(pilot, "f8", "down", "down", "up")
        session = the_app(pilot).session
        await until(pilot, lambda: session.answers.text("aws.runtime") == "batch-fargate")
        assert the_page(pilot).page_id == "aws-workload"
        assert session.mode.name == "aws"


async def test_text_typed_right_after_going_forward_is_the_next_pages(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet(), page="aws-workload") as pilot:
        await fill_workload(pilot)
        type_at_once(pilot, "f8", *"acme")
        await until(pilot, lambda: the_page(pilot).page_id == "aws-project")
        await until(pilot, lambda: field(pilot, "google.project").value == "acme")
        assert the_app(pilot).session.answers.text("aws.role") == "rds-to-bigquery"


@pytest.mark.parametrize("on", ["tab", "enter"])
async def test_a_page_can_be_filled_in_one_breath(open_wizard: Open, on: str) -> None:
    async with open_wizard(SMALL, bridge=Quiet(), page="aws-workload") as pilot:
        type_at_once(pilot, "down", on, *"111122223333", on, *"ap-northeast-1", on, *"rds-to-bq")
        type_at_once(pilot, "enter" if on == "enter" else "f8", *"acme")
        await until(pilot, lambda: the_page(pilot).page_id == "aws-project")
        await until(pilot, lambda: field(pilot, "google.project").value == "acme")
        answers = the_app(pilot).session.answers
        assert [answers.text(f"aws.{each}") for each in ("account", "region", "role")] == [
            "111122223333",
            "ap-northeast-1",
            "rds-to-bq",
        ]


async def test_a_test_can_be_started_in_one_breath_with_going_to_its_page(open_wizard: Open) -> None:
    bridge = Quiet()
    async with open_wizard(SMALL, bridge=bridge, page="aws-result") as pilot:
        type_at_once(pilot, "f8", "t")
        await pilot.pause()
        assert the_page(pilot).page_id == "aws-test" and "test" in bridge.asked


async def test_nothing_goes_forward_from_the_last_page(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet(), page="aws-test") as pilot:
        assert "F8" not in frame(pilot.app)
        await pilot.press("f8")
        assert the_page(pilot).page_id == "aws-test"


async def test_f8_does_nothing_under_a_dialog(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        pilot.app.push_screen(YesNoDialog("Really?", "It is a question."))
        await pilot.pause()
        await pilot.press("f8")
        assert the_page(pilot).page_id == "welcome" and isinstance(pilot.app.screen, YesNoDialog)


async def test_what_was_detected_later_reaches_the_page_in_view(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet()) as pilot:
        welcome = the_page(pilot)
        await pilot.press("f8")
        await pilot.pause()
        identity = Identity("arn:aws:iam::111122223333:user/operator", "AWS profile prod", "111122223333")
        welcome.post_message(Recognised("aws", identity))
        await pilot.pause()
        await pilot.pause()
        assert field(pilot, "aws.account").value == "111122223333"
        assert "found: 111122223333 (AWS profile prod)" in frame(pilot.app)
        assert "111122223333" in frame(pilot.app).splitlines()[0]


async def test_details_open_when_something_is_wrong_in_them(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet(), page="aws-project") as pilot:
        answers = the_app(pilot).session.answers
        answers.set("google.project", "acme-analytics")
        answers.set("google.provider", "aws-prod")
        answers.set("google.pool_project", "NOT A PROJECT")
        await pilot.press("f8")
        await pilot.pause()
        assert the_page(pilot).query_one(Fold).open
        assert pilot.app.focused is field(pilot, "google.pool_project")


async def test_leaving_is_at_once_when_nothing_is_being_changed(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        await pilot.press("ctrl+q")
        assert pilot.app.return_code == 0


async def test_leaving_asks_while_changes_are_being_made(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        session = the_app(pilot).session
        session.applying = True
        await pilot.press("ctrl+q")
        await pilot.pause()
        check(pilot.app, "leaving-80x24")
        assert isinstance(pilot.app.screen, YesNoDialog)
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.is_running and not session.stop.is_set(), "to keep going is the answer that Enter gives"
        await pilot.press("ctrl+q")
        await pilot.pause()
        await pilot.press("escape")
        assert not session.stop.is_set()


async def test_stopping_after_this_change_leaves_when_it_is_done(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        session = the_app(pilot).session
        session.applying = True
        await pilot.press("ctrl+q")
        await pilot.pause()
        await pilot.press("y")
        await pilot.pause()
        assert session.stop.is_set() and pilot.app.return_code is None
        session.applying = False
        await tell(pilot, Applied(Result(run="1", interrupted=True)))
        assert pilot.app.return_code == INTERRUPTED


async def test_a_crash_keeps_a_private_log_without_local_variables(
    open_wizard: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def broken() -> None:
        hidden = "a-local-" + "variable"
        raise ValueError(f"a mistake of {len(hidden)} letters")

    with pytest.raises(ValueError, match="mistake"):
        async with open_wizard(SMALL, bridge=Quiet()) as pilot:
            pilot.app.call_later(broken)
            await pilot.pause()
    log = log_path({"XDG_STATE_HOME": str(tmp_path)})
    assert "ValueError: a mistake of 16 letters" in log.read_text(encoding="utf-8")
    assert "a-local-variable" not in log.read_text(encoding="utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


async def test_cloud_words_that_look_like_markup_are_shown_as_they_are(open_wizard: Open) -> None:
    identity = Identity("arn:[/x][bold]aws", "a [/profile]", "111122223333")
    async with open_wizard(SMALL, bridge=Quiet()) as pilot:
        await tell(pilot, Recognised("aws", identity))
        assert "arn:[/x][bold]aws (a [/profile])" in frame(pilot.app)
        await pilot.press("f8")
        await pilot.pause()
        assert "found: 111122223333 (a [/profile])" in frame(pilot.app)
        pilot.app.push_screen(YesNoDialog("[/x]", "[/y]", "[/z]", "[/q]"))
        await pilot.pause()
        assert all(each in frame(pilot.app) for each in ("[/x]", "[/y]", "[/z]", "[/q]"))
        assert pilot.app.screen.query(Static)
