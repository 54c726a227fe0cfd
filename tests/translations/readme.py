"""README.ja.md: the README with the translations of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.translations.po import Entry
from tests.translations.sources import ENGLISH, LANGUAGES, ROOT
from wizard import prose

FILE = ROOT / "README.ja.md"
_JAPANESE_LINKS = "[English](README.md) | 日本語"
_HEADING = re.compile(r"#+ (?P<title>.+)")
_TO_HEADING = re.compile(r"\]\(#(?P<anchor>[^)]+)\)")


def text(entries: Iterable[Entry]) -> str:
    """Return the translated README. A heading to which a link leads keeps its English anchor."""
    known = {entry.msgid: entry.msgstr for entry in entries if entry.done}
    known[LANGUAGES] = _JAPANESE_LINKS
    english = ENGLISH.read_text(encoding="utf-8")
    anchors = {found["anchor"] for found in _TO_HEADING.finditer(english)}
    lines: list[str] = []
    for piece in prose.pieces(english):
        before = "\n".join(piece.lines)
        heading = _HEADING.fullmatch(before)
        if heading and anchor_of(heading["title"]) in anchors:
            lines += [f'<a id="{anchor_of(heading["title"])}"></a>', ""]
        lines.append(prose.translated(before, lambda msgid: known.get(msgid, msgid)))
    return "\n".join(lines) + "\n"


def anchor_of(title: str) -> str:
    """Return the anchor that GitHub gives a heading: lower case, hyphens for blanks, no other marks."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
