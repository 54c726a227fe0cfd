"""Sets texts that are often set again as they are."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


def set_text(widget: Static, text: Content | str) -> None:
    """Set the text of a widget, unless it has it: each update lays out the whole page again."""
    new, old = Content(text) if isinstance(text, str) else text, widget.content
    if isinstance(old, str):
        old = Content(old)
    if not (isinstance(old, Content) and new.is_same(old)):
        widget.update(new)
