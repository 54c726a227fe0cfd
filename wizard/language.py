"""The language of the sentences: English, which the code has, or a translation from the catalogue in assets/locale.

`_("... {name} ...").format(name=...)` is how a sentence is translated and filled. A table's texts are in English, and
`translated` where they are shown. What programs read, and what the wizard writes to files and logs, stays in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Literal, get_args

from wizard import prose

Language = Literal["en", "ja"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
LETTERS: dict[Language, str] = {"en": "a", "ja": "あ"}
"""A letter of each language. A terminal or a file that does not have it cannot show the language."""

_DOMAIN = "wif_wizard.mo"
_FOLDER = Path(__file__).parents[1] / "assets" / "locale"
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The variables with the locale, in the order in which POSIX reads them."""

_JAPANESE = "[\u3040-\u30ff\u3400-\u9fff々]"
"""A Japanese letter: kana or kanji."""
_EDGE = re.compile(rf"(?<={_JAPANESE}) (?={{)|(?<=}}) (?={_JAPANESE})")
"""The blank of a template between a field and Japanese, which only stays beside a word in Latin letters."""
_MARK = "\0"
_NEEDLESS = re.compile(rf"(?<={_JAPANESE}){_MARK}(?={_JAPANESE})")

_chosen: Language = "en"
_for_now: ContextVar[Language | None] = ContextVar("language", default=None)


def use(language: Language) -> None:
    """Speak a language from now on, in all threads."""
    global _chosen
    _chosen = language


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language in this thread, or task, while the context lasts."""
    token = _for_now.set(language)
    try:
        yield
    finally:
        _for_now.reset(token)


def current() -> Language:
    """Return the language that is spoken now."""
    return _for_now.get() or _chosen


def of_environment(environ: Mapping[str, str]) -> Language:
    """Return the language of the locale; English if there is no catalogue for it."""
    name = next((environ[variable] for variable in _VARIABLES if environ.get(variable)), "")
    code = name.partition(".")[0].partition("_")[0]
    return next((language for language in LANGUAGES if language == code), "en")


def _(sentence: str) -> str:
    """Return a sentence of this module in the language that is spoken; in English if it is not translated.

    A template keeps its fields, to be filled afterwards.
    """
    return translated(sentence)


def N_(sentence: str) -> str:  # noqa: N802 (gettext's own name)
    """Return a sentence of a table as it is: it is translated where it is shown."""
    return sentence


def translated(sentence: str) -> str:
    """Return a sentence from a table in the language that is spoken; in English if it is not translated."""
    if not sentence or current() == "en":
        return sentence
    return _Translation.of(_catalogue(current()).gettext(sentence), sentence)


def in_english(text: str) -> str:
    """Return what a text, such as the message of an error, is in English.

    A text that was put together from translated sentences by another way than `format` stays as it is.
    """
    return text.english if isinstance(text, _Translation) else text


class _Translation(str):
    """A sentence in another language, which knows itself in English, also when it is filled."""

    __slots__ = ("english",)

    english: str

    @classmethod
    def of(cls, text: str, english: str) -> _Translation:
        """Return a text that knows its English."""
        made = cls(text)
        made.english = english
        return made

    def format(self, *values: object, **fields: object) -> str:
        """Fill the sentence in both languages. No blank stays between Japanese and a Japanese word that fills it."""
        in_both = {name: in_english(value) if isinstance(value, str) else value for name, value in fields.items()}
        filled = _EDGE.sub(_MARK, self).format(*values, **fields)
        text = _NEEDLESS.sub("", filled).replace(_MARK, " ")
        return self.of(text, self.english.format(*values, **in_both))


def prose_of(text: str) -> str:
    """Return prose, such as a help page, with each paragraph in the language that is spoken."""
    return text if current() == "en" else prose.translated(text, translated)


@cache
def _catalogue(language: Language) -> NullTranslations:
    """Return a catalogue. Its file is read when the first sentence is needed."""
    file = _FOLDER / language / "LC_MESSAGES" / _DOMAIN
    if language == "en" or not file.exists():
        return NullTranslations()
    with file.open("rb") as content:
        return GNUTranslations(content)
