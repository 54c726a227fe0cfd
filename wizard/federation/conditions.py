"""The text of attribute conditions: the forms that the wizard writes itself, and how one more identity is admitted.

Nothing here evaluates. `widening` proves by evaluation that what was joined here admits everyone as before.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from wizard.federation.mapping import Condition, ExpressionError

CONDITION_LIMIT = 4096
"""The maximum length of an attribute condition, in characters."""

_LITERAL = r"""(?:'[^'"\\\n]*'|"[^'"\\\n]*")"""
_LISTED = re.compile(
    rf"""\s*(?P<variable>attribute\.[a-z0-9_]+|google\.subject)\s*
    (?:==\s*(?P<one>{_LITERAL})|\bin\s*\[\s*(?P<many>{_LITERAL}(?:\s*,\s*{_LITERAL})*)\s*,?\s*\])\s*""",
    re.VERBOSE,
)
_JOINED = re.compile(r"\((?P<old>.*)\n?\) \|\| \((?P<last>[^()]*)\)", re.DOTALL)
_STRING = re.compile(r"""[rRbB]{0,2}(?:'''.*?'''|\"{3}.*?\"{3}|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")""", re.DOTALL)
_ATTRIBUTE = re.compile(r"(?<![\w.])attribute(?:\s*\.\s*(?P<name>\w+))?")
_INDEXED = re.compile(r"""(?<![\w.])attribute\s*\[\s*['"](?P<name>[a-z0-9_]+)['"]\s*\]""")

ANY_ATTRIBUTE = "*"
"""In place of a name: the condition uses all attributes at once, such as size(attribute)."""


@dataclass(frozen=True)
class Listed:
    """A condition that lists the values of one variable: `attribute.aws_role == 'X'` or `... in ['X', 'Y']`."""

    variable: str
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """The condition."""
        literals = [f"'{value}'" for value in self.values]
        return (
            f"{self.variable} == {literals[0]}" if len(literals) == 1 else f"{self.variable} in [{', '.join(literals)}]"
        )

    def with_values(self, values: tuple[str, ...]) -> Listed:
        """Return the condition that also admits these values."""
        return Listed(self.variable, tuple(dict.fromkeys((*self.values, *values))))


def listed(condition: str) -> Listed | None:
    """Return a condition as a list of values; None if it is of another form."""
    match = _LISTED.fullmatch(condition)
    if not match:
        return None
    values = re.findall(_LITERAL, match["one"] or match["many"])
    return Listed(match["variable"], tuple(value[1:-1] for value in values))


def joined(old: str, more: str) -> str:
    """Return a condition that admits whoever `old` admits, and whoever `more` admits.

    A list of values gets more values; other conditions become `(old) || (more)`. `old` must compile.
    """
    ours, last = listed(more), listed(old)
    if ours and last and ours.variable == last.variable:
        return last.with_values(ours.values).text
    earlier = _JOINED.fullmatch(old)
    tail = listed(earlier["last"]) if earlier else None
    if earlier and ours and tail and ours.variable == tail.variable and _compiles(earlier["old"]):
        return _either(earlier["old"].rstrip("\n"), tail.with_values(ours.values).text)
    return _either(old, more)


def literals(condition: str) -> list[str]:
    """Return the texts in quotes in a condition, without the quotes."""
    texts = (match.lstrip("rRbB") for match in _STRING.findall(condition))
    return [text[3:-3] if text.startswith(("'''", '"""')) else text[1:-1] for text in texts]


def attributes_of(condition: str) -> Set[str]:
    """Return the names of the attributes that a condition uses, without "attribute."; ANY_ATTRIBUTE for all of them."""
    names = {match["name"] for match in _INDEXED.finditer(condition)}
    rest = _STRING.sub("''", _INDEXED.sub("", condition))
    return names | {match["name"] or ANY_ATTRIBUTE for match in _ATTRIBUTE.finditer(rest)}


def _either(old: str, more: str) -> str:
    # A comment in CEL ends with its line, and must not end the parenthesis.
    end = "\n" if "//" in old else ""
    return f"({old}{end}) || ({more})"


def _compiles(condition: str) -> bool:
    try:
        Condition(condition)
    except ExpressionError:
        return False
    return True
