"""`wif-wizard schema`: the JSON Schema of the setup file, and of what commands print with --json."""

from __future__ import annotations

import argparse
from functools import reduce
from operator import or_
from typing import Any

from wizard.commands import exits
from wizard.commands.answers import ANSWERS
from wizard.commands.output import Console

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TITLES = {
    "plan": "the output of wif-wizard plan --json",
    "apply": "a line of the output of wif-wizard apply --json",
    "test": "the output of wif-wizard test --json",
    "doctor": "the output of wif-wizard doctor --json",
    "export": "the output of wif-wizard export --json",
    "runs": "the output of wif-wizard runs --json",
    "resume": "a line of the output of wif-wizard resume --json",
    "revert": "a line of the output of wif-wizard revert --json",
    "error": "the output of a wif-wizard command with --json if the command fails",
}


def run(options: argparse.Namespace) -> int:
    """Print a schema."""
    Console().answer(schema_of(options.name), indent=2)
    return exits.DONE


def schema_of(name: str) -> dict[str, Any]:
    """The schema of `setup`, of `error`, or of a command's answer. Raises KeyError for another name."""
    if name == "setup":
        from wizard.work.opening import setup_schema

        return setup_schema()
    schema = answers(name).json_schema(mode="serialization")
    for described in (schema, *schema["$defs"].values()):
        if "properties" in described:
            described["required"] = list(described["properties"])  # every key is always there
    return {"$schema": DIALECT, **schema, "title": _TITLES[name]}


def answers(name: str) -> Any:
    """The pydantic TypeAdapter of what a command answers, or of `error`."""
    from pydantic import TypeAdapter

    return TypeAdapter(reduce(or_, ANSWERS[name]))
