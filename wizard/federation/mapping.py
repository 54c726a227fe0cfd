"""Attribute mappings and conditions: they determine the principal of a credential, and whether Google accepts it.

Source of the limits: IAM API v1, WorkloadIdentityPoolProvider.attributeMapping and attributeCondition.
"""

import re
from collections import abc
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wizard.federation.aws import AWS_DEFAULT_MAPPING, SUBJECT_LIMIT
from wizard.federation.cel import ATTRIBUTE_VARIABLES, POLICY_VARIABLES, ExpressionError, Program
from wizard.language import _

__all__ = [
    "AWS_DEFAULT_MAPPING",
    "Condition",
    "ExpressionError",
    "Mapped",
    "Mapping",
    "PolicyCondition",
    "SubjectTooLong",
]

_SUBJECT = "google.subject"
_GROUPS = "google.groups"
_CUSTOM = re.compile(r"attribute\.[a-z0-9_]+")
_EXPRESSION_LIMIT = 2048  # characters
_CONDITION_LIMIT = 4096  # characters
_KEY_LIMIT = 100  # characters after "attribute."
_CUSTOM_LIMIT = 50  # custom attributes
_TOTAL_LIMIT = 8192  # bytes of all mapped values

_TOO_BIG = "the mapped attributes have more than {limit} bytes"
_TOO_LONG = "the expression has {count} characters; the limit is {limit}"
_TOO_MANY = "the mapping has {count} custom attributes; the limit is {limit}"


class SubjectTooLong(ExpressionError):  # noqa: N818 (named after the problem)
    """The google.subject has more than 127 bytes, which the token service refuses."""

    def __init__(self, expression: str) -> None:
        """The message is that of the token service."""
        problem = (
            f"The size of mapped attribute google.subject exceeds the {SUBJECT_LIMIT} bytes limit. Either modify "
            "your attribute mapping or the incoming assertion to produce a mapped attribute that is less than "
            f"{SUBJECT_LIMIT} bytes."
        )
        super().__init__(_SUBJECT, expression, problem)


@dataclass(frozen=True)
class Mapped:
    """The result of a mapping. The keys of `attributes` are without the prefix "attribute."."""

    subject: str
    groups: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)


class Mapping:
    """A compiled attribute mapping."""

    def __init__(self, expressions: abc.Mapping[str, str]) -> None:
        """Compile all expressions. Raises ExpressionError for the first problem."""
        _check_keys(expressions)
        self._programs = [_program(key, expression) for key, expression in expressions.items()]

    def evaluate(self, assertion: abc.Mapping[str, Any]) -> Mapped:
        """Map an assertion. Raises ExpressionError; SubjectTooLong if the subject has more than 127 bytes."""
        values = {program.key: _value(program, assertion) for program in self._programs}
        if sum(map(_size, values.values())) > _TOTAL_LIMIT:
            raise ExpressionError("attributeMapping", "", _(_TOO_BIG).format(limit=_TOTAL_LIMIT))
        attributes = {key.partition(".")[2]: str(text) for key, text in values.items() if key.startswith("attribute.")}
        return Mapped(str(values[_SUBJECT]), tuple(values.get(_GROUPS, ())), attributes)


class Condition:
    """A compiled attribute condition."""

    def __init__(self, expression: str) -> None:
        """Compile the condition. Raises ExpressionError if that fails, or if its type is not boolean."""
        _check_length("attributeCondition", expression, _CONDITION_LIMIT)
        self._program = Program("attributeCondition", expression, ATTRIBUTE_VARIABLES, ("BOOL",))

    def evaluate(self, assertion: abc.Mapping[str, Any], mapped: Mapped) -> bool:
        """Return whether the condition admits the credential. Raises ExpressionError."""
        google = {"subject": mapped.subject, "groups": list(mapped.groups)}
        data = {"assertion": dict(assertion), "google": google, "attribute": dict(mapped.attributes)}
        return _boolean(self._program, data)


class PolicyCondition:
    """A compiled condition of a binding in an allow policy.

    It can use the attributes and functions that IAM documents; others do not compile.
    Source: https://docs.cloud.google.com/iam/docs/conditions-attribute-reference
    """

    def __init__(self, expression: str) -> None:
        """Compile the condition. Raises ExpressionError."""
        self._program = Program("condition", expression, POLICY_VARIABLES, ("BOOL",))

    def evaluate(self, context: abc.Mapping[str, str | datetime]) -> bool:
        """Return whether the condition is true.

        The keys of `context` are "request.time" (with a time zone), "resource.name" and so on. Raises ExpressionError
        if the result depends on a key that `context` does not have, or on a function that only IAM can evaluate; the
        binding then grants nothing.
        """
        return _boolean(self._program, context)


def _boolean(program: Program, data: abc.Mapping[str, Any]) -> bool:
    value = program.evaluate(data)
    if not isinstance(value, bool):
        raise ExpressionError(program.key, program.expression, _("{value!r} is not a boolean").format(value=value))
    return value


def _program(key: str, expression: str) -> Program:
    _check_length(key, expression, _EXPRESSION_LIMIT)
    gives = ("LIST",) if key == _GROUPS else ("STRING",)
    return Program(key, expression, {"assertion": ATTRIBUTE_VARIABLES["assertion"]}, gives)


def _value(program: Program, assertion: abc.Mapping[str, Any]) -> str | list[str]:
    value = program.evaluate({"assertion": dict(assertion)})
    if program.key == _GROUPS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ExpressionError(
                program.key, program.expression, _("{value!r} is not a list of strings").format(value=value)
            )
        return value
    if not isinstance(value, str):
        raise ExpressionError(program.key, program.expression, _("{value!r} is not a string").format(value=value))
    if program.key == _SUBJECT:
        _check_subject(value, program.expression)
    return value


def _check_subject(subject: str, expression: str) -> None:
    if not subject:
        raise ExpressionError(_SUBJECT, expression, _("the mapped subject is empty"))
    if len(subject.encode()) > SUBJECT_LIMIT:
        raise SubjectTooLong(expression)


def _size(value: str | list[str]) -> int:
    return len(value.encode()) if isinstance(value, str) else sum(len(item.encode()) for item in value)


def _check_length(key: str, expression: str, limit: int) -> None:
    if len(expression) > limit:
        raise ExpressionError(key, expression, _(_TOO_LONG).format(count=len(expression), limit=limit))


def _check_keys(expressions: abc.Mapping[str, str]) -> None:
    custom = [key for key in expressions if key not in (_SUBJECT, _GROUPS)]
    for key in custom:
        if not _CUSTOM.fullmatch(key):
            problem = f"Invalid mapped attribute key: {key}. Custom mapped attributes must be in format "
            raise ExpressionError(key, expressions[key], problem + "'attribute.{custom_attribute}'")
        if len(key.partition(".")[2]) > _KEY_LIMIT:
            raise ExpressionError(
                key,
                expressions[key],
                _("the attribute name is longer than {limit} characters").format(limit=_KEY_LIMIT),
            )
    if len(custom) > _CUSTOM_LIMIT:
        problem = _(_TOO_MANY).format(count=len(custom), limit=_CUSTOM_LIMIT)
        raise ExpressionError("attributeMapping", "", problem)
    if _SUBJECT not in expressions:
        raise ExpressionError(_SUBJECT, "", _("the mapping has no google.subject, which is required"))
