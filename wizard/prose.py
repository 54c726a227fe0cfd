"""Cuts prose, which is Markdown, into the pieces that a catalogue of translations has, and puts it together again.

A piece is a heading, a paragraph, an item of a list, or a cell of a table. Code is not a piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"\s*(```|~~~)")
_HEADING = re.compile(r"(#+ )(.*)")
_ITEM = re.compile(r"(\s*(?:[-*]|\d+\.) )(.*)")
_FIX = re.compile(r"(Fix: )(.*)")
_CELLS = re.compile(r"(?<!\\)\|")
_RULE_OF_TABLE = re.compile(r"[\s|:-]+")
_CODE = re.compile(r"`[^`]*`|\{[^{}]*\}|https?://\S+")
_MEASURED = re.compile(r"[\d.,]+ [A-Za-z]+")
"""A number with its unit, as tables of measurements have them."""
_CODE_INDENT = "    "


@dataclass(frozen=True)
class Piece:
    """Some lines of a text. `msgid` is what to translate, in one line; empty for code and blank lines."""

    lines: tuple[str, ...]
    prefix: str = ""
    """What stands before the sentence and is not translated: "- ", "## "."""
    msgid: str = ""
    cells: tuple[str, ...] = ()
    """The cells of a row of a table, with the blanks around them."""


def pieces(text: str) -> list[Piece]:
    """Return the pieces of a text in their order; their lines together are the text."""
    return list(_pieces(text.splitlines()))


def translated(text: str, translate: Callable[[str], str]) -> str:
    """Return a text with its pieces translated. A piece that `translate` returns unchanged keeps its line breaks."""
    return "\n".join(line for piece in pieces(text) for line in _lines(piece, translate))


def is_translatable(text: str) -> bool:
    """Return whether a text has a word outside its code."""
    if _MEASURED.fullmatch(text):
        return False
    return re.search(r"[A-Za-z]{2}", _CODE.sub("", text)) is not None


def _lines(piece: Piece, translate: Callable[[str], str]) -> tuple[str, ...]:
    if piece.cells:
        return ("|".join(_cell(cell, translate) for cell in piece.cells),)
    if not is_translatable(piece.msgid):
        return piece.lines
    done = translate(piece.msgid)
    if done == piece.msgid:
        return piece.lines
    return (_prefix(piece.prefix, translate) + done,)


def _prefix(prefix: str, translate: Callable[[str], str]) -> str:
    return translate(prefix.strip()) + " " if _FIX.match(prefix) else prefix


def _cell(cell: str, translate: Callable[[str], str]) -> str:
    msgid = cell.strip()
    return cell.replace(msgid, translate(msgid)) if is_translatable(msgid) else cell


def _pieces(lines: list[str]) -> Iterator[Piece]:
    at = 0
    in_list = False
    while at < len(lines):
        line = lines[at]
        end = at + 1
        if not line.strip():
            yield Piece((line,))
        elif _FENCE.match(line):
            while end < len(lines) and not _FENCE.match(lines[end]):
                end += 1
            end += 1
            yield Piece(tuple(lines[at:end]))
        elif line.startswith(_CODE_INDENT) and not in_list:
            yield Piece((line,))
        elif line.startswith("|"):
            yield _row(line)
        else:
            heading = _HEADING.match(line)
            if heading is None:
                end = _end_of_paragraph(lines, at)
            in_list = _ITEM.match(line) is not None or (in_list and line.startswith("  "))
            yield _sentence(tuple(lines[at:end]))
        at = end


def _end_of_paragraph(lines: list[str], at: int) -> int:
    end = at + 1
    while end < len(lines) and lines[end].strip() and not _begins(lines[end]):
        end += 1
    return end


def _begins(line: str) -> bool:
    """Return whether a line ends the paragraph before it."""
    return bool(_FENCE.match(line) or _HEADING.match(line) or _ITEM.match(line) or line.startswith("|"))


def _row(line: str) -> Piece:
    if _RULE_OF_TABLE.fullmatch(line):
        return Piece((line,))
    return Piece((line,), cells=tuple(_CELLS.split(line)))


def _sentence(lines: tuple[str, ...]) -> Piece:
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    begun = _HEADING.match(lines[0]) or _ITEM.match(lines[0]) or _FIX.match(lines[0])
    prefix, first = (begun[1], begun[2]) if begun else (indent, lines[0])
    words = " ".join([first, *lines[1:]]).split()
    return Piece(lines, prefix, " ".join(words))
