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
    the program came.
    """
    shown = _as_shown(text[-LONGEST:])
    forms = [" ".join(shown.split())]
    if len(shown) < _LONGEST_COPY:
        forms.append(_HARD_BREAK.sub("", shown))
    found = [best for rule in catalogue.all_rules().values() if (best := _best(rule, forms))]
    return sorted(found, key=lambda each: (-each.message.weight, -catalogue.LAYERS.index(each.rule.layer)))


def _as_shown(text: str) -> str:
    """Return a text as it was shown: without colours, and without what JSON, HTML and logs do to quotes."""
    text = _COLOURS.sub("", text)
    for _ in range(_ESCAPED):
        text = text.replace("\\\\", "\\")
        text = _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), text)
        for escaped, plain in _ESCAPES.items():
            text = text.replace(escaped, plain)
        text = html.unescape(text)
    return text


def _best(rule: Rule, forms: list[str]) -> Recognised | None:
    """Return what the most specific message of a rule recognises in any form of a text."""
    matches = [(message, found) for text in forms for message in rule.messages if (found := message.found_in(text))]
    if not matches:
        return None
    message, found = max(matches, key=lambda pair: pair[0].weight)
    facts = {name: value for name, value in found.groupdict().items() if value}
    return Recognised(rule, message, found.group(), facts)
