"""The pages of a mode in their order; each module is imported when its page is first opened."""

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
    """A page as the rail names it, and the module that has its class as PAGE; without one it is a page of questions."""

    page_id: str
    name: str
    module: str | None

    def make(self, session: Session, bridge: Bridge) -> Page:
        """A new page."""
        kind: type[Page] = import_module(self.module).PAGE if self.module else self._of_questions()
        return kind(session, bridge)

    def _of_questions(self) -> type[Page]:
        from screens.form import FormPage

        return type("QuestionsPage", (FormPage,), {"page_id": self.page_id, "title": self.name})


def entries(mode: Mode) -> tuple[Entry, ...]:
    """The pages of a mode in their order."""
    return tuple(entry(mode, page_id) for page_id in mode.pages)


@cache
def entry(mode: Mode, page_id: str) -> Entry:
    """The page of a mode with this id: `MODE-NAME` is in screens.modes.MODE.NAME, `NAME` in screens.NAME."""
    name = page_id.removeprefix(f"{mode.name}-")
    module = f"screens.{name}" if name == page_id else _own_module(mode, name)
    return Entry(page_id, name.capitalize(), module)


def _own_module(mode: Mode, name: str) -> str | None:
    """The module of a page of the mode's own, if it has one."""
    try:
        module = f"screens.modes.{mode.name}.{name}"
        return module if find_spec(module) else None
    except ModuleNotFoundError:  # the mode has no screens at all
        return None
