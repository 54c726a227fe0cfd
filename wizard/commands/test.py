"""`wif-wizard test`: the live test, step by step."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.chain.hop import Outcome, Progress, Verdict
from wizard.commands import exits, junit, report_file
from wizard.commands.hop_text import hop_lines
from wizard.commands.output import Console
from wizard.engine.resource import Refused
from wizard.modes.opened import Consent, Listener, Opened, OpenedConfiguration, Outcomes
from wizard.sandbox.duration import seconds
from wizard.setup.problems import BadInput
from wizard.work import leftovers, testing
from wizard.work.opening import mode_of, open_for_test

if TYPE_CHECKING:
    from wizard.commands.formats import Answer

_PLACES = {
    "here": "The live test runs on this machine, with the workload's identity.",
    "inside": "The live test runs inside the workload.",
    "task": "The live test runs in a one-off task.",
    "output": "A printed probe ran the live test in the workload. The test had these steps:",
}


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 if the test passed, 1 if a step failed or, with --strict, was not proven.

    Raises BadInput, Refused, LeftBehind.
    """
    console = Console(options.json)
    wait = _wait(options.wait)
    if options.junit:
        report_file.check_path(options.junit, "--junit")
    if options.from_output and options.role:
        raise BadInput("the probe's output names the workload's role: remove --role")
    if testing.is_configuration(options.file):
        return _of_configuration(options, wait, console)
    if options.role:
        raise BadInput(
            "--role is only for credential configurations, because a setup already names the role: remove --role"
        )
    opened = open_for_test(options.file)
    if options.from_output:
        return _of_output(options, opened, wait, console)
    place = options.place or opened.likely_place
    console.say(*leftovers.remove(opened), _PLACES[place])
    return _end(options, place, of_setup(opened, place, wait, console, options.yes), console)


def of_setup(opened: Opened, place: str, wait: float, console: Console, consent: bool) -> Outcomes:
    """Test each workload of a setup, and print each step. `consent` approves what the test adds while it runs."""
    several = len(mode_of(opened.setup).chains(opened.setup)) > 1
    return testing.test_setup(opened, place, listener(console, consent, several), wait)


def report(verdict: Verdict, console: Console, strict: bool = False) -> None:
    """Print how the test ended, in the last line with everything that was not proven."""
    notes = [f"Note: {note}" for note in verdict.notes]
    console.say("", *notes, verdict_line(verdict, strict))


def verdict_line(verdict: Verdict, strict: bool) -> str:
    """Return the verdict as one line."""
    names = "; ".join(verdict.not_proven)
    if not names:
        return "The live test passed." if verdict.passed else "The live test failed."
    if verdict.nothing_proven:
        return f"The live test proved nothing, because the workload did not get a token. Not proven: {names}"
    if not verdict.passed:
        return f"The live test failed. Not proven: {names}"
    if strict:
        return f"The live test did not prove everything that --strict requires. Not proven: {names}"
    return f"The live test passed. Not proven: {names}"


def _of_configuration(options: argparse.Namespace, wait: float, console: Console) -> int:
    """Test a configuration without a setup, which names neither the workload's role nor the roles that it needs."""
    opened = testing.open_configuration(Path(options.file), options.role)
    if options.from_output:
        return _of_output(options, opened, wait, console)
    place = options.place or opened.likely_place
    console.say(*leftovers.remove(opened), opened.here if place == "here" else _PLACES[place])
    outcomes = testing.test_configuration(opened, place, listener(console, options.yes), wait)
    return _end(options, place, outcomes, console)


def _of_output(options: argparse.Namespace, opened: Opened | OpenedConfiguration, wait: float, console: Console) -> int:
    """Judge what a printed probe wrote in the workload, as the live test judges its own steps."""
    console.say(_PLACES["output"])
    outcomes = testing.judge(opened, options.from_output, listener(console, consent=False), wait)
    return _end(options, "output", outcomes, console)


def _end(options: argparse.Namespace, place: str, outcomes: Outcomes, console: Console) -> int:
    """Answer and report how the test ended. Returns the exit code."""
    if options.junit:
        report_file.write(options.junit, junit.text_of(outcomes), "--junit")
    verdict = testing.verdict_of(outcomes)
    if options.json:
        console.answer(_answer(place, outcomes, verdict))
    report(verdict, console, options.strict)
    proven = verdict.is_proven if options.strict else verdict.passed
    return exits.DONE if proven else exits.REFUSED


def _answer(place: str, outcomes: Outcomes, verdict: Verdict) -> Answer:
    from wizard.commands import formats

    not_proven, notes = list(verdict.not_proven), list(verdict.notes)
    hops = {workload: [formats.Hop(**outcome.as_json()) for outcome in ended] for workload, ended in outcomes.items()}
    if list(hops) == [""]:
        return formats.Test(passed=verdict.passed, not_proven=not_proven, notes=notes, place=place, hops=hops[""])
    return formats.TestOfSeveral(passed=verdict.passed, not_proven=not_proven, notes=notes, place=place, workloads=hops)


def listener(console: Console, consent: bool, several: bool = False) -> Listener:
    """A listener that prints each step as it ends; with `several` workloads, each line begins with its workload."""

    def on_outcome(workload: str, outcome: Outcome) -> None:
        for line in hop_lines(outcome):
            console.say(f"{workload}  {line}" if several else line)

    def on_progress(workload: str, progress: Progress) -> None:
        line = f"…             {progress.text}"
        console.say(f"{workload}  {line}" if several else line)

    def agree(needed: Consent) -> None:
        _ask(needed, console, consent)

    return Listener(on_outcome, on_progress, agree)


def _ask(needed: Consent, console: Console, consent: bool) -> None:
    console.say(*needed.meaning.split("\n"))
    if needed.detail:
        console.say(*needed.detail.split("\n"))
    if consent:
        return
    if not sys.stdin.isatty():
        raise BadInput("cannot ask for confirmation: no terminal; add --yes, or choose another place with --from")
    if console.ask(f"{needed.question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise Refused(needed.declined)


def _wait(text: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise BadInput(f"--wait: {error}") from error
