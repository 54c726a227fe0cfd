"""Text in the columns of a terminal, where a Japanese character takes two."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

_PART = re.compile(r"\s+|[!-~]+|[ァ-ヺー]+|.", re.DOTALL)
"""Blanks, a run of ASCII, a word in katakana, or one other character: a line can be broken between any two of them."""

_NOT_FIRST = "?!.,:;)]}、。，．・：；？！）」』】〕》〉…ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々"  # noqa: RUF001 (Japanese)
"""Marks that no line begins with."""
_NOT_LAST = "([{（「『【〔《〈"  # noqa: RUF001 (Japanese)
"""Marks that no line ends with."""


def cells(text: str) -> int:
    """Return how many columns a text takes, without line breaks."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def left(text: str, width: int) -> str:
    """Return a text with blanks behind it, so that it takes at least `width` columns."""
    return text + " " * (width - cells(text))


def right(text: str, width: int) -> str:
    """Return a text with blanks before it, so that it takes at least `width` columns."""
    return " " * (width - cells(text)) + text


def breaks(text: str, width: int) -> list[int]:
    """Return where to break a text, as indices, so that no line takes more than `width` columns.

    Blanks at the end of a line do not count. A word that is longer than a line is broken.
    """
    found: list[int] = []
    used = 0
    for start, word in _words(text):
        length = cells(word.rstrip())
        if used and used + length > width:
            found.append(start)
            used = 0
        while length > width:
            head = _head(word, width)
            start, word = start + head, word[head:]
            found.append(start)
            length = cells(word.rstrip())
        used += cells(word)
    return found


def _head(word: str, width: int) -> int:
    """Return how many characters of a long word stand on one line: up to a slash or a colon, if that is no waste."""
    count = 1
    while cells(word[: count + 1]) <= width:
        count += 1
    while count > 1 and word[count] in _NOT_FIRST:
        count -= 1
    marked = max(word.rfind("/", 0, count), word.rfind(":", 0, count)) + 1
    return marked if marked > count // 2 else count


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text that is broken at `width` columns."""
    places = [0, *breaks(text, width), len(text)]
    return [text[start:end].strip() for start, end in itertools.pairwise(places)]


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Yield each part that stays together, with the blanks behind it, and its place."""
    start, word = 0, ""
    for found in _PART.finditer(text):
        part = found[0]
        if (word and not (part.isspace() or part[0] in _NOT_FIRST or word[-1] in _NOT_LAST)) or word[-1:].isspace():
            yield start, word
            start, word = found.start(), ""
        word += part
    if word:
        yield start, word


def _cells_of(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
