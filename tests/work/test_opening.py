"""Opening a setup: once a command, whatever the mode, and judged in one place."""

from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import SETUP
from tests.setups import answers_of, loads
from wizard import cli
from wizard.modes.aws import consistency
from wizard.modes.opened import UNKNOWN_NUMBER
from wizard.setup import document
from wizard.setup.problems import SetupError
from wizard.work import opening

WITHOUT_ROLE = SETUP.replace("google: {", "google: {attribute_mapping: {google.subject: assertion.arn}, ")


@pytest.fixture
def setup(tmp_path: Path) -> Path:
    """A setup file."""
    path = tmp_path / "setup.yaml"
    path.write_text(SETUP, encoding="utf-8")
    return path


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[str]:
    """Count the calls of a function."""
    calls: list[str] = []
    call = getattr(module, name)

    def counting(*arguments: Any) -> Any:
        calls.append(name)
        return call(*arguments)

    monkeypatch.setattr(module, name, counting)
    return calls


def test_a_command_reads_its_setup_once(
    setup: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reads = counted(monkeypatch, document, "read")
    judged = counted(monkeypatch, consistency, "problems")
    assert cli.main(["plan", str(setup)]) == 1, "there are no credentials here"
    assert (reads, judged) == (["read"], ["problems"])
    capsys.readouterr()


def test_what_is_opened_has_the_files_own_words(setup: Path) -> None:
    opened = opening.open_setup(str(setup), ask_google=False)
    assert opened.text == SETUP
    assert opened.title == "AWS 111122223333 role rds-to-bigquery -> Google Cloud acme-analytics"
    assert UNKNOWN_NUMBER in str([each.desired() for each in opened.resources("google")])


def test_answers_and_files_are_judged_alike(setup: Path) -> None:
    setup.write_text(WITHOUT_ROLE, encoding="utf-8")
    with pytest.raises(SetupError) as of_file:
        opening.open_setup(str(setup), ask_google=False)
    answers = answers_of(loads(SETUP))
    answers.set("google.attribute_mapping", "google.subject=assertion.arn")
    with pytest.raises(SetupError) as of_answers:
        answers.to_setup()
    assert [each.what for each in of_file.value.problems] == [each.what for each in of_answers.value.problems]
