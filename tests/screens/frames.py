"""Plain-text frames: what is on the screen, compared with a file that a person can read."""

import difflib
import os
from pathlib import Path

import pytest
from textual.app import App

from wizard.columns import cells

FOLDER = Path(__file__).parent / "frames"
UPDATE = "UPDATE_FRAMES"
"""Set this variable to write the frames anew; then read what changed."""


def frame(app: App[int]) -> str:
    """The lines of the rendered screen, without what follows the last character of each."""
    width, height = app.size
    rows = app.screen._compositor.render_strips()  # the screen has no public way to its own text
    lines = ["".join(segment.text for segment in row).rstrip() for row in rows[:height]]
    assert all(cells(line) <= width for line in lines), [line for line in lines if cells(line) > width]
    return "\n".join(lines).rstrip() + "\n"


def check(app: App[int], name: str) -> None:
    """Compare the screen with frames/NAME.txt."""
    check_text(frame(app), name)


def check_text(seen: str, name: str) -> None:
    """Compare a text with frames/NAME.txt."""
    file = FOLDER / f"{name}.txt"
    if os.environ.get(UPDATE):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(seen, encoding="utf-8")
    expected = file.read_text(encoding="utf-8") if file.exists() else ""
    if seen != expected:
        lines = difflib.unified_diff(expected.splitlines(), seen.splitlines(), file.name, "seen", lineterm="")
        pytest.fail("\n".join([*lines, f"If what is seen is right, run with {UPDATE}=1."]), pytrace=False)
