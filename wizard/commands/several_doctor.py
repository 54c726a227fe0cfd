"""`wif-wizard doctor` with several setups: one table."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from wizard.commands import exits, failures, several
from wizard.commands.output import Console
from wizard.language import _
from wizard.work import diagnosis_text, setup_files
from wizard.work import several as work
from wizard.work.several import Diagnosed, Row

_FOR_ONE = {
    "error": "--error",
    "role": "--role",
    "save": "--save",
    "fix": "--fix",
    "report": "--report",
    "anonymise": "--anonymise",
}
_READING = "The doctor checks {count} setups."
_HEALTHY = "healthy"
_UNCHECKED = "no faults found; checks that could not run: {count}"
_BROKEN = "broken: {code}"
_BROKEN_AND_MORE = "broken: {code}; other findings: {count}"


def run(options: argparse.Namespace, console: Console) -> int:
    """Returns the worst exit code of the setups: 1 if one is broken. Raises BadInput."""
    several.refuse(options, _FOR_ONE)
    named = setup_files.named(options.given)
    console.say(*named.notes, _(_READING).format(count=len(named.files)))
    rows = work.diagnose(named.files)
    if options.json:
        _answer(rows, named.notes, console)
    for row in rows:
        if options.verbose and row.value:
            console.say("", f"{row.file}:", *diagnosis_text.as_text(row.value.diagnosis))
    console.say("", *several.table([(row.file, _result(row)) for row in rows]))
    console.say(*several.details((row.file, _details(row, options.verbose)) for row in rows))
    if not options.verbose:
        console.say("", several.more())
    return exits.worst(map(_code, rows))


def _code(row: Row[Diagnosed]) -> int:
    if row.value:
        return exits.REFUSED if row.value.diagnosis.broken else exits.DONE
    assert row.error is not None
    return failures.code_of(row.error)


def _result(row: Row[Diagnosed]) -> str:
    if row.value is None:
        assert row.error is not None
        return several.result_of(row.error)
    diagnosis = row.value.diagnosis
    if diagnosis.cause:
        template = _(_BROKEN) if len(diagnosis.broken) == 1 else _(_BROKEN_AND_MORE)
        return template.format(code=diagnosis.cause.rule.code, count=len(diagnosis.broken) - 1)
    return _(_UNCHECKED).format(count=len(diagnosis.unknown)) if diagnosis.unknown else _(_HEALTHY)


def _details(row: Row[Diagnosed], verbose: bool) -> Iterator[str]:
    """Yield what is broken and what is not known, unless it was printed already since it is `verbose`."""
    if row.value is None:
        yield str(row.error)
        return
    if not verbose:
        yield from diagnosis_text.in_short(row.value.diagnosis)
    yield from row.value.leftovers


def _answer(rows: Sequence[Row[Diagnosed]], notes: Sequence[str], console: Console) -> None:
    from wizard.commands import formats_doctor
    from wizard.commands import formats_several as formats

    console.answer(
        formats.Diagnoses(
            setups=[
                formats.DiagnosisOfSetup(
                    file=row.file,
                    diagnosis=formats_doctor.Diagnosis.of(row.value.diagnosis) if row.value else None,
                    error=several.error_json(row.error),
                )
                for row in rows
            ],
            notes=list(notes),
        )
    )
