"""Live lists: their entries, and how all their pages are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from wizard.clouds.google import Json
from wizard.language import _
from wizard.setup.question import Choice

LIMIT = 20_000
"""Largest number of entries of a list. It only bounds the time and the memory: searches must find every entry."""

RETRY_FOR = 4.0
"""Seconds for which a call is retried; short, because the user waits, and can type an answer instead."""


class Listing(list[Choice]):
    """The choices, and a note for the user: what the list leaves out, or why it is empty; no note if it is complete."""

    def __init__(self, choices: Iterable[Choice] = (), note: str = "") -> None:
        super().__init__(choices)
        self.note = note


@dataclass(frozen=True)
class Pages:
    """The entries that were read, and whether there are more."""

    items: list[Any]
    cut: bool

    @property
    def note(self) -> str:
        """The note for the user about entries that were not read; empty if all were read."""
        if not self.cut:
            return ""
        count = len(self.items)
        return _("the list shows only the first {count} entries; to use another entry, type its name").format(
            count=count
        )


def read_pages(fetch: Callable[[str], Json], key: str, token: str, limit: int = LIMIT) -> Pages:
    """Return the entries under `key` of all pages, at most `limit`.

    `fetch` returns a page for its page token, which the page before has under `token`. Raises what `fetch` raises.
    """
    items: list[Any] = []
    page_token = ""
    while True:
        page = fetch(page_token)
        items += page.get(key, [])
        page_token = str(page.get(token) or "")
        if len(items) > limit or (page_token and len(items) == limit):
            return Pages(items[:limit], cut=True)
        if not page_token:
            return Pages(items, cut=False)
