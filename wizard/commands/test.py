"""`wif-wizard test`: the live test, step by step."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.chain.hop import Outcome, Progress, Verdict
from wizard.commands import exits, junit, report_file
from wizard.commands.hop_text import hop_lines
from wizard.commands.output import Console
from wizard.engine.resource import Refused
from wizard.language import N_, _, translated
from wizard.modes.opened import Consent, Listener, Opened, OpenedConfiguration, Outcomes
from wizard.phrases import sentences
from wizard.sandbox.duration import seconds
from wizard.setup.problems import BadInput
from wizard.work import given_file, leftovers, setup_files, testing
from wizard.work.opening import mode_of, open_for_test

if TYPE_CHECKING:
    from wizard.commands.formats import Test, TestOfSeveral

_PLACES = {
    "here": N_("The live test runs on this machine, with the workload's identity."),
    "inside": N_("The live test runs inside the workload."),
    "task": N_("The live test runs in a one-off task."),
    "output": N_("A probe script ran the live test in the workload. The test had these steps:"),
}
_NOTE = "Note: {note}"
_PASSED = "The live test passed."
_FAILED = "The live test failed."
_PROVED_NOTHING = "The live test proved nothing, because the workload did not get a token. Not proven: {names}"
_FAILED_BESIDE = "The live test failed. Not proven: {names}"
_STRICT = "The live test did not prove everything that --strict requires. Not proven: {names}"
_PASSED_BUT = "The live test passed. Not proven: {names}"


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 if the test passed, 1 if a step failed or, with --strict, was not proven.

    Raises BadInput, Refused, LeftBehind.
    """
    console = Console(options.json)
    wait = _wait(options.wait)
    if options.junit:
        report_file.check_path(options.junit, "--junit")
    if setup_files.are_several(options.file):
        from wizard.commands import several_test

        return several_test.run(options, wait, console)
    (options.file,) = options.file
    if options.from_output and options.role:
        raise BadInput(_("the probe's output names the workload's role: remove --role"))
    if given_file.is_configuration(options.file):
        return _of_configuration(options, wait, console)
    if options.role:
        raise BadInput(
            _("--role is only for credential configurations, because a setup already names the role: remove --role")
        )
    opened = open_for_test(options.file)
    if options.from_output:
        return _of_output(options, opened, wait, console)
    place = options.place or opened.likely_place
    console.say(*leftovers.remove(opened), translated(_PLACES[place]))
    return _end(options, place, of_setup(opened, place, wait, console, options.yes), console)


def of_setup(opened: Opened, place: str, wait: float, console: Console, consent: bool) -> Outcomes:
    """Test each workload of a setup, and print each step. `consent` approves what the test adds while it runs."""
    several = len(mode_of(opened.setup).chains(opened.setup)) > 1
    return testing.test_setup(opened, place, listener(console, consent, several), wait)


def report(verdict: Verdict, console: Console, strict: bool = False) -> None:
    """Print how the test ended, in the last line with everything that was not proven."""
    console.say("", *note_lines(verdict), verdict_line(verdict, strict))


def note_lines(verdict: Verdict) -> list[str]:
    """Return what is worth knowing about the roles, in lines."""
    return [_(_NOTE).format(note=note) for note in verdict.notes]


def verdict_line(verdict: Verdict, strict: bool) -> str:
    """Return the verdict as one line."""
    names = sentences(verdict.not_proven)
    if not names:
        return _(_PASSED) if verdict.passed else _(_FAILED)
    if verdict.nothing_proven:
        return _(_PROVED_NOTHING).format(names=names)
    if not verdict.passed:
        return _(_FAILED_BESIDE).format(names=names)
    return (_(_STRICT) if strict else _(_PASSED_BUT)).format(names=names)


def _of_configuration(options: argparse.Namespace, wait: float, console: Console) -> int:
    """Test a configuration without a setup, which names neither the workload's role nor the roles that it needs."""
    opened = testing.open_configuration(Path(options.file), options.role)
    if options.from_output:
        return _of_output(options, opened, wait, console)
    place = options.place or opened.likely_place
    console.say(*leftovers.remove(opened), translated(opened.here if place == "here" else _PLACES[place]))
    outcomes = testing.test_configuration(opened, place, listener(console, options.yes), wait)
    return _end(options, place, outcomes, console)


def _of_output(options: argparse.Namespace, opened: Opened | OpenedConfiguration, wait: float, console: Console) -> int:
    """Judge what a printed probe wrote in the workload, as the live test judges its own steps."""
    console.say(translated(_PLACES["output"]))
    outcomes = testing.judge(opened, options.from_output, listener(console, consent=False), wait)
    return _end(options, "output", outcomes, console)


def _end(options: argparse.Namespace, place: str, outcomes: Outcomes, console: Console) -> int:
    """Answer and report how the test ended. Returns the exit code."""
    if options.junit:
        report_file.write(options.junit, junit.text_of(outcomes), "--junit")
    verdict = testing.verdict_of(outcomes)
    if options.json:
        console.answer(answer(place, outcomes, verdict))
    report(verdict, console, options.strict)
    proven = verdict.is_proven if options.strict else verdict.passed
    return exits.DONE if proven else exits.REFUSED


def answer(place: str, outcomes: Outcomes, verdict: Verdict) -> Test | TestOfSeveral:
    """Return how a test ended, for programs."""
    from wizard.commands import formats

    ended: dict[str, Any] = {
        "passed": verdict.passed,
        "not_proven": list(verdict.not_proven),
        "notes": list(verdict.notes),
        "holds_until": verdict.holds_until.isoformat() if verdict.holds_until else None,
        "place": place,
    }
    hops = {workload: [formats.Hop(**outcome.as_json()) for outcome in taken] for workload, taken in outcomes.items()}
    if list(hops) == [""]:
        return formats.Test(**ended, hops=hops[""])
    return formats.TestOfSeveral(**ended, workloads=hops)


def listener(console: Console, consent: bool, several: bool = False) -> Listener:
    """A listener that prints each step as it ends; with `several` workloads, each line begins with its workload."""

    def on_outcome(workload: str, outcome: Outcome) -> None:
        for line in hop_lines(outcome):
            console.say(f"{workload}  {line}" if several else line)

    def on_progress(workload: str, progress: Progress) -> None:
        line = f"…             {progress.text}"
        console.say(f"{workload}  {line}" if several else line)

    def agree(needed: Consent) -> None:
        ask(needed, console, consent)

    return Listener(on_outcome, on_progress, agree)


class Declined(Refused):
    """The operator declined a temporary change that a test makes."""

    def __init__(self, needed: Consent) -> None:
        super().__init__(f"{needed.declined} {needed.instead}".strip())
        self.needed = needed


def ask(needed: Consent, console: Console, consent: bool) -> None:
    """Ask for a confirmation that --yes does not give. Raises BadInput and Declined."""
    console.say(*needed.meaning.split("\n"))
    if needed.detail:
        console.say(*needed.detail.split("\n"))
    if consent:
        return
    if not sys.stdin.isatty():
        raise BadInput(
            _("cannot ask for confirmation: no terminal; add --yes, or run the test in another place with --from")
        )
    if console.ask(f"{needed.question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise Declined(needed)


def _wait(text: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise BadInput(f"--wait: {error}") from error
