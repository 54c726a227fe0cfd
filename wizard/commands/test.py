"""`wif-wizard test`: the live test, step by step."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.chain.hop import Outcome, Progress
from wizard.commands import exits
from wizard.commands.hop_text import hop_lines
from wizard.commands.output import Console
from wizard.engine.resource import Refused
from wizard.modes.opened import Consent, Listener, Opened, Outcomes
from wizard.sandbox.duration import seconds
from wizard.setup.problems import BadInput
from wizard.work import testing
from wizard.work.opening import mode_of, open_for_test

if TYPE_CHECKING:
    from wizard.commands.formats import Answer

_PLACES = {
    "here": "The live test runs here, as the workload.",
    "inside": "The live test runs inside the workload.",
    "task": "The live test runs in a one-off task.",
}


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 if the test passed, 1 if a step failed. Raises BadInput, Refused, LeftBehind."""
    console = Console(options.json)
    wait = _wait(options.wait)
    if testing.is_configuration(options.file):
        return _of_configuration(options, wait, console)
    if options.role:
        raise BadInput("--role is for a credential configuration: a setup names its role; leave --role out")
    opened = open_for_test(options.file)
    place = options.place or opened.likely_place
    console.say(_PLACES[place])
    outcomes = of_setup(opened, place, wait, console, options.yes)
    if options.json:
        console.answer(_answer(place, outcomes))
    return exits.DONE if report(outcomes, console) else exits.REFUSED


def of_setup(opened: Opened, place: str, wait: float, console: Console, consent: bool) -> Outcomes:
    """Test each workload of a setup, and print each step. `consent` approves what the test adds while it runs."""
    several = len(mode_of(opened.setup).chains(opened.setup)) > 1
    return testing.test_setup(opened, place, listener(console, consent, several), wait)


def report(outcomes: Outcomes, console: Console) -> bool:
    """Print how the test ended. Returns whether every workload passed."""
    passed = testing.all_passed(outcomes)
    console.say("", "The live test passed." if passed else "The live test failed.")
    return passed


def _of_configuration(options: argparse.Namespace, wait: float, console: Console) -> int:
    """Test a configuration without a setup, which names neither the workload's role nor the roles that it needs."""
    opened = testing.open_configuration(Path(options.file), options.role)
    place = options.place or opened.likely_place
    console.say(opened.here if place == "here" else _PLACES[place])
    outcomes = testing.test_configuration(opened, place, listener(console, options.yes), wait)
    if options.json:
        console.answer(_answer(place, outcomes))
    return exits.DONE if report(outcomes, console) else exits.REFUSED


def _answer(place: str, outcomes: Outcomes) -> Answer:
    from wizard.commands import formats

    passed = testing.all_passed(outcomes)
    hops = {workload: [formats.Hop(**outcome.as_json()) for outcome in ended] for workload, ended in outcomes.items()}
    if list(hops) == [""]:
        return formats.Test(passed=passed, place=place, hops=hops[""])
    return formats.TestOfSeveral(passed=passed, place=place, workloads=hops)


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
