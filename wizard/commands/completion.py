"""`wif-wizard completion`: a script that completes commands, options and files in a shell."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import shtab

from wizard.commands import exits
from wizard.commands.output import Console
from wizard.commands.parser import LATE, parser
from wizard.sandbox.scenario import names
from wizard.work import faults

_FILES = frozenset(
    {
        "FILE",
        "SETUP.yaml",
        "SETUP.yaml|DIR",
        "SETUP.yaml|CONFIG.json",
        "SETUP.yaml|CONFIG.json|DIR",
        "SETUP.yaml|CONFIG.json|DIR|NAME|-",
    }
)
"""How the help names arguments that are files."""


def run(options: argparse.Namespace) -> int:
    """Print the script for a shell."""
    Console().say(*script(options.shell).split("\n"))
    return exits.DONE


def script(shell: str) -> str:
    """The script for a shell: it knows the whole command line and starts no Python when a key is pressed."""
    whole = parser(*LATE)
    _describe_values(whole)
    return str(shtab.complete(whole, shell))


def _describe_values(command: argparse.ArgumentParser) -> None:
    """Tell shtab which arguments of a command, and of its subcommands, are files, and which scenarios there are."""
    for action in command._actions:  # argparse has no public way to list them; shtab reads the same
        if action.metavar in _FILES or action.type is Path:
            described: Any = action
            described.complete = shtab.FILE
        if action.dest == "scenario":
            action.choices = names()
        if action.dest == "broken":
            action.choices = [faults.RANDOM, *faults.names()]
        if isinstance(action.choices, dict):
            for subcommand in action.choices.values():
                _describe_values(subcommand)
