"""The list of pages: which are done, and which one is shown."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.visual import VisualType
from textual.widget import Widget

from wizard.columns import cells, left

WIDTH, NAMES = 16, 10
"""The columns of the rail in the styles, and those of its names."""

DONE, HERE, OPEN = "✓", ">", " "


class Rail(Widget, can_focus=False):
    """Shows the pages with their state, in a column or, on narrow screens, on one line."""

    here: reactive[str] = reactive("")
    done: reactive[frozenset[str]] = reactive(frozenset())
    one_line: reactive[bool] = reactive(False, layout=True)

    class Chosen(Message):
        """A page was clicked."""

        def __init__(self, page_id: str) -> None:
            super().__init__()
            self.page_id = page_id

    pages: reactive[tuple[tuple[str, str], ...]] = reactive((), layout=True)
    """Ids and names, in order."""

    def __init__(self, pages: tuple[tuple[str, str], ...]) -> None:
        """`pages` are ids and names, in order."""
        super().__init__()
        self.set_reactive(Rail.pages, pages)

    def glyph(self, page_id: str) -> str:
        """Return the state of a page as one character."""
        return HERE if page_id == self.here else DONE if page_id in self.done else OPEN

    @property
    def _names(self) -> int:
        """The columns of the longest name, with a blank behind it."""
        return max(NAMES, *(cells(name) + 1 for _id, name in self.pages))

    def watch_one_line(self) -> None:
        """Take as many columns as the longest name needs."""
        wider = 0 if self.one_line else self._names - NAMES
        self.styles.min_width = WIDTH + wider if wider else None

    def render(self) -> VisualType:
        """Return one line for each page, or one line for all."""
        return self._as_line() if self.one_line else Content("\n").join(self._as_column())

    def _as_column(self) -> Iterable[Content]:
        for number, (page_id, name) in enumerate(self.pages, 1):
            style = "bold $accent" if page_id == self.here else "" if page_id in self.done else "$text-muted"
            yield Content.styled(f" {number} {left(name, self._names)}{self.glyph(page_id)}", style)

    def _as_line(self) -> Content:
        ids = [page_id for page_id, _ in self.pages]
        number = ids.index(self.here) if self.here in ids else 0
        glyphs = "".join(self.glyph(page_id).replace(OPEN, "·") for page_id in ids)
        return Content.assemble(
            f" {number + 1}/{len(ids)} ", (self.pages[number][1], "bold $accent"), (f"   {glyphs}", "$text-muted")
        )

    def on_click(self, event: events.Click) -> None:
        """Post Chosen with the page that was clicked."""
        if not self.one_line and 0 <= event.y < len(self.pages):
            self.post_message(self.Chosen(self.pages[event.y][0]))
