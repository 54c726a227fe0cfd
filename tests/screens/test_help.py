"""The help texts: every page has one in its own mode, and the panel renders what they use."""

import re
from pathlib import Path

import pytest

from screens.app import DOCTOR, RUNS
from screens.widgets.help_panel import FOLDER, render_lines, text_of
from wizard.modes.mode import table

PAGES = (
    *((page_id, mode.name) for mode in table().values() for page_id in mode.pages),
    *((page_id, "another") for page_id in ("welcome", "review", "apply", "result", "test")),
)
"""The pages of each mode, as (page id, mode); a mode without a folder has the shared pages."""

FILES = sorted(file for file in FOLDER.rglob("*.md") if file.parent != FOLDER / "findings")
"""The help of the pages. The help of the doctor's findings is not for the panel."""

OF_A_MODE = [file for file in FILES if file.parent != FOLDER]
SHARED = [file for file in FILES if file.parent == FOLDER]


def name(file: Path) -> str:
    """The file as a test id: gke/review."""
    return file.relative_to(FOLDER).with_suffix("").as_posix()


@pytest.mark.parametrize(("page_id", "mode"), PAGES)
def test_every_page_has_its_help(page_id: str, mode: str) -> None:
    assert text_of(page_id, mode).startswith("# ")


def test_every_file_is_the_help_of_a_page() -> None:
    shown = {text_of(page_id, mode) for page_id, mode in (*PAGES, (DOCTOR, ""), (RUNS, ""))}
    assert [name(file) for file in FILES if file.read_text(encoding="utf-8") not in shown] == []


@pytest.mark.parametrize("file", OF_A_MODE, ids=name)
def test_a_mode_shows_its_own_help_with_and_without_its_prefix(file: Path) -> None:
    mode, text = file.parent.name, file.read_text(encoding="utf-8")
    assert text_of(f"{mode}-{file.stem}", mode) == text
    assert text_of(file.stem, mode) == text


@pytest.mark.parametrize("file", SHARED, ids=name)
def test_a_mode_without_its_own_help_shows_the_shared_one(file: Path) -> None:
    assert text_of(file.stem, "another") == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", OF_A_MODE, ids=name)
def test_no_mode_shows_the_help_of_another_mode(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text_of(f"{file.parent.name}-{file.stem}", "another") == ""
    assert text_of(file.stem, "another") != text


@pytest.mark.parametrize("file", FILES, ids=name)
@pytest.mark.parametrize("width", [12, 30, 60])
def test_no_help_line_is_wider_than_the_panel_and_no_mark_is_left(file: Path, width: int) -> None:
    shown = [line.plain for line in render_lines(file.read_text(encoding="utf-8"), width)]
    assert all(len(line) <= width or line.startswith("  ") or " " not in line.strip() for line in shown)
    assert not any("**" in line or line.startswith(("#", "- ")) for line in shown)


@pytest.mark.parametrize("file", FILES, ids=name)
def test_words_of_a_help_text_are_all_shown(file: Path) -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"[A-Za-z]{3,}", text)

    text = file.read_text(encoding="utf-8")
    assert words(" ".join(line.plain for line in render_lines(text, 200))) == words(text)


def test_list_items_hang() -> None:
    assert [line.plain for line in render_lines("- one two three\n- four", 9)] == ["· one two", "  three", "· four"]
