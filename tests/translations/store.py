"""The committed catalogue: where it is, and how it follows its sources."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from tests.translations import po, readme, sources
from tests.translations.po import Entry

FOLDER = sources.ROOT / "assets" / "locale" / "ja" / "LC_MESSAGES"
PO = FOLDER / "wif_wizard.po"
MO = FOLDER / "wif_wizard.mo"
_ALIKE = 0.75
"""How much a sentence is like an earlier one, whose translation is kept for whoever translates it again."""


def read() -> list[Entry]:
    """Return the entries of the committed catalogue; none without one."""
    return po.parse(PO.read_text(encoding="utf-8")) if PO.exists() else []


def write(entries: Iterable[Entry]) -> None:
    """Write the catalogue, what the product reads, and the README."""
    kept = list(entries)
    FOLDER.mkdir(parents=True, exist_ok=True)
    PO.write_text(po.text_of(kept), encoding="utf-8")
    MO.write_bytes(product(kept))
    readme.FILE.write_text(readme.text(kept), encoding="utf-8")


def product(entries: Iterable[Entry]) -> bytes:
    """Return what the product reads: the catalogue without the sentences that only the README has."""
    return po.compiled(entry for entry in entries if entry.places != [sources.ENGLISH.name])


def merged(old: list[Entry], found: dict[str, list[str]]) -> list[Entry]:
    """Return an entry for each sentence of the sources. What is translated stays so, as long as its msgid stays.

    A new sentence that is like one that is gone gets its translation as a fuzzy one. Translations that no sentence
    needs stay at the end, as obsolete.
    """
    known = {entry.msgid: entry for entry in old}
    gone = {entry.msgid: entry for entry in old if entry.msgid not in found and entry.msgstr and not entry.fuzzy}
    entries = []
    for msgid, places in found.items():
        entry = known.get(msgid) or _fuzzy(msgid, gone)
        entries.append(Entry(msgid, entry.msgstr, "", places, entry.fuzzy, entry.previous))
    obsolete = [Entry(entry.msgid, entry.msgstr, obsolete=True) for entry in gone.values()]
    return [*entries, *obsolete]


def _fuzzy(msgid: str, gone: dict[str, Entry]) -> Entry:
    alike = get_close_matches(msgid, gone, n=1, cutoff=_ALIKE)
    if not alike:
        return Entry(msgid)
    return Entry(msgid, gone[alike[0]].msgstr, fuzzy=True, previous=alike[0])


def untranslated(entries: Iterable[Entry]) -> list[Entry]:
    """Return what is not translated, or only fuzzily."""
    return [entry for entry in entries if not entry.done and not entry.obsolete]
