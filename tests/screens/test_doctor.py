"""The Doctor page: from an error text, a configuration or a name to the cause, and on to the review of its fix."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Static, TextArea

from screens.session import Session
from screens.widgets.choices import Choices
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.disclosure import Disclosure
from tests.commands import test_broken_worlds as worlds
from tests.commands.conftest import IMPERSONATED
from tests.screens.conftest import Open
from tests.screens.driving import LARGE, SMALL, settled, the_page, until
from tests.screens.frames import check, frame
from tests.screens.worlds import at_rest
from wizard import cli
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox

TEXT = """Traceback (most recent call last):
OAuthError: Error code unauthorized_client:
The given credential is rejected by the
attribute condition."""
CONFIG = "clientLibraryConfig-aws-provider.json"


@pytest.fixture
def broken(fresh: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Path]:
    """The credential configuration of a setup that was applied, and then broken."""
    setup = tmp_path / "setup.yaml"
    setup.write_text(IMPERSONATED, encoding="utf-8")
    assert cli.main(["apply", str(setup), "--yes"]) == 0
    capsys.readouterr()
    setup.unlink()
    worlds.condition_names_another_role(Clouds("acme-analytics", "ap-northeast-1"))
    assert fresh.variables
    yield tmp_path / CONFIG


def findings(page: object) -> list[Disclosure]:
    return list(page.query(".finding").results(Disclosure))  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.usefixtures("sandboxed")
async def test_a_pasted_error_is_explained(open_wizard: Open, size: tuple[int, int]) -> None:
    async with open_wizard(size) as pilot:
        choices = pilot.app.query_one(Choices)
        choices.focus()
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: the_page(pilot).page_id == "doctor")
        area = the_page(pilot).query_one(TextArea)
        assert area.has_focus
        area.insert(TEXT)
        await pilot.press("f8")
        await until(pilot, lambda: bool(findings(the_page(pilot))))
        assert "condition rejects the workload" in findings(the_page(pilot))[0].head
        await at_rest(pilot)
        check(pilot.app, f"doctor-error-{size[0]}x{size[1]}")
        await pilot.press("escape")
        await settled(pilot)
        assert the_page(pilot).page_id == "welcome"


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_configuration_leads_to_the_cause_to_the_review_of_its_fix_and_to_the_test(
    open_wizard: Open, broken: Path, size: tuple[int, int]
) -> None:
    session = Session()
    session.to_diagnose = Path(broken.name)
    async with open_wizard(size, session) as pilot:
        await until(pilot, lambda: the_page(pilot).page_id == "doctor" and bool(findings(the_page(pilot))))
        first = findings(the_page(pilot))[0]
        assert first.is_open
        assert "condition is attribute.aws_role ==" in first.text
        await until(pilot, lambda: "F8 Fix it" in frame(pilot.app))
        await at_rest(pilot)
        check(pilot.app, f"doctor-cause-{size[0]}x{size[1]}")
        await pilot.press("r")
        assert "Cause: WIF" in pilot.app.clipboard
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "review")
        await until(pilot, lambda: session.reviewed is not None)
        assert session.reviewed is not None
        assert [change.resource.kind for change in session.reviewed.plan.pending] == ["workload identity pool provider"]
        await until(pilot, lambda: bool(the_page(pilot).query(".change")))
        first = the_page(pilot).query(".change").first(Disclosure)
        assert "workload identity pool provider" in first.head, "what is to be changed stands first"
        await pilot.press("f8")
        await until(pilot, lambda: "Everything is in place" in frame(pilot.app))
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "aws-test")
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, YesNoDialog))
        await pilot.press("n")
        await until(pilot, lambda: "The wizard did not start" in frame(pilot.app))


@pytest.mark.usefixtures("sandboxed")
async def test_a_pasted_key_is_the_cause_and_its_content_is_not_shown(open_wizard: Open) -> None:
    async with open_wizard(SMALL, page="doctor") as pilot:
        area = the_page(pilot).query_one(TextArea)
        area.text = '{"type": "service_account", "private_key": "PRIVATEEXAMPLE"}'
        await pilot.press("f8")
        await until(pilot, lambda: bool(findings(the_page(pilot))))
        first = findings(the_page(pilot))[0]
        assert "WIF0103" in first.text
        await pilot.press("r")
        assert "PRIVATEEXAMPLE" not in pilot.app.clipboard


@pytest.mark.usefixtures("sandboxed")
async def test_what_is_not_recognised_is_said_and_nothing_is_lost(open_wizard: Open) -> None:
    async with open_wizard(SMALL, page="doctor") as pilot:
        await pilot.press("f8")
        await settled(pilot)
        now = the_page(pilot).query_one("#doctor-now", Static)
        assert str(now.content).startswith("Paste an error message")
        area = the_page(pilot).query_one(TextArea)
        area.insert("three blind mice ran")
        await pilot.press("f8")
        await until(pilot, lambda: "does not recognize" in str(now.content))
        assert area.text == "three blind mice ran"
        area.text = "no-such-file"
        await pilot.press("f8")
        await until(pilot, lambda: "The doctor could not check" in frame(pilot.app))
