"""A world with a setup: what is there already, and what the setup wants of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from tests.in_full import IN_FULL

Json = dict[str, Any]


class Fixed(Protocol):
    """A row of a table of worlds."""

    @property
    def fixed(self) -> bool:
        """Whether the row is in the suite. `make commands` runs the others too."""


Row = TypeVar("Row", bound=Fixed)


@dataclass(frozen=True)
class World:
    """One row of a table. `files` are there already, by path; `only` is the half that the plan is about."""

    title: str
    scenario: Json
    setup: str
    files: Mapping[str, str] = field(default_factory=dict)
    only: str | None = None
    fixed: bool = False

    def __str__(self) -> str:
        return self.title


def chosen(worlds: Iterable[Row]) -> list[Row]:
    """Return the rows that this run of the suite tries: those that are fixed, or all of them."""
    return [world for world in worlds if world.fixed or IN_FULL]
