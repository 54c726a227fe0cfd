"""Saves a file from a page. Asks before it overwrites a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.widget import Widget

from screens.widgets.dialogs import YesNoDialog
from wizard.language import _
from wizard.outside import files


def save(page: Widget, path: Path, text: str, then: Callable[[], None] = lambda: None) -> None:
    """Write the text to the file, then call `then`. Asks first if the file exists with another content.

    Notifies the user of the result and of errors.
    """

    def on_answer(yes: bool | None) -> None:
        if yes:
            _write(page, path, text, then)

    content = _content(path)
    if content == text:
        page.notify(_("Already saved: {path}").format(path=path), markup=False)
        then()
    elif content is None:
        _write(page, path, text, then)
    else:
        text_of_question = _("{path} exists and has different content.").format(path=path)
        dialog = YesNoDialog(
            _("Overwrite the file?"), text_of_question, _("Overwrite file"), _("Keep file"), dangerous=True
        )
        page.app.push_screen(dialog, on_answer)


def _content(path: Path) -> str | None:
    """Return the content of a file; None if it does not exist, and NUL, which no text equals, if it is not readable."""
    try:
        return files.read_text(path)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return "\0"


def _write(page: Widget, path: Path, text: str, then: Callable[[], None]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        page.notify(
            _("The wizard cannot write {path}: {strerror}").format(path=path, strerror=error.strerror),
            severity="error",
            markup=False,
        )
        return
    page.notify(_("Saved: {path}").format(path=path), markup=False)
    then()
