"""One policy document, and which of its statements apply to a request.

Source: IAM user guide, "IAM JSON policy elements" (Action, NotAction, Resource, NotResource, Condition).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from wizard.federation.trust_conditions import Request, Value, is_met
from wizard.federation.trust_patterns import NotKnown, matches, wildcards, with_variables
from wizard.sandbox.json_value import parsed

Effect = Literal["Allow", "Deny"]

_WITH_VARIABLES = "2012-10-17"
_NEUTRAL = frozenset({"aws:sourceip", "aws:vpcsourceip"})
"""Condition keys that decide nothing here: every caller stands on loopback."""
_SEGMENTS = 6
_SEGMENT_END = re.compile(r":(?![^{}]*\})")
"""A colon that is not inside of a policy variable."""


@dataclass(frozen=True)
class Question:
    """A request to decide on: an action such as iam:GetRole, a resource (an ARN, or *), and its condition keys."""

    action: str
    resource: str
    values: Mapping[str, Value] = field(default_factory=dict)


class _Known(Request):
    """The condition keys of a request: complete, except for those that decide nothing here."""

    def value(self, key: str) -> Value | None:
        if key.lower() in _NEUTRAL:
            raise NotKnown(key)
        return super().value(key)


@dataclass(frozen=True)
class Statement:
    """One statement of a policy, ready to be compared with requests."""

    effect: Effect
    actions: re.Pattern[str]
    other_actions: bool
    """Whether the statement is about all actions but `actions` (NotAction)."""
    resources: tuple[str, ...]
    other_resources: bool
    condition: Mapping[str, Any]
    variables: bool

    def names(self, question: Question) -> bool:
        """Whether the statement is about the action and the resource, whatever its condition."""
        named = self.actions.fullmatch(question.action) is not None
        if named == self.other_actions:
            return False
        return self._names_resource(question) != self.other_resources

    def applies(self, question: Question) -> bool:
        """Whether the statement decides the request. What cannot be decided here never allows, and always denies."""
        if not self.names(question):
            return False
        if not self.condition:
            return True
        verdict = is_met(self.condition, _Known(question.values, complete=True), variables=self.variables)
        if verdict.met is not None:
            return verdict.met
        neutral = all(name.lower() in _NEUTRAL for name in verdict.unknown)
        return neutral == (self.effect == "Allow")

    def condition_keys(self) -> Iterator[str]:
        """The condition keys that the statement asks for."""
        for keys in self.condition.values():
            if isinstance(keys, dict):
                yield from keys

    def _names_resource(self, question: Question) -> bool:
        return any(self._matches(pattern, question) for pattern in self.resources)

    def _matches(self, pattern: str, question: Question) -> bool:
        if pattern == "*":
            return True
        if self.variables and "${" in pattern:
            return _matches_with_variables(pattern, question)
        return _arn_pattern(pattern).fullmatch(question.resource) is not None


@lru_cache(maxsize=1024)
def statements(text: str) -> tuple[Statement, ...]:
    """The statements of a policy document, given as JSON text; what is not a statement is left out."""
    try:
        policy = parsed(text)
    except ValueError:
        return ()
    if not isinstance(policy, dict):
        return ()
    found = policy.get("Statement", [])
    variables = policy.get("Version") == _WITH_VARIABLES
    entries = found if isinstance(found, list) else [found]
    return tuple(_statement(entry, variables) for entry in entries if _is_statement(entry))


def _is_statement(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("Effect") in ("Allow", "Deny")


def _statement(entry: Mapping[str, Any], variables: bool) -> Statement:
    condition = entry.get("Condition", {})
    return Statement(
        effect=entry["Effect"],
        actions=_action_pattern(_texts(entry.get("NotAction", entry.get("Action", [])))),
        other_actions="NotAction" in entry,
        resources=tuple(_texts(entry.get("NotResource", entry.get("Resource", [])))),
        other_resources="NotResource" in entry,
        condition=condition if isinstance(condition, dict) else {},
        variables=variables,
    )


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _action_pattern(names: list[str]) -> re.Pattern[str]:
    """One expression for all names of actions, in which case does not matter."""
    return re.compile("|".join(_expression(name, ".") for name in names), re.IGNORECASE)


def _expression(text: str, one: str) -> str:
    """The regular expression of a text with wildcards; `one` is what stands for any character."""
    wild = {"*": f"{one}*", "?": one}
    return "".join(wild.get(char, re.escape(char)) for char in text)


@lru_cache(maxsize=4096)
def _arn_pattern(pattern: str) -> re.Pattern[str]:
    """The expression of a pattern for ARNs. Its wildcards stay within a segment; segments that it lacks are any."""
    segments = pattern.split(":", _SEGMENTS - 1)
    segments += ["*"] * (_SEGMENTS - len(segments))
    first = [_expression(segment, "[^:]") for segment in segments[:-1]]
    return re.compile(":".join([*first, _expression(segments[-1], ".")]), re.DOTALL)


def _matches_with_variables(pattern: str, question: Question) -> bool:
    segments = _SEGMENT_END.split(pattern, _SEGMENTS - 1)
    segments += ["*"] * (_SEGMENTS - len(segments))
    actual = question.resource.split(":", _SEGMENTS - 1)
    if len(actual) != _SEGMENTS:
        return False
    known = _Known(question.values, complete=True)
    return all(_segment_matches(segment, text, known) for segment, text in zip(segments, actual, strict=True))


def _segment_matches(segment: str, text: str, known: Request) -> bool:
    try:
        tokens = with_variables(segment, wildcards, lambda key: _as_text(known.value(key)))
    except NotKnown:
        return False
    return tokens is not None and matches(tokens, text) is True


def _as_text(value: Value | None) -> str | None:
    return value if isinstance(value, str) else None
