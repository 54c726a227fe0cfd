"""The help on the right: a page's text, in words for someone who has never federated anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

import assets

FOLDER = Path(assets.__file__).parent / "help"

_SPAN = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`")


class HelpPanel(VerticalScroll, can_focus=False):
    """Shows one help text. It reads the little of Markdown that the texts use by itself: a whole Markdown widget
    takes longer to open than the first frame."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = ""

    def compose(self) -> Iterator[Static]:
        """One text."""
        yield Static("", id="help-text", markup=False)

    def show(self, page_id: str) -> None:
        """Show the help of a page."""
        if page_id != self.shown:
            self.shown = page_id
            self.query_one("#help-text", Static).update(as_content(text_of(page_id)))
            self.scroll_home(animate=False)


def text_of(page_id: str) -> str:
    """The help text of a page, as Markdown."""
    file = FOLDER / f"{page_id}.md"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def as_content(markdown: str) -> Content:
    """Headings, paragraphs, lists, **bold** and `code`, as styled text."""
    return Content("\n\n").join(_block(block) for block in re.split(r"\n\s*\n", markdown.strip()))


def _block(block: str) -> Content:
    if block.startswith("#"):
        return Content.styled(block.lstrip("# "), "bold $accent")
    if block.startswith("    "):
        return Content.styled("\n".join(line[4:] for line in block.splitlines()), "$text-muted")
    if block.startswith("- "):
        items = re.split(r"\n- ", block[2:])
        return Content("\n").join(Content("· ") + _spans(_one_line(item)) for item in items)
    return _spans(_one_line(block))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _spans(text: str) -> Content:
    parts: list[str | tuple[str, str]] = []
    at = 0
    for found in _SPAN.finditer(text):
        parts.append(text[at : found.start()])
        parts.append((found["bold"], "bold") if found["bold"] else (found["code"], "$accent"))
        at = found.end()
    return Content.assemble(*parts, text[at:])
