"""The review: reading, read, refused, nothing to do; and what is asked before going on."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from screens.review import ReviewPage
from screens.widgets.dialogs import TextDialog, YesNoDialog
from screens.widgets.disclosure import Disclosure
from screens.widgets.error_panel import ErrorPanel
from tests.commands.conftest import SETUP
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, WALKS, Quiet, settled, the_app, the_page, until
from tests.screens.frames import check, frame
from tests.screens.worlds import at_rest, session_of, show
from tests.setups import loads
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Owner
from wizard.resources.aws_role import Role
from wizard.resources.kind import Needed
from wizard.sandbox.process import Sandbox
from wizard.setup.load import dump
from wizard.work import applying, opening, planning, preflight

SIZES = [SMALL, LARGE]


def name_of(what: str, size: tuple[int, int]) -> str:
    """The name of a frame."""
    return f"{what}-{size[0]}x{size[1]}"


def in_place(folder: Path) -> None:
    """Make everything that the setup wants."""
    made = opening.open_in_memory(loads(SETUP), folder)
    result = applying.apply(made, planning.review(made), lambda _: None)
    assert result.ok, [failure.error for failure in result.failures]


@pytest.mark.parametrize("size", SIZES)
async def test_while_reading_the_page_says_what_is_read(
    open_wizard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    session = session_of(tmp_path)
    async with open_wizard(size, session) as pilot:
        page = await show(pilot, "review", Quiet(session))
        await at_rest(pilot)
        check(pilot.app, name_of("review-reading", size))
        assert page.problems() == ["The wizard is still planning: wait until the plan is ready."]


@pytest.mark.parametrize("size", SIZES)
async def test_the_plan_is_shown_with_reasons_fields_and_permissions(
    open_wizard: Open, sandboxed: Sandbox, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with open_wizard(size, session_of(tmp_path), page="review") as pilot:
        await at_rest(pilot)
        check(pilot.app, name_of("review-plan", size))
        assert the_page(pilot).problems() == []
        the_page(pilot).scroll_end(animate=False)
        await pilot.pause()
        await at_rest(pilot)
        check(pilot.app, name_of("review-plan-end", size))
        assert len(sandboxed.variables) > 1


async def test_every_change_opens_by_keyboard_and_copies_whole(
    open_wizard: Open, sandboxed: Sandbox, tmp_path: Path
) -> None:
    del sandboxed
    async with open_wizard(LARGE, session_of(tmp_path), page="review") as pilot:
        first = pilot.app.focused
        assert isinstance(first, Disclosure)
        assert not first.is_open
        await pilot.press("enter")
        assert first.is_open
        assert "assumable by: ecs-tasks.amazonaws.com" in frame(pilot.app)
        await pilot.press("down", "down", "down", "down")
        grants = pilot.app.focused
        assert isinstance(grants, Disclosure)
        assert "principalSet of aws-prod, aws_role …/rds-to-bigquery" in frame(pilot.app)
        await pilot.press("c")
        assert "/attribute.aws_role/arn:aws:sts::111122223333:assumed-role/rds-to-bigquery" in pilot.app.clipboard


@pytest.mark.parametrize("size", SIZES)
async def test_a_refusal_is_told_in_the_clouds_words_and_one_key_reads_again(
    open_wizard: Open, sandboxed: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    del sandboxed
    review, words = planning.review, "Permission [bold]denied[/x] on resource project acme-analytics."
    error = CloudError("iam.googleapis.com", "GET /v1/projects/acme-analytics", 403, "PERMISSION_DENIED", words)
    monkeypatch.setattr(planning, "review", refusing(error))
    async with open_wizard(size, session_of(tmp_path), page="review") as pilot:
        await at_rest(pilot)
        check(pilot.app, name_of("review-refused", size))
        assert the_page(pilot).problems() == ["The wizard could not plan the setup: press p to plan again."]
        await pilot.press("r")
        assert isinstance(pilot.app.screen, TextDialog)
        assert "[bold]denied[/x]" in frame(pilot.app)
        await pilot.press("escape", "c")
        assert words in pilot.app.clipboard
        monkeypatch.setattr(planning, "review", review)
        await pilot.press("p")
        await settled(pilot)
        assert the_page(pilot).problems() == []
        assert not the_page(pilot).query_one(ErrorPanel).display


async def test_what_a_permission_lacks_is_named_with_the_role_that_gives_it(
    open_wizard: Open, sandboxed: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del sandboxed
    needed = Needed("google", "iam.workloadIdentityPools.create", "acme-analytics")
    fix = "ask for the role roles/iam.workloadIdentityPoolAdmin on acme-analytics"
    monkeypatch.setattr(preflight, "check_permissions", lambda *_: [preflight.PermissionCheck(needed, "missing", fix)])
    async with open_wizard(LARGE, session_of(tmp_path), page="review") as pilot:
        text = frame(pilot.app)
        assert "✗ missing iam.workloadIdentityPools.create on acme-analytics:" in text
        assert "roles/iam.workloadIdentityPoolAdmin" in text
        await pilot.press("f8")
        await pilot.pause()
        assert the_page(pilot).page_id == "review"
        assert "You do not have the permission" in frame(pilot.app)


@pytest.mark.parametrize("size", WALKS)
async def test_where_everything_is_in_place_the_test_is_offered(
    open_wizard: Open, fresh: Sandbox, tmp_path: Path, size: tuple[int, int]
) -> None:
    del fresh
    session = session_of(tmp_path)
    in_place(tmp_path)
    async with open_wizard(size, session, page="review") as pilot:
        await at_rest(pilot)
        check(pilot.app, name_of("review-in-place", size))
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "aws-result")  # there is nothing to apply
        await the_app(pilot).show_page("review")
        await at_rest(pilot)
        await pilot.click("#review-test")
        await until(pilot, lambda: the_page(pilot).page_id == "aws-test")
        assert {"review", "apply", "aws-result"} <= session.done


async def test_the_same_is_shown_as_commands_to_copy_and_to_save(
    open_wizard: Open, sandboxed: Sandbox, tmp_path: Path
) -> None:
    del sandboxed
    async with open_wizard(LARGE, session_of(tmp_path), page="review") as pilot:
        await pilot.press("e")
        assert isinstance(pilot.app.screen, TextDialog)
        assert "aws iam create-role --role-name rds-to-bigquery" in frame(pilot.app)
        await pilot.press("c", "s")
        await pilot.pause()
        saved = (tmp_path / "commands.sh").read_text(encoding="utf-8")
        assert saved == pilot.app.clipboard
        assert "gcloud iam workload-identity-pools create aws-prod" in saved


async def test_a_setup_file_is_never_written_over_without_asking(
    open_wizard: Open, sandboxed: Sandbox, tmp_path: Path
) -> None:
    del sandboxed
    session = session_of(tmp_path)
    file, text = tmp_path / "setup.yaml", SETUP
    async with open_wizard(LARGE, session, page="review") as pilot:
        await pilot.press("s")
        assert isinstance(pilot.app.screen, YesNoDialog)
        await pilot.press("enter")  # No is the default
        await pilot.pause()
        assert file.read_text(encoding="utf-8") == text
        assert session.saved is None
        await pilot.press("s", "y")
        await pilot.pause()
        assert file.read_text(encoding="utf-8") == dump(loads(text))
        assert session.saved and session.saved.resolve() == file
        await pilot.press("s")
        await pilot.pause()
        assert isinstance(the_page(pilot), ReviewPage)  # the same text again: nothing to ask


async def test_a_change_of_what_runs_now_is_asked_about_with_no_as_the_default(
    open_wizard: Open, fresh: Sandbox, tmp_path: Path
) -> None:
    del fresh
    in_place(tmp_path)
    trust_lambda_only()
    session = session_of(tmp_path)
    async with open_wizard(SMALL, session) as pilot:
        await show(pilot, "review")
        await settled(pilot)
        await at_rest(pilot)
        check(pilot.app, "review-impact-80x24")
        await pilot.press("f8")
        assert isinstance(pilot.app.screen, YesNoDialog)
        await at_rest(pilot)
        check(pilot.app, "review-asks-80x24")
        await pilot.press("enter")
        await pilot.pause()
        assert the_page(pilot).page_id == "review"
        await pilot.press("f8", "y")
        await until(pilot, lambda: the_page(pilot).page_id == "apply")
        await until(pilot, lambda: session.result is not None)
        assert session.result is not None
        assert session.result.ok


async def test_the_plan_is_read_again_each_time_the_page_is_entered(
    open_wizard: Open, sandboxed: Sandbox, tmp_path: Path
) -> None:
    del sandboxed
    session = session_of(tmp_path)
    async with open_wizard(SMALL, session) as pilot:
        quiet = Quiet(session)
        await show(pilot, "review", quiet)
        await show(pilot, "aws-access")
        await show(pilot, "review")
        assert quiet.asked.count("review") == 2
        assert "review" not in session.done


def refusing(error: Exception) -> Callable[..., None]:
    """A call that is refused."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    return refuse


def trust_lambda_only() -> None:
    """Let another service than ECS assume the role."""
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws = Clouds("acme-analytics", "ap-northeast-1").aws
    aws.call("iam", "update_assume_role_policy", RoleName="rds-to-bigquery", PolicyDocument=document)


async def test_what_others_lose_comes_first_and_is_confirmed_apart(
    open_wizard: Open, fresh: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fresh
    in_place(tmp_path)
    trust_lambda_only()
    loss = "the function nightly can no longer assume the role"
    monkeypatch.setattr(Role, "losers", lambda _, change: [loss] if change.action != "none" else [])
    session = session_of(tmp_path)
    async with open_wizard(SMALL, session) as pilot:
        await show(pilot, "review")
        await settled(pilot)
        await at_rest(pilot)
        check(pilot.app, "review-loss-80x24")
        await pilot.press("f8")
        await at_rest(pilot)
        check(pilot.app, "review-accepts-loss-80x24")
        await pilot.press("enter")  # Cancel is the default
        await pilot.pause()
        assert the_page(pilot).problems() == [
            "These changes remove access from other identities: accept the loss of access first."
        ]
        await pilot.press("f8", "y")
        await pilot.pause()
        assert isinstance(pilot.app.screen, YesNoDialog)  # the effect on what runs is a question of its own
        await pilot.press("y")
        await until(pilot, lambda: session.result is not None)
        assert session.result is not None
        assert session.result.ok


@pytest.mark.parametrize("size", WALKS)
async def test_what_another_tool_manages_is_named_with_the_place_of_the_change(
    open_wizard: Open, fresh: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    del fresh
    in_place(tmp_path)
    trust_lambda_only()
    monkeypatch.setattr(Role, "owner", lambda *_: Owner("Terraform", "the module network"))
    async with open_wizard(size, session_of(tmp_path), page="review") as pilot:
        await settled(pilot)
        await at_rest(pilot)
        the_page(pilot).scroll_end(animate=False)
        await at_rest(pilot)
        check(pilot.app, name_of("review-left", size))
