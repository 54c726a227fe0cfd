"""`wif-wizard demo`: the wizard on a sandbox cloud; without a terminal, a scenario from plan to live test."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from wizard.chain.hop import Verdict
from wizard.commands import apply, demo_broken, exits, extra, inside, review_text
from wizard.commands import test as live
from wizard.commands.output import Console
from wizard.commands.wizard import has_terminal, open_wizard
from wizard.engine.resource import Refused
from wizard.language import _, current
from wizard.modes.opened import Opened
from wizard.sandbox import scenario as scenarios
from wizard.sandbox.process import Sandbox, SandboxError
from wizard.setup.problems import BadInput
from wizard.work import applying, faults, planning, testing
from wizard.work.demo import Demo
from wizard.work.opening import open_setup

FOLDER = "WIF_WIZARD_DEMO"
"""The variable that tells the demo inside its sandbox which folder is its own."""

_STARTING = "Starting the sandbox ..."
_ON_STAGE = ("--latency", "80ms")
"""An audience sees the calls of the clouds pass by, about as fast as they do."""

_FOR_REAL = (
    "To use the wizard in your own accounts, sign in with gcloud (for AWS, also with the AWS CLI). Then run wif-wizard."
)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code, which is 0 only if the live test passed. Raises BadInput, Refused.

    The demo is a program inside the sandbox, like any other: this process starts the sandbox, and itself again.
    """
    if options.list:
        Console().say(*demo_broken.listed())
        return exits.DONE
    extra.require()
    name = faults.chosen(options.broken) if options.broken else ""
    fault = faults.load(name) if name else None
    try:
        scenario = scenarios.load(fault.scenario if fault else options.scenario)
    except scenarios.ScenarioError as error:
        raise BadInput(str(error)) from error
    if folder := os.environ.get(FOLDER):
        return demo_broken.run(Path(folder), name, fault, scenario) if fault else _in(Path(folder), scenario)
    what = ["--broken", name] if fault else ["--scenario", options.scenario]
    log = ["--log", options.log] if options.log else []
    itself = [sys.executable, "-P", "-m", "wizard", "demo", "--lang", current(), *what, *log]
    try:
        with tempfile.TemporaryDirectory(prefix="wif-wizard-demo-") as own:
            world = demo_broken.world_file(Path(own), fault) if fault else options.scenario
            if has_terminal():
                print(_(_STARTING), flush=True)
            with Sandbox(world, _ON_STAGE if has_terminal() else ()) as sandbox:
                # A demo does not write to your own journal.
                return inside.run(sandbox, itself, {FOLDER: own, "XDG_STATE_HOME": own})
    except SandboxError as error:
        raise Refused(str(error)) from error


def _in(folder: Path, scenario: scenarios.Scenario) -> int:
    """Run the scenario in a folder: in the wizard if there is a terminal, else from plan to live test."""
    setup = folder / "setup.yaml"
    setup.write_text(scenario.setup, encoding="utf-8")
    if has_terminal():
        os.chdir(folder)
        code = open_wizard(Demo(scenario.title, scenario.name, scenario.names))
        Console().say(_(_FOR_REAL))
        return code
    console = Console()
    console.say(*demo_broken.introduced(scenario))
    return _run_all(setup, console)


def _run_all(setup: Path, console: Console) -> int:
    _heading(console, f"wif-wizard plan {setup.name}")
    opened = open_setup(str(setup))
    review = planning.review(opened)
    console.say(*review_text.as_text(opened, review))
    accept_loss = bool(review.losses)
    consent = "--yes --accept-loss" if accept_loss else "--yes"
    _heading(console, f"wif-wizard apply {setup.name} {consent}")
    result = applying.apply(opened, review, apply.reporter(console), accept_loss=accept_loss)
    if apply.finish(result, console) != exits.DONE:
        return exits.REFUSED
    _heading(console, f"wif-wizard plan {setup.name}")
    again = planning.review(opened)
    console.say(planning.summary(again.plan))
    verdicts = [_test(setup, opened, place, console) for place in _places(opened)]
    first = opened.exports()[0]
    _heading(console, first.file)
    console.say(*first.text.split("\n"))
    passed = all(verdict.passed for verdict in verdicts)
    return exits.DONE if passed and again.in_place else exits.REFUSED


def _places(opened: Opened) -> list[str]:
    """Return the places of the live test: the default one, then the one in which the test proves most."""
    return list(dict.fromkeys([opened.likely_place, opened.best_place]))


def _test(setup: Path, opened: Opened, place: str, console: Console) -> Verdict:
    """Test in a place, and print each step and the verdict."""
    _heading(console, f"wif-wizard test {setup.name} --from {place} --yes")
    outcomes = live.of_setup(opened, place, testing.RECENT, console, consent=True)
    verdict = testing.verdict_of(outcomes)
    live.report(verdict, console)
    return verdict


def _heading(console: Console, text: str) -> None:
    console.say("", f"$ {text}")
