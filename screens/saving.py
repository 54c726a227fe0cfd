"""Writing a file from a page: never over another one without asking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.widget import Widget

from screens.widgets.dialogs import YesNoDialog


def save(page: Widget, path: Path, text: str, then: Callable[[], None] = lambda: None) -> None:
    """Write the text, and call `then` when the file holds it; ask first where it holds something else."""

    def answered(yes: bool | None) -> None:
        if yes:
            _write(page, path, text, then)

    found = _content(path)
    if found == text:
        page.notify(f"{path} holds this already.", markup=False)
        then()
    elif found is None:
        _write(page, path, text, then)
    else:
        question = f"{path} is there already, with another content. Write over it?"
        page.app.push_screen(
            YesNoDialog("Write over the file?", question, "Write over it", "Leave it", dangerous=True), answered
        )


def _content(path: Path) -> str | None:
    """What a file holds; nothing if there is none, and something else than any text if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return "\0"


def _write(page: Widget, path: Path, text: str, then: Callable[[], None]) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        page.notify(f"{path} could not be written: {error.strerror}", severity="error", markup=False)
        return
    page.notify(f"Saved: {path}", markup=False)
    then()
