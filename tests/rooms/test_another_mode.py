"""A mode is one folder: a made-up one plans, applies, tests, exports and is offered, without another line changed."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import wizard.modes
from tests.screens.conftest import Open
from tests.screens.conftest import no_account as no_account
from tests.screens.conftest import open_wizard as open_wizard
from tests.screens.driving import SMALL, the_app, the_page, until
from tests.screens.frames import frame
from wizard import cli
from wizard.modes.mode import table
from wizard.work.opening import open_setup, setup_schema

SETUP = "version: 1\nmode: toy\ntoy: {file: note.txt, note: hello}\n"


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a setup of the made-up mode, whose own folder is in a place of its own."""
    modes = tmp_path / "modes"
    shutil.copytree(Path(__file__).parent / "toy", modes / "toy")
    monkeypatch.setattr(wizard.modes, "__path__", [*wizard.modes.__path__, str(modes)])
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    setup = tmp_path / "work" / "setup.yaml"
    setup.parent.mkdir()
    setup.write_text(SETUP, encoding="utf-8")
    yield setup
    for name in [name for name in sys.modules if name.startswith("wizard.modes.toy")]:
        del sys.modules[name]
    del wizard.modes.toy  # type: ignore[attr-defined]  # bound by the import


def test_it_is_in_the_table_and_in_the_schema(toy: Path) -> None:
    assert list(table()) == sorted(table()) and "toy" in table()
    assert "ToySetup" in setup_schema()["$defs"]
    assert toy.exists()


def test_it_plans_applies_and_tests(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", str(toy), "--json"]) == 2
    plan = json.loads(capsys.readouterr().out)
    assert ([each["kind"] for each in plan["changes"]], plan["notes"]) == (["note"], ["a note is only a note"])
    assert cli.main(["test", str(toy), "--yes"]) == 1
    assert "there is no note" in capsys.readouterr().out
    assert cli.main(["apply", str(toy), "--yes"]) == 0
    assert (toy.parent / "note.txt").read_text(encoding="utf-8") == "hello"
    capsys.readouterr()
    assert cli.main(["plan", str(toy)]) == 0
    assert cli.main(["test", str(toy), "--yes"]) == 0
    assert "The note is read" in capsys.readouterr().out


def test_its_halves_are_planned_alone(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", str(toy), "--only", "google"]) == 64
    assert "--only here or --only elsewhere" in capsys.readouterr().err


def test_it_exports(toy: Path) -> None:
    (file,) = open_setup(str(toy)).exports()
    assert (file.file, file.text) == ("note.txt", "hello")


def test_a_problem_of_its_file_has_its_line(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    toy.write_text(SETUP.replace("note: hello", "nota: hello"), encoding="utf-8")
    assert cli.main(["plan", str(toy)]) == 64
    assert 'line 3: toy.nota: "nota" is not a valid setup key; did you mean note?' in capsys.readouterr().err


async def test_it_is_offered_on_welcome_and_walks_to_a_passed_test(toy: Path, open_wizard: Open) -> None:
    async with open_wizard(SMALL) as pilot:
        await until(pilot, lambda: "Write a note" in frame(pilot.app))
        await pilot.press(*["down"] * list(table()).index("toy"), "f8")
        await until(pilot, lambda: the_page(pilot).page_id == "toy-things")
        assert "Which file?" in frame(pilot.app) and "Toy -> Note" in frame(pilot.app)
        session = the_app(pilot).session
        session.answers.set("toy.file", "other.txt")
        session.answers.set("toy.note", "hello")
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "review" and session.reviewed is not None)
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "apply" and not session.applying)
        await until(pilot, lambda: session.result is not None and session.result.ok)
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "result" and "The note" in frame(pilot.app))
        await pilot.press("f8")
        await until(pilot, lambda: the_page(pilot).page_id == "test")
        await pilot.press("t")
        await until(pilot, lambda: "May the note be read?" in frame(pilot.app))
        await pilot.press("y")
        await until(pilot, lambda: "The live test passed" in frame(pilot.app))
    assert toy.exists()
