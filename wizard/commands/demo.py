"""`wif-wizard demo`: the wizard on a sandbox cloud; without a terminal, a scenario from plan to live test."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from wizard.commands import apply, exits, extra, review_text
from wizard.commands import test as live
from wizard.commands.output import Console
from wizard.commands.wizard import has_terminal, open_wizard
from wizard.engine.resource import Refused
from wizard.sandbox import scenario as scenarios
from wizard.sandbox.process import Sandbox, SandboxError
from wizard.setup.problems import BadInput
from wizard.work import applying, planning, testing
from wizard.work.opening import open_setup


def run(options: argparse.Namespace) -> int:
    """Returns the exit code, which is 0 only if the live test passed. Raises BadInput, Refused."""
    extra.require()
    try:
        scenario = scenarios.load(options.scenario)
    except scenarios.ScenarioError as error:
        raise BadInput(str(error)) from error
    try:
        with tempfile.TemporaryDirectory(prefix="wif-wizard-demo-") as folder, Sandbox(options.scenario) as sandbox:
            sandbox.lead(os.environ)
            os.environ["XDG_STATE_HOME"] = folder  # a demo does not write to your own journal
            return _in(Path(folder), scenario)
    except SandboxError as error:
        raise Refused(str(error)) from error


def _in(folder: Path, scenario: scenarios.Scenario) -> int:
    """Run the scenario in a folder: in the wizard if there is a terminal, else from plan to live test."""
    setup = folder / "setup.yaml"
    setup.write_text(scenario.setup, encoding="utf-8")
    if has_terminal():
        os.chdir(folder)
        return open_wizard(sandbox_title=scenario.title)
    console = Console()
    console.say(f"SANDBOX  {scenario.title}", "", *scenario.description.split("\n"), "")
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
    place = opened.likely_place
    _heading(console, f"wif-wizard test {setup.name} --from {place} --yes")
    outcomes = live.of_setup(opened, place, testing.RECENT, console, consent=True)
    verdict = testing.verdict_of(outcomes)
    live.report(verdict, console)
    first = opened.exports()[0]
    _heading(console, first.file)
    console.say(*first.text.split("\n"))
    return exits.DONE if verdict.passed and again.in_place else exits.REFUSED


def _heading(console: Console, text: str) -> None:
    console.say("", f"$ {text}")
