"""The help panel: shows the help text of a page, from assets/help."""

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
from wizard.language import prose_of

FOLDER = Path(assets.__file__).parent / "help"

_SPAN = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`")


class HelpText(Widget, can_focus=False):
    """Renders the subset of Markdown that help texts use. Textual's Markdown widget would delay the first frame."""

    markdown: reactive[str] = reactive("", layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines that the text needs at this width."""
        del container, viewport
        return len(_laid_out(self.markdown, width))

    def render(self) -> VisualType:
        """Return the text, wrapped to the width of the widget."""
        return Content("\n").join(_laid_out(self.markdown, self.size.width))


class HelpPanel(VerticalScroll, can_focus=True):
    """Shows one help text. When it has the focus, keys scroll it."""

    def compose(self) -> ComposeResult:
        """Yield the widget that renders the text."""
        yield HelpText()

    def show(self, page_id: str, mode: str) -> None:
        """Show the help text of a page in this mode, scrolled to its top."""
        text = self.query_one(HelpText)
        markdown = text_of(page_id, mode)
        if text.markdown != markdown:
            text.markdown = markdown
            self.scroll_home(animate=False)


def text_of(page_id: str, mode: str) -> str:
    """Return the Markdown help text of a page; an empty string if it has none.

    A page of one mode has the id `MODE-NAME`, a page of all modes the id `NAME`. The mode's own text, MODE/NAME.md,
    takes precedence over the shared one, NAME.md.
    """
    name = page_id.removeprefix(f"{mode}-")
    for file in (FOLDER / mode / f"{name}.md", FOLDER / f"{name}.md"):
        if file.exists():
            return prose_of(file.read_text(encoding="utf-8"))
    return ""


@lru_cache(maxsize=8)
def _laid_out(markdown: str, width: int) -> tuple[Content, ...]:
    return tuple(render_lines(markdown, width))


def render_lines(markdown: str, width: int) -> Iterator[Content]:
    """Yield a help text as styled lines of at most `width` columns; indented code is not wrapped."""
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
