"""Questions as fields: lists read live, typing as the fallback, problems under the field."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens.bridge import Failed, Listed
from screens.form import READING_LIST, Fold, FormPage
from screens.modes.aws.workload import WorkloadPage
from screens.widgets.choices import Choices
from screens.widgets.field import Field
from screens.widgets.searchable_list import SearchableList, matching
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, Quiet, settled, tell, the_app, the_page, type_text, until
from tests.screens.filled import filled
from tests.screens.frames import check, frame
from wizard.clouds.errors import CloudError, NoCredentials, Unreachable
from wizard.sandbox.process import Sandbox
from wizard.setup.load import dump
from wizard.setup.question import Choice

PROJECTS = (
    Choice("acme-analytics", "Acme Analytics"),
    Choice("acme-archive", "Acme Archive", "since 2019"),
    Choice("payments-prod", "Payments [/x]"),
)


async def test_a_list_is_announced_then_counted(open_wizard: Open) -> None:
    quiet = Quiet()
    async with open_wizard(SMALL, bridge=quiet, page="aws-project") as pilot:
        assert {"list projects", "list pools", "list providers"} <= set(quiet.asked)
        assert "reading the list …" in frame(pilot.app)
        await tell(pilot, Listed("projects", PROJECTS))
        assert "3 choices: press ↓" in frame(pilot.app)


def explained(pilot: Pilot[int]) -> str:
    """What stands beside Next."""
    return str(the_app(pilot).query_one("#missing", Static).content)


async def test_f8_waits_for_the_lists_and_then_goes_forward(open_wizard: Open) -> None:
    quiet = Quiet()
    async with open_wizard(SMALL, bridge=quiet, page="aws-project") as pilot:
        lists = {asked.removeprefix("list ") for asked in quiet.asked if asked.startswith("list ")}
        await pilot.press("f8")
        assert explained(pilot) == READING_LIST
        the_app(pilot).session.answers.set("google.project", "acme-analytics")
        the_app(pilot).session.answers.set("google.provider", "aws-111122223333")
        await tell(pilot, Listed(lists.pop(), PROJECTS))
        await until(pilot, lambda: the_page(pilot).page_id == "aws-trust")


async def test_f8_that_waited_says_what_is_still_missing(open_wizard: Open) -> None:
    quiet = Quiet()
    async with open_wizard(SMALL, bridge=quiet, page="aws-project") as pilot:
        await pilot.press("f8")
        for name in {asked.removeprefix("list ") for asked in quiet.asked if asked.startswith("list ")}:
            await tell(pilot, Listed(name, ()))
        assert the_page(pilot).page_id == "aws-project"
        assert "Which Google Cloud project" in explained(pilot)


def test_a_half_typed_region_is_not_where_lists_are_read() -> None:
    with pytest.raises(NoCredentials):  # and not: this is no region
        filled(aws__region="ap-north").clouds().aws.caller()


async def test_enter_takes_the_first_where_none_is_chosen_and_goes_on_where_one_is(open_wizard: Open) -> None:
    async with open_wizard(SMALL, bridge=Quiet(), page="aws-workload") as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert the_app(pilot).session.answers.text("aws.runtime") == "batch-fargate"
        assert isinstance(pilot.app.focused, Choices)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.focused, Input)


async def test_another_aws_profile_is_another_operator(
    open_wizard: Open, sandboxed: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = [sandboxed.variables[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")]
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "credentials").write_text("[other]\naws_access_key_id = {}\naws_secret_access_key = {}\n".format(*keys))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    async with open_wizard(SMALL, page="aws-workload") as pilot:
        page, session = the_page(pilot), the_app(pilot).session
        assert isinstance(page, WorkloadPage)
        assert not session.answers.text("aws.account")
        page.query_one(Fold).action_toggle_details()
        await settled(pilot)
        page.field("aws.profile").control.focus()
        await until(pilot, lambda: "1 choice" in frame(pilot.app))
        note = page.field("aws.profile").query_one(".field-note", Static)
        await type_text(pilot, "other")
        await until(pilot, lambda: "your identity: arn:aws:iam::111122223333:user/operator" in str(note.content))
        assert session.answers.text("aws.account") == "111122223333"
        await the_app(pilot).show_page("welcome")
        await until(pilot, lambda: "(AWS profile other)" in frame(pilot.app))
        await the_app(pilot).show_page("aws-workload")
        page.field("aws.profile").control.focus()
        await pilot.press(*["backspace"] * 5)
        await until(pilot, lambda: "your identity is not known" in str(note.content))
    whole = filled(aws__profile="other", access__roles=("roles/bigquery.jobUser",))
    assert "profile" not in dump(whole.answers.to_setup()), "it is this operator's alone"


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_down_opens_the_list_and_enter_takes_from_it(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size, bridge=Quiet(), page="aws-project") as pilot:
        await tell(pilot, Listed("projects", PROJECTS))
        await pilot.press("down", "down")
        await pilot.pause()
        check(pilot.app, f"project-list-{size[0]}x{size[1]}")
        await pilot.press("enter")
        await pilot.pause()
        assert the_app(pilot).session.answers.text("google.project") == "acme-archive"
        assert not pilot.app.query(SearchableList).first().display
        assert isinstance(pilot.app.focused, Input) and pilot.app.focused.value == "aws-workloads"


async def test_typing_filters_the_list_and_escape_closes_it(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet(), page="aws-project") as pilot:
        await tell(pilot, Listed("projects", PROJECTS))
        await type_text(pilot, "arch")
        await pilot.pause()
        assert "acme-archive" in frame(pilot.app) and "acme-analytics  Acme" not in frame(pilot.app)
        await pilot.press("escape")
        await pilot.pause()
        assert the_page(pilot).page_id == "aws-project", "Esc closes the list first"
        assert "Acme Archive" not in frame(pilot.app)
        await pilot.press("escape")
        assert the_page(pilot).page_id == "aws-workload"


async def test_a_row_is_taken_by_mouse(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet(), page="aws-project") as pilot:
        await tell(pilot, Listed("projects", PROJECTS))
        await pilot.press("down")
        await pilot.pause()
        await pilot.click(SearchableList, offset=(3, 3))
        await pilot.pause()
        assert the_app(pilot).session.answers.text("google.project") == "payments-prod"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            CloudError("iam", "list_roles", 403, "AccessDenied", "not you"),
            "you do not have permission to read the list (AccessDenied)",
        ),
        (
            NoCredentials("iam", "list_roles", None, "NoCredentialsError", "none"),
            "the wizard found no valid credentials to read the list; type a value",
        ),
        (Unreachable("iam", "list_roles", None, "ConnectTimeout", "x", transient=True), "iam did not answer"),
    ],
)
async def test_where_a_list_cannot_be_read_typing_goes_on(open_wizard: Open, error: CloudError, words: str) -> None:
    async with open_wizard(LARGE, bridge=Quiet(), page="aws-project") as pilot:
        await tell(pilot, Failed(error, "list projects"))
        page = the_page(pilot)
        assert isinstance(page, FormPage)
        note = str(page.field("google.project").query_one(".field-note").render())
        assert words in note and "type a value" in note
        await type_text(pilot, "acme-analytics")
        assert the_app(pilot).session.answers.text("google.project") == "acme-analytics"


async def test_lists_not_allowed_at_both_sizes(open_wizard: Open) -> None:
    for size in (SMALL, LARGE):
        async with open_wizard(size, bridge=Quiet(), page="aws-project") as pilot:
            error = CloudError("x", "list", 403, "PERMISSION_DENIED", "The caller does not have permission")
            await tell(pilot, *(Failed(error, f"list {name}") for name in ("projects", "pools", "providers")))
            check(pilot.app, f"project-not-allowed-{size[0]}x{size[1]}")


async def test_a_list_is_read_again_when_an_answer_that_it_follows_from_changed(open_wizard: Open) -> None:
    quiet = Quiet()
    async with open_wizard(LARGE, bridge=quiet, page="aws-project") as pilot:
        before = quiet.asked.count("list pools")
        await type_text(pilot, "acme-analytics")
        assert quiet.asked.count("list pools") == before, "not with every key"
        await pilot.press("tab")
        await pilot.pause()
        assert quiet.asked.count("list pools") == before + 1


async def test_details_are_folded_until_asked_for(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet(), page="aws-project") as pilot:
        assert "Which project has the pool?" not in frame(pilot.app)
        pilot.app.query_one(Fold).focus()
        await pilot.press("enter")
        await pilot.pause()
        assert "Which project has the pool?" in frame(pilot.app)


async def test_questions_follow_the_runtime(open_wizard: Open) -> None:
    async with open_wizard(LARGE, bridge=Quiet(), page="aws-workload") as pilot:
        page = the_page(pilot)
        assert isinstance(page, FormPage)
        assert not page.field("aws.job_definition").display
        await pilot.press("down")
        await pilot.pause()
        assert page.query_one(Fold).display
        assert page.field("aws.job_definition").display and not page.field("aws.task_definition").display
        await pilot.press("down", "down")
        await pilot.pause()
        assert page.field("aws.task_definition").display and not page.field("aws.job_definition").display


async def test_every_question_of_a_form_has_a_field(open_wizard: Open) -> None:
    for page_id in ("aws-workload", "aws-project"):
        async with open_wizard(SMALL, bridge=Quiet(), page=page_id) as pilot:
            page = the_page(pilot)
            assert isinstance(page, FormPage)
            for question in page.questions():
                assert page.field(question.path).question is question


async def test_in_a_sandbox_the_lists_are_read_live(open_wizard: Open, sandboxed: Sandbox) -> None:
    assert sandboxed.pid
    async with open_wizard(LARGE, page="aws-project") as pilot:
        await until(pilot, lambda: "1 choice: press ↓" in frame(pilot.app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: the_app(pilot).session.answers.text("google.project") == "acme-analytics")


def test_words_match_anywhere_and_beginnings_come_first() -> None:
    assert [each.value for each in matching(PROJECTS, "pay")] == ["payments-prod"]
    assert [each.value for each in matching(PROJECTS, "acme 2019")] == ["acme-archive"]
    assert [each.value for each in matching((Choice("b-acme", ""), Choice("acme-b", "")), "acme")] == [
        "acme-b",
        "b-acme",
    ]
    assert matching(PROJECTS, "") == list(PROJECTS)


async def test_a_page_shows_each_of_its_changes_once(open_wizard: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_wizard(SMALL, bridge=Quiet(), page="aws-project") as pilot:
        page = the_page(pilot)
        assert isinstance(page, FormPage)
        shown, refreshed = [], FormPage.refreshed

        def counted(page: FormPage) -> None:
            shown.append(page.page_id)
            refreshed(page)

        monkeypatch.setattr(FormPage, "refreshed", counted)
        await tell(pilot, Field.Answered(page.field("google.project"), "acme-analytics"))
        assert shown == ["aws-project"]
        assert the_app(pilot).session.answers.text("google.project") == "acme-analytics"
