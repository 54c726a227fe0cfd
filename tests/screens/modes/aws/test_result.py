"""The result: the file, what to set, and the code for the runtime; to read, to copy and to save."""

import json
from pathlib import Path

import pytest

from screens.widgets.code_pane import CodePane
from screens.widgets.dialogs import YesNoDialog
from tests.commands.conftest import SETUP
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, settled, until
from tests.screens.frames import check, frame
from tests.screens.worlds import at_rest, opened_in, session_of, show
from wizard.modes.aws.suppliers import PYTHON

SIZES = [SMALL, LARGE]
NOWHERE = Path("/srv/wif")


@pytest.mark.parametrize("size", SIZES)
async def test_the_file_is_shown_before_and_after_it_is_written(
    open_wizard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    session = session_of(tmp_path)
    async with open_wizard(size, session) as pilot:
        session.opened = opened_in(NOWHERE)
        page = await show(pilot, "aws-result")
        await at_rest(pilot)
        check(pilot.app, f"result-file-{size[0]}x{size[1]}")
        page.scroll_end(animate=False)
        await at_rest(pilot)
        check(pilot.app, f"result-end-{size[0]}x{size[1]}")
        session.opened = opened_in(tmp_path)
        session.opened.blueprint.config_path.write_text("{}", encoding="utf-8")
        page = await show(pilot, "aws-result")
        page.scroll_home(animate=False)
        await at_rest(pilot)
        assert "✓ Saved:" in frame(pilot.app)


async def test_with_nothing_open_the_page_says_so(open_wizard: Open, tmp_path: Path) -> None:
    async with open_wizard(SMALL, session_of(tmp_path)) as pilot:
        await show(pilot, "aws-result")
        assert "There is nothing to show yet" in frame(pilot.app)


async def test_the_file_is_copied_and_saved_as_it_is(open_wizard: Open, tmp_path: Path) -> None:
    session = session_of(tmp_path)
    async with open_wizard(LARGE, session) as pilot:
        session.opened = opened_in(tmp_path)
        await show(pilot, "aws-result")
        await pilot.press("c")
        assert json.loads(pilot.app.clipboard)["type"] == "external_account"
        await pilot.press("s")
        await pilot.pause()
        file = tmp_path / "clientLibraryConfig-aws-provider.json"
        assert file.read_text(encoding="utf-8") == pilot.app.clipboard


async def test_a_snippet_opens_highlighted_is_copied_and_never_saved_over_another_file(
    open_wizard: Open, tmp_path: Path
) -> None:
    session = session_of(tmp_path)
    other = tmp_path / "google_auth.py"
    other.write_text("something else", encoding="utf-8")
    async with open_wizard(LARGE, session) as pilot:
        session.opened = opened_in(tmp_path)
        await show(pilot, "aws-result")
        await pilot.press("down", "enter")
        await at_rest(pilot)
        check(pilot.app, "result-python-120x40")
        await pilot.press("c")
        assert pilot.app.clipboard == PYTHON
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        await pilot.press("enter")
        await settled(pilot)
        assert other.read_text(encoding="utf-8") == "something else"
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        await pilot.press("y")
        await settled(pilot)
        assert other.read_text(encoding="utf-8") == PYTHON


async def test_a_file_that_cannot_be_written_is_told(open_wizard: Open, tmp_path: Path) -> None:
    session = session_of(tmp_path)
    async with open_wizard(LARGE, session) as pilot:
        session.opened = opened_in(tmp_path)
        await show(pilot, "aws-result")
        (tmp_path / "Dockerfile").mkdir()
        panes = {pane.head.strip(): pane for pane in pilot.app.query(CodePane)}
        panes["Credential configuration in the image"].focus()
        await pilot.press("s", "y")
        await pilot.pause()
        assert "The wizard cannot write" in [note.message for note in pilot.app._notifications][-1]


@pytest.mark.parametrize(
    ("runtime", "titles"),
    [
        ("ec2", ["Commands for the instance"]),
        ("lambda", ["Variables of the function"]),
        (
            "ecs-ec2",
            [
                "Credential supplier for Python",
                "Credential supplier for Go",
                "Credential supplier for Node",
                "Credential supplier for Java",
            ],
        ),
    ],
)
async def test_only_what_the_runtime_needs_is_shown(
    open_wizard: Open, tmp_path: Path, runtime: str, titles: list[str]
) -> None:
    session = session_of(tmp_path)
    async with open_wizard(SMALL, session) as pilot:
        session.opened = opened_in(tmp_path, SETUP.replace("batch-fargate", runtime))
        page = await show(pilot, "aws-result")
        shown = [pane.head.strip() for pane in page.query(CodePane)][1:]
        assert shown[: len(titles)] == titles
        assert (len(shown) == 1) is runtime.startswith(("ec2", "lambda"))
