"""`wif-wizard demo --broken`: a setup that works is broken, and the doctor names the cause and fixes it."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

from wizard.commands import exits, failures
from wizard.commands.output import Console
from wizard.commands.parser import parser
from wizard.commands.wizard import has_terminal, open_wizard
from wizard.language import _, translated
from wizard.sandbox import scenario as scenarios
from wizard.sandbox.scenario import Scenario
from wizard.work import breaking, faults
from wizard.work.demo import Demo
from wizard.work.faults import Fault

_APPLIED = "The wizard is applying setup.yaml in the sandbox. This takes a few seconds ..."
_BREAKS = "The setup works. Now the sandbox breaks the setup with the fault {name}: {title}."
_BY_HAND = (
    "The wizard cannot apply this fix. To fix the fault yourself, follow the instruction in the line that begins with "
    '"fix".'
)


def listed() -> list[str]:
    """Return a line for each fault: its name, its mode, and what it breaks."""
    known = {name: faults.load(name) for name in faults.names()}
    width = max(map(len, known)) + 2
    return [f"{name:<{width}}{fault.mode:<5}{translated(fault.title)}" for name, fault in known.items()]


def introduced(scenario: Scenario) -> list[str]:
    """Return the title and the description of a scenario, and empty lines between and behind them."""
    return [f"SANDBOX  {translated(scenario.title)}", "", *map(translated, scenario.description.split("\n")), ""]


def world_file(folder: Path, fault: Fault) -> str:
    """Write the scenario of the fault, as the fault wants it, into a folder. Returns the path of the file."""
    file = folder / f"{fault.scenario}.yaml"
    file.write_text(faults.world_text(fault, scenarios.text_of(fault.scenario)), encoding="utf-8")
    return str(file)


def run(folder: Path, name: str, fault: Fault, scenario: Scenario) -> int:
    """Break a world in this sandbox, then open the wizard, or go from the cause to the fix. Returns the exit code.

    Raises Refused, CloudError and BadInput.
    """
    os.chdir(folder)
    setup = Path("setup.yaml")
    setup.write_text(faults.setup_text(fault, scenario.setup), encoding="utf-8")
    console = Console()
    console.say(*introduced(scenario), _(_APPLIED))
    breaking.break_setup(folder, name, fault, scenario.names)
    console.say(_(_BREAKS).format(name=name, title=translated(fault.title)))
    if has_terminal():
        return open_wizard(Demo(scenario.title, scenario.name, scenario.names, is_broken=True), setup)
    return _walk(fault, console)


def _walk(fault: Fault, console: Console) -> int:
    """Test, find the cause, fix it and test again, by the commands that are printed."""
    _command(console, "test", "setup.yaml", "--yes", "--wait", "0")
    named = _command(console, "doctor", "setup.yaml") == exits.REFUSED
    if fault.fixable != "plan":
        console.say("", _(_BY_HAND))
        return exits.DONE if named else exits.REFUSED
    fixed = _command(console, "doctor", "setup.yaml", "--fix", "--yes", "--accept-loss") == exits.DONE
    passed = _command(console, "test", "setup.yaml", "--yes") == exits.DONE
    return exits.DONE if named and fixed and passed else exits.REFUSED


def _command(console: Console, *arguments: str) -> int:
    """Print a command line, and run it. Returns its exit code: a command that refuses does not end the demo."""
    console.say("", f"$ wif-wizard {' '.join(arguments)}")
    options = parser().parse_args(arguments)
    try:
        return int(import_module(f"wizard.commands.{arguments[0]}").run(options))
    except failures.EXPECTED as error:
        return failures.report(error, as_json=False)
