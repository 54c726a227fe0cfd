"""Recognises error texts: which side wrote them, at which step, and which rule explains them."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.doctor import catalogue
from wizard.doctor.rule import Message, Rule

LONGEST = 200_000
"""Characters of a text that are searched, from its end: a log says last what failed."""


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
    normal = " ".join(_unescaped(text[-LONGEST:]).split())
    found = [each for rule in catalogue.all_rules().values() if (each := _first(rule, normal))]
    return sorted(found, key=lambda each: (-each.message.weight, -catalogue.LAYERS.index(each.rule.layer)))


def _unescaped(text: str) -> str:
    """Return a text in which quotes and line breaks are as they were, also if they were escaped once or twice."""
    for _ in range(2):
        text = text.replace("\\\\", "\\").replace('\\"', '"').replace("\\'", "'").replace("\\n", " ")
    return text


def _first(rule: Rule, text: str) -> Recognised | None:
    matches = [(message, found) for message in rule.messages if (found := message.found_in(text))]
    if not matches:
        return None
    message, found = max(matches, key=lambda pair: pair[0].weight)
    facts = {name: value for name, value in found.groupdict().items() if value}
    return Recognised(rule, message, found.group(), facts)
