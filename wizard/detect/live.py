"""Live lists: what they are made of, and how they are read to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from wizard.setup.question import Choice

LIMIT = 500
"""How many entries a list has at most."""

PATIENCE = 4.0
"""How long a transient refusal is retried, in seconds: somebody waits, and can type instead."""

Json = dict[str, Any]


class Listing(list[Choice]):
    """Choices, and in words what the list leaves out or why it is empty (empty text: it is the whole list)."""

    def __init__(self, choices: Iterable[Choice] = (), note: str = "") -> None:
        super().__init__(choices)
        self.note = note


@dataclass(frozen=True)
class Pages:
    """What was read of a list, and whether there was more."""

    items: list[Any]
    cut: bool

    @property
    def note(self) -> str:
        """What to say about what is missing."""
        return f"only the first {len(self.items)} are listed; type the name of another" if self.cut else ""


def read(fetch: Callable[[str], Json], key: str, token: str, limit: int = LIMIT) -> Pages:
    """Every entry under `key`, page by page, until `limit`; `fetch` takes the token that the page before ended with."""
    items: list[Any] = []
    mark = ""
    while True:
        page = fetch(mark)
        items += page.get(key, [])
        mark = str(page.get(token) or "")
        if len(items) > limit or (mark and len(items) == limit):
            return Pages(items[:limit], cut=True)
        if not mark:
            return Pages(items, cut=False)
