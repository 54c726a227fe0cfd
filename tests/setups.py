"""Setups and answers of the modes that there are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wizard.modes.mode import Mode, table
from wizard.setup import load as files
from wizard.setup import schema
from wizard.setup.answers import Answers
from wizard.setup.question import Found, Question
from wizard.setup.sections import Setup

AWS = "aws"
GKE = "gke"


def mode(name: str) -> Mode:
    """A mode by its name."""
    return table()[name]


def load(path: Path) -> Any:
    """The setup in a file."""
    return files.load(path, table())


def loads(text: str, source: str = "setup") -> Any:
    """The setup in a text."""
    return files.loads(text, table(), source)


def from_data(data: dict[str, Any]) -> Any:
    """The setup in plain data."""
    return files.from_data(data, table())


def json_schema() -> dict[str, Any]:
    """The schema of the setup file."""
    return schema.json_schema(table())


def answers(detected: Mapping[str, Found] | None = None, name: str = AWS) -> Answers:
    """No answers yet."""
    return mode(name).answers(detected)


def answers_of(setup: Setup) -> Any:
    """The answers that make a setup."""
    return mode(setup.mode).answers_of(setup)


def question(path: str, name: str = AWS) -> Question:
    """A question by its path."""
    return answers(name=name).question(path)


def problems(setup: Setup) -> list[Any]:
    """What no single line of a setup tells."""
    return mode(setup.mode).problems(setup)
