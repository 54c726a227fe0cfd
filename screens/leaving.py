"""Leaves the wizard: keeps answers that are not saved, and says in one line what is done and how to continue."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from screens.session import DRAFT, Session
from wizard.language import _
from wizard.outside.text import one_line

if TYPE_CHECKING:
    from wizard.engine.apply import Result
    from wizard.setup.sections import Setup

MOST_DRAFTS = 99
"""How many drafts a folder can have. The wizard does not overwrite a draft."""

_NOTHING = "The wizard changed nothing."
_NO_CHANGES = "The wizard applied no changes."
_DONE = "Run {run} is done."
_STOPPED = "Run {run} stopped before it was complete. Long operations continue in the cloud without the wizard."
_FAILED = "Run {run} failed: {count} of {total} changes are not done."
_KEPT = "The wizard saved your answers as a draft: {file}."
_NOT_KEPT = "The wizard could not save your answers as a draft: {error}."
_RESUME = "To resume the run: wif-wizard resume {run}"
_CONTINUE = "To continue: wif-wizard wizard {file}"


def leave(session: Session) -> str:
    """Save the answers as a draft if no file has them. Returns what is done and how to continue, in one line."""
    file = _file(session)
    sentences = [_done(session)]
    setup = _unsaved(session)
    if setup is not None:
        try:
            file = _save_draft(session.folder, setup)
            sentences.append(_(_KEPT).format(file=_short(file)))
        except OSError as error:
            sentences.append(_(_NOT_KEPT).format(error=error.strerror))
    result = session.last_run
    if result is not None and not result.ok:
        sentences.append(_(_RESUME).format(run=result.run))
    elif file is not None:
        sentences.append(_(_CONTINUE).format(file=shlex.quote(_short(file))))
    return one_line(" ".join(sentences))


def _done(session: Session) -> str:
    result = session.last_run
    if result is None:
        return _(_NO_CHANGES) if session.confirmed else _(_NOTHING)
    if result.ok:
        return _(_DONE).format(run=result.run)
    if result.interrupted:
        return _(_STOPPED).format(run=result.run)
    return _failed(result)


def _failed(result: Result) -> str:
    not_done = len(result.failures) + len(result.skipped)
    return _(_FAILED).format(run=result.run, count=not_done, total=not_done + len(result.done))


def _file(session: Session) -> Path | None:
    """Return the setup file of the session; None if there is none."""
    file = session.saved or session.source or session.to_open
    return file if file is not None and file.is_file() else None


def _unsaved(session: Session) -> Setup | None:
    """Return the setup of the answers; None if a file has it, if it is not valid, or if the user answered nothing."""
    from wizard.setup.problems import SetupError
    from wizard.work import opening

    if not (session.done or session.source or session.opened):
        return None
    try:
        setup = session.answers.to_setup()
    except SetupError:
        return None
    file = session.saved or session.source
    if file is None:
        return setup
    try:
        saved = opening.read_setup(file)
    except (SetupError, OSError):
        return setup
    if saved.mode != session.mode.name:
        return setup
    # Answers do not hold everything that a file can say, so the file is read as the wizard reads it.
    same = session.mode.answers_of(saved, session.detected).to_setup() == setup
    return None if same else setup


def _save_draft(folder: Path, setup: Setup) -> Path:
    """Write a draft into a new file, or find the draft that has this setup. Returns its path. Raises OSError."""
    from wizard.setup.load import dump

    text = dump(setup)
    first = folder / DRAFT
    for number in range(1, MOST_DRAFTS):
        path = first if number == 1 else first.with_stem(f"{first.stem}-{number}")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
            return path
        except FileExistsError:
            if _has(path, text):
                return path
    raise FileExistsError(None, _("the folder has too many drafts; delete some drafts"))


def _has(path: Path, text: str) -> bool:
    """Return whether a file has this text."""
    from wizard.outside import files

    try:
        return files.read_text(path) == text
    except (OSError, UnicodeDecodeError):
        return False


def _short(file: Path) -> str:
    """Return the path as the user would type it in the current folder."""
    path = file.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
