"""A text shortened to one line: first the parts that all names of its kind have in common, then its middle."""

import re

from textual import events
from textual.content import Content
from textual.widgets import Static

from wizard.outside.text import one_line

_SESSION = (re.compile(r"(:assumed-role/[^/]+/[^/]{5})[^/]{5,}([^/]{4})$"), r"\1…\2")

_STEPS = (
    _SESSION,
    (re.compile(r"arn:aws[\w-]*:sts::[0-9]+:assumed-role/"), "…assumed-role/"),
    (re.compile(r"…assumed-role/"), "…/"),
    (re.compile(r"projects/.*/workloadIdentityPools/"), "…/"),
)


def without_session(arn: str) -> str:
    """Return the ARN of a role session without the middle of the session name, which differs for each task."""
    pattern, shorter = _SESSION
    return pattern.sub(shorter, arn)


def elided(text: str, width: int) -> str:
    """Return the text in at most `width` columns (at least 2), with … for what is left out."""
    shown = " ".join(text.split())
    for pattern, shorter in _STEPS:
        if Content(shown).cell_length <= width:
            return shown
        shown = pattern.sub(shorter, shown)
    return _middle(shown, max(2, width)).replace("……", "…")


def _middle(text: str, width: int) -> str:
    if Content(text).cell_length <= width:
        return text
    head, tail = width // 2, (width - 1) // 2
    while Content(text[:head] + text[len(text) - tail :]).cell_length > width - 1:
        head, tail = max(head - 1, 0), max(tail - 1, 0)
    return f"{text[:head]}…{text[len(text) - tail :]}"


class Elided(Static):
    """Shows a text on one line, or in full, wrapped over as many lines as it needs."""

    def __init__(self, text: str = "", *, whole: bool = False, classes: str | None = None) -> None:
        super().__init__(Content(text), classes=classes, markup=False)
        self._text = one_line(text)
        self._whole = whole

    def put(self, text: str, *, whole: bool) -> None:
        """Show this text, in full if `whole`."""
        self._text, self._whole = one_line(text), whole
        self._draw()

    def on_resize(self, _event: events.Resize) -> None:
        """Shorten the text to the new width."""
        self._draw()

    def _draw(self) -> None:
        width = self.content_size.width
        self.update(Content(self._text if self._whole or not width else elided(self._text, width)))
