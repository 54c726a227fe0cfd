"""Leaving says what is done and how to continue, and loses no answers and no file."""

from pathlib import Path

import pytest
from textual.widgets import Input

from screens import run
from screens.app import WizardApp
from screens.leaving import leave
from screens.session import DRAFT, Session
from screens.widgets.choices import Choices
from tests.commands.conftest import SETUP
from tests.screens.conftest import Open
from tests.screens.driving import SMALL, settled, the_page
from tests.screens.filled import filled
from wizard.engine.apply import Result
from wizard.work import opening
from wizard.work.demo import Demo


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, which is empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answered() -> Session:
    """A session with answers that make a valid setup, after the first page."""
    session = filled(access__roles=("roles/bigquery.jobUser",))
    session.done.add("welcome")
    return session


def opened_file(file: Path) -> Session:
    """A session with the answers of a setup file."""
    setup = opening.read_setup(file)
    session = Session()
    mode = opening.mode_of(setup)
    session.take(mode, mode.answers_of(setup, {}))
    session.source = file
    return session


def test_nothing_was_done(folder: Path) -> None:
    assert leave(Session()) == "The wizard changed nothing."
    assert list(folder.iterdir()) == []


def test_answers_that_no_file_has_are_kept_as_a_draft(folder: Path) -> None:
    session = answered()
    said = leave(session)
    assert said == (
        "The wizard changed nothing. The wizard saved your answers as a draft: setup.draft.yaml. "
        "To continue: wif-wizard wizard setup.draft.yaml"
    )
    assert opening.read_setup(folder / DRAFT) == session.answers.to_setup()


def test_answers_that_make_no_valid_setup_are_not_kept(folder: Path) -> None:
    session = Session()
    session.done.add("welcome")
    assert leave(session) == "The wizard changed nothing."
    assert list(folder.iterdir()) == []


def test_a_saved_setup_needs_no_draft(folder: Path) -> None:
    file = folder / "my setup.yaml"
    file.write_text(f"# mine\n{SETUP}", encoding="utf-8")
    assert leave(opened_file(file)) == "The wizard changed nothing. To continue: wif-wizard wizard 'my setup.yaml'"
    assert list(folder.iterdir()) == [file]


def test_changed_answers_go_to_a_draft_beside_the_setup_and_not_into_it(folder: Path) -> None:
    file = folder / "setup.yaml"
    file.write_text(SETUP, encoding="utf-8")
    session = opened_file(file)
    session.answers.set("google.pool", "another-pool")
    assert leave(session).endswith("To continue: wif-wizard wizard setup.draft.yaml")
    assert file.read_text(encoding="utf-8") == SETUP
    assert "another-pool" in (folder / DRAFT).read_text(encoding="utf-8")


def test_no_draft_is_overwritten(folder: Path) -> None:
    (folder / DRAFT).write_bytes(b"\xff mine")
    session = answered()
    assert leave(session).endswith("To continue: wif-wizard wizard setup.draft-2.yaml")
    assert leave(session).endswith("To continue: wif-wizard wizard setup.draft-2.yaml"), "the same answers"
    assert (folder / DRAFT).read_bytes() == b"\xff mine"
    assert len(list(folder.iterdir())) == 2


def test_a_folder_that_cannot_be_written_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    said = leave(answered())
    assert said == ("The wizard changed nothing. The wizard could not save your answers as a draft: Permission denied.")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Result("20261121-193000-ab12"), "Run 20261121-193000-ab12 is done."),
        (
            Result("20261121-193000-ab12", skipped=(None,), interrupted=True),  # type: ignore[arg-type]
            "Run 20261121-193000-ab12 stopped before it was complete. Long operations continue in the cloud "
            "without the wizard. To resume the run: wif-wizard resume 20261121-193000-ab12",
        ),
        (
            Result("20261121-193000-ab12", done=(None,), failures=(None,), skipped=(None,)),  # type: ignore[arg-type]
            "Run 20261121-193000-ab12 failed: 2 of 3 changes are not done. To resume the run: wif-wizard resume "
            "20261121-193000-ab12",
        ),
    ],
)
def test_the_last_run_is_named(result: Result, said: str) -> None:
    session = Session()
    session.end_run(result)
    session.end_run(Result())  # a later plan without changes is no run
    assert leave(session) == said


def test_after_a_test_that_added_something_the_wizard_does_not_say_that_it_changed_nothing() -> None:
    session = Session()
    session.confirmed.add("a pod")
    assert leave(session) == "The wizard applied no changes."


@pytest.mark.parametrize(("sandbox", "said"), [(None, "The wizard changed nothing.\n"), ("Demo", "")])
def test_the_line_is_printed_once_the_screen_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sandbox: str | None, said: str
) -> None:
    monkeypatch.setattr(WizardApp, "run", lambda _: 0)
    monkeypatch.setattr("screens.threads.lingering", lambda: False)
    assert run.main(demo=Demo(sandbox) if sandbox else None) == 0
    assert capsys.readouterr().out == said


async def test_welcome_offers_the_draft_and_saves_it_as_a_setup(open_wizard: Open, folder: Path) -> None:
    leave(answered())
    async with open_wizard(SMALL) as pilot:
        page = the_page(pilot)
        assert page.query_one(Choices).value == "file"
        assert page.query_one(Input).value == DRAFT
        await settled(pilot)
        page.leaving()
        assert page.session.source == Path(DRAFT)
        assert page.session.setup_path.resolve() == folder / "setup.yaml"


async def test_welcome_prefers_the_setup_to_the_draft(open_wizard: Open, folder: Path) -> None:
    leave(answered())
    (folder / "setup.yaml").write_text(SETUP, encoding="utf-8")
    async with open_wizard(SMALL) as pilot:
        assert the_page(pilot).query_one(Input).value == "setup.yaml"
