"""The help on the right: a page's text, in words for someone who has never federated anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.visual import VisualType
from textual.widget import Widget

import assets

FOLDER = Path(assets.__file__).parent / "help"

_SPAN = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`")


class HelpText(Widget, can_focus=False):
    """The little of Markdown that help texts use; a whole Markdown widget takes longer than the first frame."""

    markdown: reactive[str] = reactive("", layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text takes at this width."""
        del container, viewport
        return len(_laid_out(self.markdown, width))

    def render(self) -> VisualType:
        """The text."""
        return Content("\n").join(_laid_out(self.markdown, self.size.width))


class HelpPanel(VerticalScroll, can_focus=True):
    """Shows one help text; with the focus it scrolls by keys."""

    def compose(self) -> ComposeResult:
        """One text."""
        yield HelpText()

    def show(self, page_id: str, mode: str = "aws") -> None:
        """Show the help of a page, from its beginning."""
        text = self.query_one(HelpText)
        markdown = text_of(page_id, mode)
        if text.markdown != markdown:
            text.markdown = markdown
            self.scroll_home(animate=False)


def text_of(page_id: str, mode: str = "aws") -> str:
    """The help text of a page, as Markdown, the one for this mode if it has one of its own; empty if there is none."""
    files = (FOLDER / f"{mode}-{page_id}.md", FOLDER / f"{page_id}.md")
    return next((file.read_text(encoding="utf-8") for file in files if file.exists()), "")


@lru_cache(maxsize=8)
def _laid_out(markdown: str, width: int) -> tuple[Content, ...]:
    return tuple(lines(markdown, width))


def lines(markdown: str, width: int) -> Iterator[Content]:
    """Headings, paragraphs, lists, indented code, **bold** and `code`, wrapped to a width."""
    for number, block in enumerate(re.split(r"\n\s*\n", markdown.strip("\n"))):
        if number:
            yield Content("")
        yield from _block(block, max(8, width))


def _block(block: str, width: int) -> Iterator[Content]:
    if block.startswith("#"):
        yield from Content.styled(block.lstrip("# "), "bold $accent").wrap(width)
    elif block.startswith("    "):
        yield from (Content.styled(line[4:], "$text-muted") for line in block.splitlines())
    elif block.startswith("- "):
        for item in re.split(r"\n- ", block[2:]):
            for number, line in enumerate(_spans(item).wrap(width - 2)):
                yield Content("  " if number else "· ") + line
    else:
        yield from _spans(block).wrap(width)


def _spans(text: str) -> Content:
    text = " ".join(text.split())
    parts: list[str | tuple[str, str]] = []
    at = 0
    for found in _SPAN.finditer(text):
        parts.append(text[at : found.start()])
        parts.append((found["bold"], "bold") if found["bold"] else (found["code"], "$accent"))
        at = found.end()
    return Content.assemble(*parts, text[at:])
