"""Patterns of AWS policies: wildcards and policy variables, compared with values that can be known in part.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html and, for wildcards,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_MANY, _ONE = "many", "one"
"""The wildcards * and ?. A token of one character stands for itself."""

Tokens = list[str]
"""A pattern, in which each token is a wildcard or one character."""

_VARIABLE = re.compile(r"\$\{\s*(?P<name>[^},]+?)\s*(?:,\s*'(?P<default>[^']*)'\s*)?\}")
_ARN_PARTS = 6


@dataclass(frozen=True)
class Beginning:
    """A value of which only the beginning is known, such as the ARN of a task up to the account."""

    text: str


Text = str | Beginning


class NotKnown(Exception):  # noqa: N818 (not an error: a fact is missing)
    """A value that decides is not known. The message is its name."""


def literal(text: str) -> Tokens:
    """Return the pattern that matches only this text."""
    return list(text)


def wildcards(text: str) -> Tokens:
    """Return the pattern in which * stands for any characters, and ? for one."""
    wild = {"*": _MANY, "?": _ONE}
    return [wild.get(char, char) for char in text]


def with_variables(text: str, parse: Callable[[str], Tokens], value_of: Callable[[str], str | None]) -> Tokens | None:
    """Return the pattern of a text with policy variables such as ${aws:username}, whose values are literal.

    `value_of` returns the value of a key, None if the request does not have it, and raises NotKnown. The result is None
    if a variable has neither a value nor a default: then the pattern matches nothing.
    """
    tokens: Tokens = []
    end = 0
    for variable in _VARIABLE.finditer(text):
        value = _value(variable, value_of)
        if value is None:
            return None
        tokens += parse(text[end : variable.start()]) + literal(value)
        end = variable.end()
    return tokens + parse(text[end:])


def _value(variable: re.Match[str], value_of: Callable[[str], str | None]) -> str | None:
    name: str = variable["name"]
    if name in ("*", "?", "$"):  # the way to write these characters
        return name
    value = value_of(name)
    return variable["default"] if value is None else value


def matches(pattern: Tokens, text: Text) -> bool | None:
    """Return whether the pattern matches; None if that depends on the part of the text that is not known."""
    last = len(pattern) - 1
    if isinstance(text, str):
        return last + 1 in _positions(pattern, text)
    positions = _positions(pattern, text.text)
    if last in positions and pattern[last] == _MANY:
        return True
    return None if positions else False


def matches_arn(pattern: Tokens, text: Text) -> bool | None:
    """Return whether a pattern for an ARN matches. Wildcards do not match a colon between the first five parts.

    The result is None for a pattern with wildcards and fewer than six parts: AWS does not document what it matches.
    """
    patterns, parts = _split(pattern), _arn_parts(text)
    if parts is None or (len(patterns) < _ARN_PARTS and _MANY in pattern):
        return None
    if len(patterns) != _ARN_PARTS or len(parts) != _ARN_PARTS:
        return False
    return all_of(matches(wanted, part) for wanted, part in zip(patterns, parts, strict=True))


def all_of(verdicts: Iterable[bool | None]) -> bool | None:
    """Return whether all are true; None if that is not known."""
    known = set(verdicts)
    if False in known:
        return False
    return None if None in known else True


def any_of(verdicts: Iterable[bool | None]) -> bool | None:
    """Return whether one of them is true; None if that is not known."""
    known = set(verdicts)
    if True in known:
        return True
    return None if None in known else False


def _positions(pattern: Tokens, text: str) -> set[int]:
    """Return the positions in the pattern up to which it can match the text. Takes linear time for each character."""
    positions = _past_wildcards(pattern, {0})
    for char in text:
        read = {at if pattern[at] == _MANY else at + 1 for at in positions if _reads(pattern, at, char)}
        positions = _past_wildcards(pattern, read)
    return positions


def _reads(pattern: Tokens, at: int, char: str) -> bool:
    return at < len(pattern) and pattern[at] in (_MANY, _ONE, char)


def _past_wildcards(pattern: Tokens, positions: set[int]) -> set[int]:
    reached = set(positions)
    for position in positions:
        at = position
        while at < len(pattern) and pattern[at] == _MANY:  # it can also match nothing
            at += 1
            reached.add(at)
    return reached


def _split(pattern: Tokens) -> list[Tokens]:
    """Return the parts of a pattern between the first five colons."""
    parts: list[Tokens] = [[]]
    for token in pattern:
        if token == ":" and len(parts) < _ARN_PARTS:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _arn_parts(text: Text) -> list[Text] | None:
    """Return the parts of an ARN, of which only the last can be known in part; None if more is not known."""
    if isinstance(text, str):
        return list(text.split(":", _ARN_PARTS - 1))
    parts = text.text.split(":", _ARN_PARTS - 1)
    return [*parts[:-1], Beginning(parts[-1])] if len(parts) == _ARN_PARTS else None
