"""A language in which every sentence of the catalogue is in marks, so that what is not translated can be seen.

A sentence becomes ⟦sentence⟧, and the value of each of its fields ⟪value⟫: a value is judged like text that is not in
any sentence, so that a word of English that was put into a translated sentence is seen too.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator
from gettext import NullTranslations

_FIELD = re.compile(r"(?<!\{)\{[A-Za-z_]\w*(?:![rs])?(?::[^{}]*)?\}")
_OPEN, _CLOSE = "⟦⟪", "⟧⟫"

_WORD = re.compile(r"(?<![\w./:@{}$<>=*-])[a-z]+(?![\w/@{}$<>=*-]|[.:]\w)")
"""A word in lower case that stands alone. Names and codes of the clouds have other signs in them, or capitals."""

_UNITS = frozenset(("ms", "s", "min", "h", "d", "v", "x"))
_JSON = frozenset(("true", "false", "null"))
"""The words that JSON has, as values of states."""
_QUOTED = re.compile(
    "|".join([*(re.escape(os.strerror(code)) for code in errno.errorcode), r"Key not found in map : \S+"])
)
"""The words of the system about an error, and of the evaluator of conditions."""
_COMMAND = re.compile(r"(?<![\w-])(?:(?:wif-wizard|gcloud|aws|kubectl|jq) |--[a-z-]+=).*")
"""A command to copy, or the end of one."""
_EXPRESSION = re.compile(r"(?:attribute|assertion|google|request|resource)\.\w+ .*")
"""An expression of a condition."""


class Marked(NullTranslations):
    """A catalogue that has every sentence, in marks."""

    def gettext(self, message: str) -> str:
        """Return the sentence in marks, with marks around its fields."""
        return "⟦" + _FIELD.sub(lambda field: f"⟪{field[0]}⟫", message) + "⟧"


def has_marks(text: str) -> bool:
    """Return whether a text has a part that was translated."""
    return any(mark in text for mark in (*_OPEN, *_CLOSE))


def untranslated(output: str, known: Iterable[str]) -> list[str]:
    """Return the words of an output that should have been translated, each with the text around it.

    These are words in lower case, without digits and signs, that are not in a sentence of the catalogue. `known` are
    texts that nobody translates: what the clouds said, names, and the values of a setup. Commands are no sentences.
    """
    phrases = sorted((each for each in known if " " in each), key=len, reverse=True)
    names = _UNITS | _JSON | {each for each in known if " " not in each}
    found: list[str] = []
    for part in _outside(output):
        text = _QUOTED.sub(" ", _EXPRESSION.sub(" ", _COMMAND.sub(" ", part)))
        for each in phrases:
            text = text.replace(each, " ")
        words = [word for word in _WORD.findall(text) if word not in names]
        found += [f"{word}: {_around(word, text)}" for word in words]
    return found


def _around(word: str, text: str) -> str:
    return next((line.strip() for line in text.splitlines() if word in line), "")


def _outside(output: str) -> Iterator[str]:
    """Yield the parts of a line that are in no sentence: at the top, or as the value of a field."""
    depth: list[list[str]] = [[]]
    kinds = [""]
    for character in output:
        if character in _OPEN:
            depth[-1].append(" ")
            depth.append([])
            kinds.append(character)
        elif character in _CLOSE and len(depth) > 1:
            text, kind = "".join(depth.pop()), kinds.pop()
            if kind == "⟪":
                yield text
        else:
            depth[-1].append(character)
    yield "".join(depth[0])
