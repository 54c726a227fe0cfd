"""Texts of many lines as several widgets, because a widget draws all of its lines whenever its width changes."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

LINES = 50
"""Largest number of lines in one widget."""


def blocks(text: Content, classes: str = "") -> Iterator[Static]:
    """Yield the widgets that show a text, one below the other."""
    lines = text.split("\n", allow_blank=True)
    for start in range(0, len(lines), LINES):
        yield Static(Content("\n").join(lines[start : start + LINES]), classes=classes, markup=False)
