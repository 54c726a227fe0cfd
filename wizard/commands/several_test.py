"""`wif-wizard test` with several setups: one table."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence

from wizard.chain.hop import Verdict
from wizard.commands import exits, failures, junit, report_file, several
from wizard.commands import test as one_setup
from wizard.commands.hop_text import hop_lines
from wizard.commands.output import Console
from wizard.language import _, translated
from wizard.modes.opened import Consent, Listener, Opened
from wizard.work import setup_files, testing
from wizard.work import several as work
from wizard.work.several import Row, Tested

_FOR_ONE = {"role": "--role", "from_output": "--from-output"}
_TESTING = "The wizard tests {count} setups."
_PASSED = "passed"
_PASSED_BUT = "passed, results not proven: {count}"
_NOT_PROVEN = "results not proven: {count}"
_NO_TOKEN = "not proven: the workload did not get a token"
_FAILED = "failed: {step}"
_OF_SETUP = "{file}  {line}"
_NOT_PROVEN_LINE = "? not proven: {name}"


def run(options: argparse.Namespace, wait: float, console: Console) -> int:
    """Test the setups, `wait` seconds for recent grants. Returns the worst exit code of the setups. Raises BadInput."""
    several.refuse(options, _FOR_ONE)
    named = setup_files.named(options.file)
    console.say(*named.notes, _(_TESTING).format(count=len(named.files)))
    listener = _listener(console, options.yes, options.verbose)
    rows = work.test(named.files, options.place, wait, listener, console.say)
    if options.junit:
        tested = [(row.file, row.value.outcomes if row.value else _error(row)) for row in rows]
        report_file.write(options.junit, junit.text_of_setups(tested), "--junit")
    if options.json:
        _answer(rows, named.notes, console)
    _say(rows, console, strict=options.strict, verbose=options.verbose)
    return exits.worst(_code(row, options.strict) for row in rows)


def _listener(console: Console, consent: bool, verbose: bool) -> Callable[[str, Opened], Listener]:
    """Return what makes a listener for each file: it prints each step, if `verbose`, and asks for confirmations."""

    def of(file: str, opened: Opened) -> Listener:
        del opened

        def say(line: str) -> None:
            if verbose:
                console.say(_OF_SETUP.format(file=file, line=line))

        def agree(needed: Consent) -> None:
            if verbose or not consent:
                console.say("", f"{file}:")
                one_setup.ask(needed, console, consent)

        printing = one_setup.listener(_Lines(say), consent, several=True)
        return Listener(printing.on_outcome, printing.on_progress, agree)

    return of


class _Lines(Console):
    """A console that gives each line to a function."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write = write

    def say(self, *lines: str) -> None:
        for line in lines:
            self._write(line)


def _say(rows: Sequence[Row[Tested]], console: Console, *, strict: bool, verbose: bool) -> None:
    """Print the table, and what failed or was not proven below it."""
    console.say("", *several.table([(row.file, _result(row, strict)) for row in rows]))
    console.say(*several.details((row.file, _details(row, verbose)) for row in rows))
    if not verbose:
        console.say("", several.more())


def _details(row: Row[Tested], verbose: bool) -> Iterator[str]:
    """Yield what failed, unless it was printed already since it is `verbose`, and what was not proven."""
    if row.value is None:
        yield str(_error(row))
        return
    for workload, hops in row.value.outcomes.items():
        for outcome in hops:
            if outcome.status == "failed" and not verbose:
                yield from (f"{workload}  {line}" if workload else line for line in hop_lines(outcome))
    verdict = _verdict(row.value)
    yield from (_(_NOT_PROVEN_LINE).format(name=name) for name in verdict.not_proven)
    yield from one_setup.note_lines(verdict)


def _result(row: Row[Tested], strict: bool) -> str:
    if row.value is None:
        return several.result_of(_error(row))
    verdict = _verdict(row.value)
    if verdict.nothing_proven:
        return _(_NO_TOKEN)
    if not verdict.passed:
        hops = (outcome for hops in row.value.outcomes.values() for outcome in hops)
        failed = next(outcome.hop for outcome in hops if outcome.status == "failed")
        return _(_FAILED).format(step=translated(failed.title))
    if not verdict.not_proven:
        return _(_PASSED)
    return (_(_NOT_PROVEN) if strict else _(_PASSED_BUT)).format(count=len(verdict.not_proven))


def _code(row: Row[Tested], strict: bool) -> int:
    if row.value is None:
        return failures.code_of(_error(row))
    verdict = _verdict(row.value)
    return exits.DONE if (verdict.is_proven if strict else verdict.passed) else exits.REFUSED


def _verdict(tested: Tested) -> Verdict:
    return testing.verdict_of(tested.outcomes)


def _error(row: Row[Tested]) -> Exception:
    assert row.error is not None
    return row.error


def _answer(rows: Sequence[Row[Tested]], notes: Sequence[str], console: Console) -> None:
    from wizard.commands import formats_several as formats

    console.answer(
        formats.Tests(
            passed=all(row.value is not None and _verdict(row.value).passed for row in rows),
            setups=[
                formats.TestOfSetup(
                    file=row.file,
                    test=one_setup.answer(row.value.place, row.value.outcomes, _verdict(row.value))
                    if row.value
                    else None,
                    error=several.error_json(row.error),
                )
                for row in rows
            ],
            notes=list(notes),
        )
    )
