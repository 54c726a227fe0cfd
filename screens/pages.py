"""The pages in their order; each module is imported when its page is first opened."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from screens.bridge import Bridge
from screens.page import Page
from screens.session import Session

if TYPE_CHECKING:
    from wizard.setup.question import Mode


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


def _entry(page_id: str) -> Entry:
    """`gke-access`: the page named Access, in screens.modes.gke.access, of the type GkeAccessPage."""
    words = page_id.split("-")
    type_name = "".join(word.capitalize() for word in words) + "Page"
    folder = "modes.gke." if len(words) > 1 else "modes.aws." if page_id in _OF_AWS else ""
    return Entry(page_id, words[-1].capitalize(), f"screens.{folder}{words[-1]}", type_name)


_OF_AWS = ("workload", "project", "trust", "result", "test")


_IDS: dict[Mode, tuple[str, ...]] = {
    "aws": ("welcome", "workload", "project", "trust", "access", "review", "apply", "result", "test"),
    "gke": (
        "welcome",
        "gke-cluster",
        "gke-workloads",
        "gke-access",
        "review",
        "apply",
        "gke-result",
        "gke-test",
    ),
}
"""The pages of each mode in their order; those of the same id are the same page."""

PAGES = {mode: tuple(_entry(each) for each in ids) for mode, ids in _IDS.items()}

ORDER = tuple(dict.fromkeys(page_id for ids in _IDS.values() for page_id in ids))
"""The ids of all pages."""


def order(mode: Mode) -> tuple[str, ...]:
    """The ids of the pages of a mode, in their order."""
    return _IDS[mode]


def entry(page_id: str) -> Entry:
    """The page with this id. Raises KeyError."""
    return {each.page_id: each for entries in PAGES.values() for each in entries}[page_id]
