"""Filters of Cloud Logging, as far as comparisons, AND, OR, NOT, parentheses and log_id() go.

Source: Cloud Logging documentation, "Logging query language": NOT binds closest, then OR, then AND; two terms without
a word between them are joined by AND; texts are compared without regard to case.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from urllib.parse import unquote

from wizard.sandbox.json_value import JSON

from .errors import invalid

Test = Callable[[Mapping[str, JSON]], bool]
"""Whether an entry of the log matches."""

_TOKEN = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|<=|>=|!=|[=:<>()]|[^\s"=:<>()!]+)""")
_ORDERED = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
_COMPARISONS = frozenset({"=", "!=", ":", *_ORDERED})


def parsed(text: str) -> Test:
    """Return the test that a filter stands for; an empty filter matches all. Raises GoogleError 400."""
    words = _words(text)
    if not words:
        return _always
    test, rest = _all(words)
    if rest:
        raise _unparseable(rest[0])
    return test


def _always(entry: Mapping[str, JSON]) -> bool:
    del entry
    return True


def _words(text: str) -> list[str]:
    words, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unparseable(text[at:])
        words.append(found[1])
        at = found.end()
    return words


def _all(words: list[str]) -> tuple[Test, list[str]]:
    test, rest = _any(words)
    tests = [test]
    while rest and rest[0] != ")":
        test, rest = _any(rest[1:] if rest[0] == "AND" else rest)
        tests.append(test)
    return lambda entry: all(test(entry) for test in tests), rest


def _any(words: list[str]) -> tuple[Test, list[str]]:
    test, rest = _term(words)
    tests = [test]
    while rest and rest[0] == "OR":
        test, rest = _term(rest[1:])
        tests.append(test)
    return lambda entry: any(test(entry) for test in tests), rest


def _term(words: list[str]) -> tuple[Test, list[str]]:
    match words:
        case ["NOT", *rest]:
            test, rest = _term(rest)
            return lambda entry: not test(entry), rest
        case ["(", *rest]:
            test, rest = _all(rest)
            return test, _closed(rest)
        case ["log_id", "(", name, *rest]:
            return _has_log(_text(name)), _closed(rest)
        case [path, comparison, "(", *rest] if comparison in _COMPARISONS:
            return _one_of(path, comparison, rest)
        case [path, comparison, value, *rest] if comparison in _COMPARISONS:
            return _comparison(path, comparison, _text(value)), rest
    raise _unparseable(words[0] if words else "")


def _one_of(path: str, comparison: str, words: list[str]) -> tuple[Test, list[str]]:
    """Read `path = (one OR other)`."""
    tests = [_comparison(path, comparison, _text(words[0] if words else ""))]
    rest = words[1:]
    while len(rest) > 1 and rest[0] == "OR":
        tests.append(_comparison(path, comparison, _text(rest[1])))
        rest = rest[2:]
    return lambda entry: any(test(entry) for test in tests), _closed(rest)


def _closed(words: list[str]) -> list[str]:
    if not words or words[0] != ")":
        raise _unparseable(words[0] if words else "")
    return words[1:]


def _text(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word


def _has_log(name: str) -> Test:
    return lambda entry: unquote(str(entry.get("logName", "")).partition("/logs/")[2]) == name


def _comparison(path: str, comparison: str, value: str) -> Test:
    if path == "timestamp":
        _moment(value)  # refused at once if it is none

    def test(entry: Mapping[str, JSON]) -> bool:
        found = list(_values(entry, path.split(".")))
        if comparison == "!=":
            return all(each.lower() != value.lower() for each in found)
        return any(_compares(path, comparison, each, value) for each in found)

    return test


def _compares(path: str, comparison: str, found: str, value: str) -> bool:
    if comparison == "=":
        return found.lower() == value.lower()
    if comparison == ":":
        return value == "*" or value.lower() in found.lower()
    if path == "timestamp":
        return bool(_ORDERED[comparison](_moment(found), _moment(value)))
    return bool(_ORDERED[comparison](found, value))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _unparseable(text) from error


def _values(document: JSON, path: list[str]) -> Iterator[str]:
    """Yield what stands at a path; a list stands for each of its elements."""
    if isinstance(document, list):
        for each in document:
            yield from _values(each, path)
    elif not path:
        yield str(document)
    elif isinstance(document, Mapping) and path[0] in document:
        yield from _values(document[path[0]], path[1:])


def _unparseable(near: str) -> Exception:
    return invalid(f"Unparseable filter: syntax error at {near!r}.")
