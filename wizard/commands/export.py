"""`wif-wizard export`: the files of a setup for the team: script, manifests, code, report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from wizard.commands import exits, formats_export
from wizard.commands.output import Console
from wizard.language import _, translated
from wizard.modes.opened import ExportedFile
from wizard.setup.problems import BadInput
from wizard.work import exporting, runs
from wizard.work.exporting import Saved

_INCOMPLETE = (
    "name the setup file and what to export, such as `wif-wizard export setup.yaml app`, or add --journal FILE"
)
_COPIED = "✓ {path}: {count} runs. A colleague can use the file: wif-wizard runs --journal {path}"
_LINES = {
    "written": "✓ {path}: {title}",
    "in place": "= {path}: the file already has the exported content",
    "overwritten": "✓ {path}: {title}. The wizard replaced the old content.",
    "kept": (
        "! {path}: a file with different content exists, and the wizard did not change the file. Remove the file, or "
        "choose another folder."
    ),
}
_OVERWRITE = {
    True: "{path} contains an earlier export with different content. Overwrite the file? [y/N] ",
    False: "{path} has different content, which the wizard did not write. Overwrite the file? [y/N] ",
}


def run(options: argparse.Namespace) -> int:
    """Print or write the files. Returns the exit code: 1 if a file was kept. Raises BadInput, CloudError."""
    if options.journal_copy is not None:
        return _copy_journal(options)
    if options.setup is None or options.what is None:
        raise BadInput(_INCOMPLETE)
    exported = exporting.exported(options.setup, options.what)
    console = Console(options.json)
    saved = [] if options.out is None else write(exported, options.out, console, consent=options.yes)
    if options.json:
        console.answer(_answer(exported, saved))
    elif options.out is None:
        for file in exported:
            console.say(*_shown(file))
    return exits.REFUSED if any(each.state == "kept" for each in saved) else exits.DONE


def write(exported: Sequence[ExportedFile], folder: Path, console: Console, *, consent: bool) -> list[Saved]:
    """Write the files to a folder, and print what became of each. Raises BadInput.

    `consent` allows the wizard to overwrite what it wrote itself and nobody changed. For other files, and without
    `consent`, the operator is asked; without a terminal, the wizard keeps these files.
    """

    def may_overwrite(path: Path, is_ours: bool) -> bool:
        if consent:
            return is_ours
        if not sys.stdin.isatty():
            return False
        return console.ask(_(_OVERWRITE[is_ours]).format(path=path)).strip().lower() in ("y", "yes")

    saved = exporting.save(exported, folder, may_overwrite)
    for each in saved:
        console.say(_(_LINES[each.state]).format(path=each.path, title=translated(each.title)))
    return saved


def _copy_journal(options: argparse.Namespace) -> int:
    """Write runs to a journal for a colleague. Returns the exit code. Raises BadInput and JournalError."""
    if options.what is not None:
        raise BadInput(_INCOMPLETE)
    copied = runs.export(options.setup, options.journal_copy)
    console = Console(options.json)
    if options.json:
        console.answer(formats_export.ExportedJournal(path=str(options.journal_copy), runs=copied))
    console.say(_COPIED.format(count=len(copied), path=options.journal_copy))
    return exits.DONE


def _answer(exported: Sequence[ExportedFile], saved: Sequence[Saved]) -> formats_export.Export:
    """Return the answer for programs. `saved` is empty if nothing was written."""
    files = []
    for number, file in enumerate(exported):
        path, state = (str(saved[number].path), saved[number].state) if saved else (None, None)
        files.append(formats_export.ExportedFile(**asdict(file), path=path, state=state))
    return formats_export.Export(files=files)


def _shown(file: ExportedFile) -> Iterator[str]:
    yield f"==> {file.file}: {file.title}"
    yield file.why
    yield ""
    yield from file.text.splitlines()
    yield ""
