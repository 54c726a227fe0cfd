"""The pages in their order; each module is imported when its page is first opened."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from screens.bridge import Bridge
from screens.page import Page
from screens.session import Session


@dataclass(frozen=True)
class Entry:
    """A page as the rail names it, and where its class is."""

    page_id: str
    name: str
    module: str
    type_name: str

    def make(self, session: Session, bridge: Bridge) -> Page:
        """A new page."""
        page: Page = getattr(import_module(self.module), self.type_name)(session, bridge)
        return page


PAGES = tuple(
    Entry(page_id, page_id.capitalize(), f"screens.{page_id}", f"{page_id.capitalize()}Page")
    for page_id in ("welcome", "workload", "project", "trust", "access", "review", "apply", "result", "test")
)

ORDER = tuple(entry.page_id for entry in PAGES)


def entry(page_id: str) -> Entry:
    """The page with this id. Raises KeyError."""
    return {each.page_id: each for each in PAGES}[page_id]
