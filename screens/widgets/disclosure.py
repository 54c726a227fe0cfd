"""A line that opens: its head is always shown, its body when the line is open."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from wizard.language import _

OPEN, CLOSED = "▾", "▸"


class Disclosure(Vertical, can_focus=True):
    """Opens and closes with Enter, Space or a click on its head; `c` copies its text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,space",
            "open_or_close",
            "Expand or collapse the row",
            id="disclosure.toggle",
            show=False,
            tooltip="Show or hide the details",
        ),
        Binding("c", "copy", "Copy", id="disclosure.copy", show=False, tooltip="Copy the text of this line"),
        Binding("down", "next", "Next line", id="disclosure.next", show=False, tooltip="Go to the line below"),
        Binding(
            "up", "previous", "Previous line", id="disclosure.previous", show=False, tooltip="Go to the previous line"
        ),
    ]

    is_open: reactive[bool] = reactive(False)
    stays_in_view = False
    """Whether it is scrolled into view again when its size changes, as after the user opened it."""

    def __init__(
        self,
        head: Content | str = "",
        body: Content | str = "",
        *,
        lead: Content | str = "",
        open: bool = False,
        copies: str = "",
        id: str | None = None,
        classes: str = "",
    ) -> None:
        """Without a body there is nothing to open.

        `lead` is shown before the head; a head of several lines is wrapped beside it. `copies` is the text that `c`
        copies, if it is not that of head and body.
        """
        super().__init__(id=id, classes=f"disclosure {classes}")
        self._lead, self._head, self._body, self._copies = as_is(lead), as_is(head), as_is(body), copies
        self.set_reactive(Disclosure.is_open, open)

    def compose(self) -> ComposeResult:
        """Yield marker, lead and head in one row, and the body below."""
        with Horizontal(classes="disclosure--row"):
            yield Static(self._marked(), classes="disclosure--lead", markup=False)
            yield Static(self._head, classes="disclosure--head", markup=False)
        body = Static(self._body, classes="disclosure--body", markup=False)
        body.display = self._shows_body
        yield body

    def set_texts(self, head: Content, body: Content, *, lead: Content | None = None, copies: str = "") -> None:
        """Set the texts. Redraws only those that differ, and lays out only what may change its size."""
        old_head, self._head = self._head, head
        old_body, self._body = self._body, body
        old_lead, self._lead = self._lead, self._lead if lead is None else lead
        self._copies = copies
        if not self.is_mounted:
            self.call_after_refresh(self._draw)  # it may have been composed already, with the old texts
            return
        if not head.is_same(old_head):
            self.query_one(".disclosure--head", Static).update(head)
        if not body.is_same(old_body):
            self.query_one(".disclosure--body", Static).update(body)
            self.watch_is_open()
        elif not self._lead.is_same(old_lead):
            same_length = self._lead.cell_length == old_lead.cell_length
            self.query_one(".disclosure--lead", Static).update(self._marked(), layout=not same_length)

    def _draw(self) -> None:
        self.query_one(".disclosure--head", Static).update(self._head)
        self.query_one(".disclosure--body", Static).update(self._body)
        self.watch_is_open()

    @property
    def head(self) -> str:
        """Lead and head, as plain text."""
        return f"{self._lead.plain}{self._head.plain}"

    @property
    def text(self) -> str:
        """The text that `c` copies."""
        return self._copies or "\n".join(filter(None, [self.head, self._body.plain]))

    def watch_is_open(self) -> None:
        """Show or hide the body, and set the marker."""
        if self.is_mounted:
            self.query_one(".disclosure--lead", Static).update(self._marked())
            self.query_one(".disclosure--body", Static).display = self._shows_body

    def action_open_or_close(self) -> None:
        """Expand or collapse the row, if it has a body."""
        if self._body:
            self.is_open = self.stays_in_view = not self.is_open
            self.call_after_refresh(self.scroll_visible, animate=False)

    def on_resize(self) -> None:
        """Keep an open line in view also once its body has its size, which can be a moment after it opens."""
        if self.is_open and self.stays_in_view and self.has_focus:
            self.scroll_visible(animate=False)

    def action_copy(self) -> None:
        """Send the text to the terminal's clipboard. Some terminals ignore this, so the text stays in view."""
        self.app.copy_to_clipboard(self.text)
        self.notify(_("The wizard sent the text to the terminal's clipboard."), markup=False)

    def action_next(self) -> None:
        """Focus the next widget, as Tab does."""
        self.screen.focus_next()

    def action_previous(self) -> None:
        """Focus the previous widget, as Shift+Tab does."""
        self.screen.focus_previous()

    def on_click(self, event: events.Click) -> None:
        """Expand or collapse the row when its head is clicked. In the body, the mouse selects text."""
        if event.widget is not None and event.widget.parent is self.query_one(".disclosure--row"):
            self.action_open_or_close()

    @property
    def _shows_body(self) -> bool:
        return self.is_open and bool(self._body)

    def _marked(self) -> Content:
        marker = " " if not self._body else OPEN if self.is_open else CLOSED
        return Content.assemble((f"{marker} ", "$text-muted"), self._lead)


def as_is(text: Content | str) -> Content:
    """Return the text as content, without reading it as markup."""
    return text if isinstance(text, Content) else Content(text)
