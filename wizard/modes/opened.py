"""A setup, opened: everything that planning, applying, testing and exporting it take."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wizard.chain.hop import Outcome, Progress
from wizard.clouds.session import Clouds
from wizard.engine.resource import Resource

UNKNOWN_NUMBER = "PROJECT_NUMBER"
"""Stands for the number of a project where Google is not asked."""

Outcomes = dict[str, list[Outcome]]
"""Workload -> its hops, in order. A single workload has the key ""."""


class Consent(Exception):  # noqa: N818 (what is asked for)
    """What a test adds to a cloud for its length, which the operator is asked about first."""

    def __init__(self, question: str, meaning: str, agree: str, declined: str, detail: str = "") -> None:
        """`question` and `meaning` for people, `agree` the label of yes, `declined` what is said after a no.

        `detail` is what is added, word for word, if that is short enough to be shown.
        """
        super().__init__(question)
        self.question, self.meaning, self.agree, self.declined, self.detail = question, meaning, agree, declined, detail


@dataclass(frozen=True)
class Listener:
    """Who hears of a live test while it goes on; the callbacks are called one at a time.

    `agree` is asked before something is added to a cloud for the test; it raises to decline.
    """

    on_outcome: Callable[[str, Outcome], None]
    on_progress: Callable[[str, Progress], None]
    agree: Callable[[Consent], None]


@dataclass(frozen=True)
class ExportedFile:
    """A text to take along: a name for its file, what it is for, and the language that it is in."""

    file: str
    title: str
    why: str
    language: str
    text: str


@dataclass(frozen=True)
class Opened(ABC):
    """Everything a command needs to work on one setup, of any mode."""

    text: str
    """The setup file's own words."""
    clouds: Clouds
    setup: Any

    @property
    @abstractmethod
    def title(self) -> str:
        """Both ends in one line."""

    @property
    @abstractmethod
    def notes(self) -> list[str]:
        """What works within limits that the operator should know of."""

    @abstractmethod
    def resources(self, only: str | None = None) -> list[Resource]:
        """Everything that must be so, or one half of it."""

    def check_operator(self, only: str | None) -> None:  # noqa: B027 (most modes imply nobody)
        """Refuse to work as somebody else than the setup means. Raises CloudError."""

    @property
    @abstractmethod
    def likely_place(self) -> str:
        """Where to run the live test from, if nothing else is asked for."""

    @abstractmethod
    def test(self, place: str, wait: float, listener: Listener, stop: threading.Event) -> Outcomes:
        """Run the live test of every workload in a place.

        `wait` is for how many seconds a recent grant may explain a refusal. Raises BadInput, Refused, CloudError, what
        `listener.agree` raises, LeftBehind, and Stopped once `stop` is set.
        """

    @abstractmethod
    def exports(self) -> list[ExportedFile]:
        """What an operator takes along: configuration, manifests, code."""
