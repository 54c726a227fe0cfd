"""Makes the characters visible that a terminal would obey, or that a reader would not see."""

from __future__ import annotations

import json
import unicodedata
from typing import Any


def visible(text: str) -> str:
    r"""Return the text with control, bidirectional and zero-width characters as escapes, such as `\x1b` and `\u202e`.

    Line breaks stay line breaks. Text without such characters is returned as it is.
    """
    return "\n".join(line if line.isprintable() else _shown(line) for line in text.split("\n"))


def one_line(text: str) -> str:
    r"""Return the text as `visible` does, but with line breaks as `\n` too, so that one line stays one line."""
    return visible(text).replace("\n", "\\n")


def json_text(value: Any, absent: str) -> str:
    """Return a JSON value as people read it: text as it is, and `true`, not `True`; `absent` stands for None."""
    if value is None:
        return absent
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _shown(line: str) -> str:
    return "".join(character if _is_harmless(character) else _escaped(character) for character in line)


def _is_harmless(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
