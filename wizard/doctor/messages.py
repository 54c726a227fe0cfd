"""Recognises error texts: which side wrote them, at which step, and which rule explains them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from wizard.doctor import catalogue
from wizard.doctor.rule import Message, Rule

LONGEST = 200_000
"""Characters of a text that are searched, from its end: a log says last what failed."""

_ESCAPED = 3
"""How often a text can be escaped: a program's JSON, in a log of JSON lines, in the answer of an API."""

_ESCAPES = {'\\"': '"', "\\'": "'", "\\/": "/", "\\r\\n": "\n", "\\n": "\n", "\\t": "\t"}
_CODE_POINT = re.compile(r"\\u(00[2-7][0-9a-fA-F])")
"""An escaped ASCII character: JSON encoders of Go and Java write quotes and angle brackets so."""

_MARGIN = re.compile(r"^[ \t]*(?:[│╷╵>]|[\w.-]+[ \t]+\|)[ \t]?", re.MULTILINE)
"""What Terraform, docker compose and quoted mail put before each line."""

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LONGEST_COPY = 20_000
"""Characters of a text that could be a copy from a terminal."""

_HARD_BREAK = re.compile(r"\r?\n")
"""A terminal breaks a long line in the middle of a word, and a copy from the terminal keeps the break."""


@dataclass(frozen=True)
class Recognised:
    """A rule that explains a text."""

    rule: Rule
    message: Message
    quoted: str
    """The words of the text that it recognised."""
    facts: dict[str, str]
    """What these words tell: the named groups of the pattern that are there."""


def recognise(text: str) -> list[Recognised]:
    """Return what the doctor recognises in an error text, the cause first. Empty if it recognises nothing.

    Libraries wrap the words of a cloud in words of their own, and print both: of several rules, the one with the most
    specific message is the cause, and among equals the one that is latest along the chain, which is the furthest that
    the program came. Of rules that recognise the same words, only the most specific one is returned.
    """
    shown = _as_shown(text[-LONGEST:])
    forms = [" ".join(shown.split())]
    if len(shown) < _LONGEST_COPY:
        forms.append(_HARD_BREAK.sub("", shown))
    found = [best for rule in catalogue.all_rules().values() if (best := _best(rule, forms))]
    found.sort(key=lambda each: (-each.of.message.weight, -catalogue.LAYERS.index(each.of.rule.layer)))
    kept: list[_Found] = []
    for each in found:
        if not any(each.overlaps(other) for other in kept):
            kept.append(each)
    return [each.of for each in kept]


@dataclass(frozen=True)
class _Found:
    """What was recognised, in which form of the text, and where in it."""

    of: Recognised
    form: int
    start: int
    end: int

    def overlaps(self, other: _Found) -> bool:
        """Return whether both are about the same words."""
        return self.form == other.form and self.start < other.end and other.start < self.end


def _as_shown(text: str) -> str:
    """Return a text as it was shown: without colours, and without what JSON, HTML and logs do to quotes."""
    text = _MARGIN.sub("", _COLOURS.sub("", text))
    for _ in range(_ESCAPED):
        text = text.replace("\\\\", "\\")
        text = _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), text)
        for escaped, plain in _ESCAPES.items():
            text = text.replace(escaped, plain)
        text = html.unescape(text)
    return text


def _best(rule: Rule, forms: list[str]) -> _Found | None:
    """Return what the most specific message of a rule recognises in any form of a text."""
    best: _Found | None = None
    for form, text in enumerate(forms):
        for message in rule.messages:
            found = message.found_in(text)
            if found and (best is None or message.weight > best.of.message.weight):
                facts = {name: value for name, value in found.groupdict().items() if value}
                best = _Found(Recognised(rule, message, found.group(), facts), form, *found.span())
    return best
