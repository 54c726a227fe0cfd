"""`wif-wizard demo`: the wizard on a sandbox cloud; with no terminal, the scenario walked to its passed token test."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from wizard.commands import apply, exits, review_text
from wizard.commands import test as live
from wizard.commands.wizard import has_terminal, open_wizard
from wizard.sandbox import scenario as scenarios
from wizard.sandbox.process import Sandbox
from wizard.setup.problems import BadInput
from wizard.work import applying, planning, testing
from wizard.work.opening import open_setup


def run(options: argparse.Namespace) -> int:
    """Exit 0 only if the token test passed. Raises BadInput, Refused."""
    try:
        scenario = scenarios.load(options.scenario)
    except scenarios.ScenarioError as error:
        raise BadInput(str(error)) from error
    with tempfile.TemporaryDirectory(prefix="wif-wizard-demo-") as folder, Sandbox(options.scenario) as sandbox:
        sandbox.lead(os.environ)
        os.environ["XDG_STATE_HOME"] = folder  # a demo leaves no trace in the operator's journal
        setup = Path(folder, "setup.yaml")
        setup.write_text(scenario.setup, encoding="utf-8")
        if has_terminal():
            os.chdir(folder)
            return open_wizard(sandbox_title=scenario.title)
        print(f"SANDBOX  {scenario.title}\n\n{scenario.description}\n")
        return _walk(setup)


def _walk(setup: Path) -> int:
    _heading(f"wif-wizard plan {setup.name}")
    opened = open_setup(str(setup))
    review = planning.review(opened)
    print("\n".join(review_text.as_text(opened, review)))
    _heading(f"wif-wizard apply {setup.name} --yes")
    result = applying.apply(opened, review, apply.lines(print))
    if apply.finish(result, print, as_json=False) != exits.DONE:
        return exits.REFUSED
    _heading(f"wif-wizard plan {setup.name}")
    again = planning.review(opened)
    print(planning.summary(again.plan))
    place = opened.likely_place
    _heading(f"wif-wizard test {setup.name} --from {place} --yes")
    outcomes = live.of_setup(opened, place, testing.RECENT, print, consent=True)
    passed = live.report(outcomes, print)
    first = opened.exports()[0]
    _heading(first.file)
    print(first.text)
    return exits.DONE if passed and again.plan.empty else exits.REFUSED


def _heading(text: str) -> None:
    print(f"\n$ {text}", flush=True)
