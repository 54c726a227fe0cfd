"""What the operator must be allowed to do, as each kind of resource declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from wizard.engine.resource import Change


@dataclass(frozen=True)
class Needed:
    """One permission that a change takes: a Google permission on a project, or an AWS action on an ARN."""

    cloud: Literal["google", "aws"]
    permission: str
    on: str


class Declares(Protocol):
    """A resource that says what its changes take."""

    def permissions(self, change: Change) -> list[Needed]:
        """What the operator must be allowed to do for this change."""
        ...
