"""The pages of a mode, in order. The module of a page is imported when the page is first opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from screens.bridge import Bridge
from screens.page import Page
from screens.session import Session
from wizard.modes.mode import Mode


@dataclass(frozen=True)
class Entry:
    """A page: its id, its name in the rail, and the module that has its class as PAGE.

    Without a module, it is a page of questions.
    """

    page_id: str
    name: str
    module: str | None

    def create(self, session: Session, bridge: Bridge) -> Page:
        """Return a new page."""
        page_class: type[Page] = import_module(self.module).PAGE if self.module else self._form_page()
        return page_class(session, bridge)

    def _form_page(self) -> type[Page]:
        from screens.form import FormPage

        return type("QuestionsPage", (FormPage,), {"page_id": self.page_id, "title": self.name})


def entries(mode: Mode) -> tuple[Entry, ...]:
    """Return the pages of a mode, in order."""
    return tuple(entry(mode, page_id) for page_id in mode.pages)


@cache
def entry(mode: Mode, page_id: str) -> Entry:
    """Return the page with this id: `MODE-NAME` is in screens.modes.MODE.NAME, `NAME` in screens.NAME."""
    name = page_id.removeprefix(f"{mode.name}-")
    module = f"screens.{name}" if name == page_id else _module_of_mode(mode, name)
    return Entry(page_id, name.capitalize(), module)


def _module_of_mode(mode: Mode, name: str) -> str | None:
    """Return the module of a page that only this mode has; None if it has no module."""
    try:
        module = f"screens.modes.{mode.name}.{name}"
        return module if find_spec(module) else None
    except ModuleNotFoundError:  # the mode has no screens at all
        return None
