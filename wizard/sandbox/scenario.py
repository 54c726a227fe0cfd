"""Scenarios: the starting worlds of a sandbox, as YAML files in assets/scenarios or anywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from .faults import Fault

DEFAULT = "batch-bigquery"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C, if PyYAML has it: it reads a scenario with thousands of objects ten times as fast."""


class ScenarioError(ValueError):
    """The scenario does not exist, or its file is not valid."""


@dataclass(frozen=True)
class Scenario:
    """A starting world: what each cloud holds, which calls fail, and the setup that the demo applies to it."""

    name: str
    title: str
    description: str
    google: Mapping[str, Any]
    aws: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()
    setup: str = ""
    """The text of the setup file."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Full names of what the setup makes, by the words that faults use for them, such as "provider"."""


def names() -> list[str]:
    """The scenarios that come with the product."""
    return sorted(each.name.removesuffix(".yaml") for each in _folder().iterdir() if each.name.endswith(".yaml"))


def load(name: str = DEFAULT) -> Scenario:
    """The scenario of that name, or in the file of that path (which ends in .yaml). Raises ScenarioError."""
    return parse(Path(name).stem, text_of(name))


def text_of(name: str) -> str:
    """The YAML text of the scenario of that name, or in the file of that path. Raises ScenarioError."""
    source: Traversable | Path = Path(name) if name.endswith(".yaml") else _folder().joinpath(f"{name}.yaml")
    if not source.is_file():
        raise ScenarioError(f"There is no scenario {name!r}. There are: {', '.join(names())}.")
    return source.read_text(encoding="utf-8")


def parse(name: str, text: str) -> Scenario:
    """The scenario in a YAML text. Raises ScenarioError."""
    try:
        document = yaml.load(text, Loader=_LOADER)
        return Scenario(
            name,
            title=document["title"],
            description=document.get("description", ""),
            google=document["google"],
            aws=document.get("aws", {}),
            faults=tuple(Fault(**each) for each in document.get("faults", [])),
            setup=str(document.get("setup", "")),
            names=document.get("names", {}),
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ScenarioError(f"{name} is not a scenario: {error}") from error


def _folder() -> Traversable:
    return files("assets").joinpath("scenarios")
