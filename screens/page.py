"""The base of every page: a heading, a body that scrolls, and what the frame asks of it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from screens.bridge import Bridge
from screens.session import Session


class Page(VerticalScroll, can_focus=False):
    """One page. Made when first opened, then kept, so that going back loses nothing.

    A page reads and changes `self.session`, starts work with `self.bridge` and hears of it in messages.
    """

    DEFAULT_CLASSES = "page"

    page_id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    next_label: ClassVar[str] = "Next"
    """What going forward is called here: "Apply", for instance; empty where there is nothing to go to."""

    class Next(Message):
        """Go forward, if nothing is missing."""

    class Back(Message):
        """Go back one page."""

    class Open(Message):
        """Bring another page into view, whether it was open before or not."""

        def __init__(self, page_id: str) -> None:
            super().__init__()
            self.page_id = page_id

    class Changed(Message):
        """An answer changed: header and rail show it."""

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(id=f"page-{self.page_id}")
        self.session = session
        self.bridge = bridge

    def compose(self) -> ComposeResult:
        """The heading, then the body."""
        yield Static(self.title, classes="page-title", markup=False)
        yield from self.compose_body()

    def compose_body(self) -> ComposeResult:
        """What the page consists of."""
        yield from ()

    def entered(self) -> None:
        """Called each time the page comes into view: show what earlier answers have changed."""

    def refreshed(self) -> None:
        """Called when answers changed while the page is in view, by what was found in the meantime."""

    def leaving(self) -> None:
        """Called before going forward, when nothing is missing: what comes next may follow from what is done here."""

    def left(self) -> None:
        """Called each time the page goes out of view."""

    def closed(self) -> bool:
        """Close what is open over the page, such as a list; answers whether there was anything. Esc asks."""
        return False

    def problems(self) -> list[str]:
        """What is missing before going forward, each in one sentence."""
        return []

    def show_problem(self) -> None:
        """Focus the first field that a problem is about."""

    def next_page(self) -> str | None:
        """The id of the page to go forward to; None for the one that follows."""
        return None

    def focus_first(self) -> None:
        """Focus the first thing that can be: what a page is entered with."""
        for widget in self.query("*"):
            if widget.focusable and _in_view(widget) and not widget.has_class("quiet"):
                self.screen.set_focus(widget, scroll_visible=False)
                return

    def bring_into_view(self, widget: Widget) -> None:
        """Focus a part of the page, and scroll until as much of it as possible is seen."""
        widget.focus(scroll_visible=False)
        self.call_after_refresh(self.scroll_to_widget, widget, animate=False, top=widget.size.height > self.size.height)


def _in_view(widget: Widget) -> bool:
    """Whether neither it nor what it is in is hidden."""
    return all(each.display for each in widget.ancestors_with_self if isinstance(each, Widget))
