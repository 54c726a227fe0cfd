"""`make translations`, and the tools of translators.

python -m tests.translations                        update the catalogue from the sources
python -m tests.translations missing --share 1/4    print a share of what is not translated, as JSON
python -m tests.translations take FILE.json         take translations: [{"en": "...", "ja": "..."}]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tests.translations import checks, sources, store
from tests.translations.po import Entry

_DONE = "{done} of {all} sentences are translated, {fuzzy} need another look."
_TAKEN = "Took {taken} translations, refused {refused}."


def main() -> int:
    """Run one command; answers 1 if a translation was refused."""
    parser = argparse.ArgumentParser(prog="tests.translations", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("update", help="update the catalogue from the sources")
    missing = commands.add_parser("missing", help="print what is not translated, as JSON")
    missing.add_argument("--share", default="1/1", help="K/N: the K-th of N shares")
    take = commands.add_parser("take", help="take translations")
    take.add_argument("file", type=Path)
    options = parser.parse_args()
    if options.command == "missing":
        return _missing(options.share)
    if options.command == "take":
        return _take(json.loads(options.file.read_text(encoding="utf-8")))
    return _update()


def _update() -> int:
    entries = store.merged(store.read(), sources.messages())
    store.write(entries)
    for entry in store.untranslated(entries):
        sys.stderr.write(f"{entry.places[0]}: {entry.msgid}\n")
    _report(entries)
    return 0


def _report(entries: list[Entry]) -> None:
    needed = [entry for entry in entries if not entry.obsolete]
    done = sum(entry.done for entry in needed)
    fuzzy = sum(entry.fuzzy for entry in needed)
    sys.stderr.write(_DONE.format(done=done, all=len(needed), fuzzy=fuzzy) + "\n")


def _missing(share: str) -> int:
    place, count = (int(part) for part in share.split("/"))
    found = store.untranslated(store.merged(store.read(), sources.messages()))
    first, last = len(found) * (place - 1) // count, len(found) * place // count
    shown = [_shown(entry) for entry in found[first:last]]
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1) + "\n")
    return 0


def _shown(entry: Entry) -> dict[str, str]:
    shown = {"place": " ".join(entry.places), "en": entry.msgid, "ja": ""}
    if entry.fuzzy:
        shown |= {"was": entry.previous, "was_ja": entry.msgstr}
    return shown


def _take(given: list[dict[str, Any]]) -> int:
    entries = store.merged(store.read(), sources.messages())
    by_msgid = {entry.msgid: entry for entry in entries if not entry.obsolete}
    taken = refused = 0
    for each in given:
        if not each.get("ja"):
            continue
        found = by_msgid.get(each["en"])
        wrong = checks.problems(each["en"], each["ja"]) if found else ["is not a sentence of the catalogue"]
        if found is None or wrong:
            refused += 1
            sys.stderr.write(f"REFUSED {'; '.join(wrong)}\n  en: {each['en']}\n  ja: {each['ja']}\n")
            continue
        found.msgstr, found.fuzzy, found.previous = each["ja"], False, ""
        taken += 1
    store.write(entries)
    sys.stderr.write(_TAKEN.format(taken=taken, refused=refused) + "\n")
    _report(entries)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
