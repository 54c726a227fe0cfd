"""What the exporters work from: an opened setup, and what the journal knows about its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wizard.engine.journal import Run, Write
from wizard.engine.resource import Change
from wizard.modes.opened import Opened


@dataclass(frozen=True)
class History:
    """The runs of a setup file in the journal of this machine, oldest first, each with its writes."""

    runs: Sequence[tuple[Run, Sequence[Write]]] = ()


@dataclass(frozen=True)
class TestStep:
    """How one step of a live test ended. `status` is that of the outcome; `workload` is empty for a single workload."""

    workload: str
    title: str
    status: str
    reason: str


@dataclass(frozen=True)
class TestResult:
    """How the last live test of a setup ended. `time` is ISO 8601 in UTC."""

    time: str
    place: str
    passed: bool
    not_proven: tuple[str, ...]
    steps: tuple[TestStep, ...]


@dataclass(frozen=True)
class Planned:
    """The plan when the files were exported: a line for each resource; `unread` says why there is no plan."""

    lines: tuple[str, ...] = ()
    pending: int = 0
    unread: str = ""
    changes: tuple[Change, ...] = ()
    """One for each resource, in the order in which apply makes them."""


@dataclass(frozen=True)
class Source:
    """An opened setup, and what the files need to say about it.

    `unread` is the setup as it is without asking a cloud: names have a placeholder for the project number. `opened`
    has the number if Google Cloud told it, and is the same as `unread` otherwise.
    """

    opened: Opened
    unread: Opened
    file: str
    """The name of the setup file, without its folder."""
    folder: Path
    """The folder of the setup file: relative paths in the setup are relative to it."""
    history: History = History()
    planned: Planned = Planned()
    test: TestResult | None = None
    """None if no live test of exactly this setup is known."""
