"""The catalogue of translations as gettext keeps it: the source (.po), and what the product reads (.mo).

Only what this catalogue has: one msgstr an entry, comments with places, flags, and obsolete entries. gettext's own
tools read the same files, so the project needs no library for them.
"""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HEADER = (
    "Project-Id-Version: wif-wizard\n"
    "Language: ja\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
)

Key = tuple[str, str]
"""The context of a message, usually empty, and its msgid."""


@dataclass
class Entry:
    """A message. A fuzzy one has the translation of `previous`, a sentence like it, and is not used."""

    msgid: str
    msgstr: str = ""
    context: str = ""
    places: list[str] = field(default_factory=list)
    fuzzy: bool = False
    previous: str = ""
    obsolete: bool = False

    @property
    def key(self) -> Key:
        """What tells the entry from others."""
        return self.context, self.msgid

    @property
    def done(self) -> bool:
        """Whether it has a translation that is used."""
        return bool(self.msgstr) and not self.fuzzy


def parse(text: str) -> list[Entry]:
    """Return the entries of a catalogue, without its header."""
    entries = [_entry(block) for block in text.split("\n\n") if block.strip()]
    return [entry for entry in entries if entry.msgid]


def _entry(block: str) -> Entry:
    entry = Entry("")
    texts: dict[str, str] = {}
    name = ""
    for line in block.strip().splitlines():
        if line.startswith("#~ "):
            entry.obsolete = True
            line = line.removeprefix("#~ ")
        if line.startswith("#:"):
            entry.places += line.removeprefix("#:").split()
        elif line.startswith("#,"):
            entry.fuzzy = "fuzzy" in line
        elif line.startswith("#| msgid "):
            name = "previous"
            texts[name] = ast.literal_eval(line.removeprefix("#| msgid "))
        elif line.startswith("#| "):
            texts[name] += ast.literal_eval(line.removeprefix("#| "))
        elif line.startswith('"'):
            texts[name] += ast.literal_eval(line)
        elif line.startswith("msg"):
            name, _, text = line.partition(" ")
            texts[name] = ast.literal_eval(text)
    entry.msgid, entry.msgstr = texts.get("msgid", ""), texts.get("msgstr", "")
    entry.context, entry.previous = texts.get("msgctxt", ""), texts.get("previous", "")
    return entry


def text_of(entries: Iterable[Entry]) -> str:
    """Return the catalogue as text."""
    header = "\n".join(['msgid ""', 'msgstr ""', *(_quoted(line) for line in HEADER.splitlines(keepends=True))])
    return "\n\n".join([header, *("\n".join(_lines(entry)) for entry in entries)]) + "\n"


def _lines(entry: Entry) -> Iterator[str]:
    before = "#~ " if entry.obsolete else ""
    if entry.places and not entry.obsolete:
        yield "#: " + " ".join(entry.places)
    if entry.fuzzy:
        yield "#, fuzzy"
    if entry.previous:
        yield "#| msgid " + _quoted(entry.previous)
    if entry.context:
        yield f"{before}msgctxt {_quoted(entry.context)}"
    yield f"{before}msgid {_quoted(entry.msgid)}"
    yield f"{before}msgstr {_quoted(entry.msgstr)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def compiled(entries: Iterable[Entry]) -> bytes:
    """Return the catalogue as gettext reads it: translated entries only, sorted by msgid."""
    texts = {"": HEADER}
    for entry in entries:
        if entry.done and not entry.obsolete:
            key = f"{entry.context}\x04{entry.msgid}" if entry.context else entry.msgid
            texts[key] = entry.msgstr
    pairs = sorted((key.encode(), text.encode()) for key, text in texts.items())
    count = len(pairs)
    # The magic number, the version, the count, where the two tables are, and no hash table.
    start, tables, strings = 7 * 4, 8 * count, b""
    head = struct.pack("<7I", 0x950412DE, 0, count, start, start + tables, 0, start + 2 * tables)
    places: list[bytes] = []
    for column in range(2):
        for pair in pairs:
            places.append(struct.pack("<2I", len(pair[column]), start + 2 * tables + len(strings)))
            strings += pair[column] + b"\0"
    return head + b"".join(places) + strings
