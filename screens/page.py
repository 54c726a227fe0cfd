"""The base class of all pages: a heading, a body that scrolls, and the methods that the app calls."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from screens.bridge import Bridge
from screens.session import Session
from wizard.language import translated


class Page(VerticalScroll, can_focus=False):
    """One page. The app creates it when it is first opened, and keeps it, so that going back loses nothing.

    A page reads and changes `self.session`, and starts work with `self.bridge`, which posts messages to the page.
    """

    DEFAULT_CLASSES = "page"

    page_id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    next_label: ClassVar[str] = "Next"
    """The label of the button that goes forward, such as "Apply"; empty if there is no next page."""

    class Next(Message):
        """Go forward, unless the page has problems."""

    class Back(Message):
        """Go back one page."""

    class Open(Message):
        """Show another page, even if it was not open before."""

        def __init__(self, page_id: str) -> None:
            super().__init__()
            self.page_id = page_id

    class Changed(Message):
        """An answer changed, so that header and rail must be updated, and the page that is shown."""

        def __init__(self, shown_on: Page | None = None) -> None:
            """`shown_on` is the page that shows the change already."""
            super().__init__()
            self.shown_on = shown_on

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(id=f"page-{self.page_id}")
        self.session = session
        self.bridge = bridge

    def compose(self) -> ComposeResult:
        """Yield the heading and the body."""
        yield Static(translated(self.title), classes="page-title", markup=False)
        yield from self.compose_body()

    def compose_body(self) -> ComposeResult:
        """Yield the widgets of the page."""
        yield from ()

    def entered(self) -> None:
        """Called each time the page is shown, to update what depends on other pages."""

    def refreshed(self) -> None:
        """Called when detected defaults change while the page is shown."""

    def takes_forward(self) -> bool:
        """Do what F8 means on a page that is not a step on the way. Returns whether it did so."""
        return False

    def leaving(self) -> None:
        """Called before going forward, if there are no problems. It can change which pages follow."""

    def left(self) -> None:
        """Called each time the page is hidden."""

    def closed(self) -> bool:
        """Close what is open over the page, such as a list. Returns whether anything was open. Called for Esc."""
        return False

    def problems(self) -> list[str]:
        """Return what prevents going forward, each problem in one sentence."""
        return []

    def waits_for(self) -> str:
        """Return what the page still reads and needs to go forward, as a sentence; empty if nothing.

        F8 then goes forward as soon as it is read. The page posts Changed when it is.
        """
        return ""

    def show_problem(self) -> None:
        """Focus the first field that has a problem."""

    def next_page(self) -> str | None:
        """Return the id of the page to go forward to; None for the next one in order."""
        return None

    def focus_first(self) -> None:
        """Focus the first widget of the page that can have the focus."""
        for widget in self.query("*"):
            if widget.focusable and _is_shown(widget) and not widget.has_class("quiet"):
                self.screen.set_focus(widget, scroll_visible=False)
                return

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Keep what has the focus in view together with its question, also once a page is laid out again."""
        self.show_question(event.widget)
        self.call_after_refresh(self.show_question, event.widget)

    def show_question(self, widget: Widget) -> None:
        """Scroll to the question that a focused widget answers, and not only to the widget."""
        for node in widget.ancestors:
            if isinstance(node, Widget) and node.has_class("field") and widget.has_focus:
                self.scroll_to_widget(node, animate=False, top=node.size.height > self.size.height)

    def bring_into_view(self, widget: Widget) -> None:
        """Focus a widget of the page, and scroll until as much of it as possible is visible."""
        widget.focus(scroll_visible=False)
        self.call_after_refresh(self.scroll_to_widget, widget, animate=False, top=widget.size.height > self.size.height)


def _is_shown(widget: Widget) -> bool:
    """Return whether neither the widget nor one of its ancestors is hidden."""
    return all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget))
