"""What every kind of resource here supplies beyond what the engine needs."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Literal

from wizard.engine.resource import Change, Resource


@dataclass(frozen=True)
class Needed:
    """One permission that a change takes: a Google permission on a project, or an AWS action on an ARN."""

    cloud: Literal["google", "aws"]
    permission: str
    on: str


class Kind(Resource):
    """A resource that can be shown in one line, and that says what its changes take."""

    @property
    def label(self) -> str:
        """Its name as short as it can be told apart on a screen."""
        return self.name.rsplit("/", 1)[-1]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"

    @abstractmethod
    def permissions(self, change: Change) -> list[Needed]:
        """What the operator must be allowed to do for this change."""
