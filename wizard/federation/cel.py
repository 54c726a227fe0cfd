"""Evaluates Common Expression Language as Google's token service and IAM do: cel-cpp with strings and `extract`."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from wizard.federation.extract import extract
from wizard.language import _

_PLACE = re.compile(r"ERROR: <input>:(?P<line>\d+):(?P<column>\d+): (?P<problem>[^\n]*)")
_STATUS = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$| \(in container ''\)")
_ANYTHING = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)

ATTRIBUTE_VARIABLES: dict[str, cel.Type] = {
    "assertion": _ANYTHING,
    "google": _ANYTHING,
    "attribute": cel.Type.Map(cel.Type.STRING, cel.Type.STRING),
}
POLICY_VARIABLES: dict[str, cel.Type] = {
    "request.time": cel.Type.TIMESTAMP,
    "resource.name": cel.Type.STRING,
    "resource.type": cel.Type.STRING,
    "resource.service": cel.Type.STRING,
    "request.path": cel.Type.STRING,
    "request.host": cel.Type.STRING,
    "request.auth.access_levels": cel.Type.List(cel.Type.STRING),
    "request.auth.claims": _ANYTHING,
    "destination.ip": cel.Type.STRING,
    "destination.port": cel.Type.INT,
    "resource": cel.Type.BYTES,
    "api": cel.Type.BYTES,
}
"""The attributes that conditions of policies can use. `resource` and `api` have functions only, and no fields."""


class ExpressionError(ValueError):
    """An expression does not compile, cannot be evaluated, or has a value of the wrong type.

    `key` names the expression: "google.subject", "attribute.aws_role", "attributeCondition" or "condition". `line` and
    `column` count from 1, and are None if they are not known.
    """

    def __init__(
        self, key: str, expression: str, problem: str, line: int | None = None, column: int | None = None
    ) -> None:
        """The message is built from `key`, `problem` and, if they are known, line and column."""
        known = line is not None
        super().__init__(
            _("{key} (line {line}, column {column}): {problem}").format(
                key=key, line=line, column=column, problem=problem
            )
            if known
            else _("{key}: {problem}").format(key=key, problem=problem)
        )
        self.key = key
        self.expression = expression
        self.problem = problem
        self.line = line
        self.column = column


class Program:
    """A compiled expression. Threads can share it, because each evaluation has its own activation."""

    def __init__(self, key: str, expression: str, variables: Mapping[str, cel.Type], gives: tuple[str, ...]) -> None:
        """Compile the expression. Raises ExpressionError if that fails, or if its type is known and not in `gives`."""
        self.key = key
        self.expression = expression
        try:
            _check_text(expression)
            self._compiled = _environment(tuple(variables)).compile(expression)
        except ValueError as error:
            raise ExpressionError(key, expression, _("the expression contains an invalid character")) from error
        except RuntimeError as error:
            raise _compile_error(key, expression, str(error)) from error
        type_name = self._compiled.return_type().name()
        if not type_name.startswith((*gives, "DYN")):
            raise ExpressionError(
                key,
                expression,
                _("the expression returns {type_name}, but must return {gives}").format(
                    type_name=type_name, gives=gives[0]
                ),
            )

    def evaluate(self, data: Mapping[str, Any]) -> Any:
        """Return the value for these variables, as a plain Python value. Raises ExpressionError."""
        try:
            _check_text(data)
        except ValueError as error:
            raise ExpressionError(self.key, self.expression, _("a value contains an invalid character")) from error
        value = self._compiled.eval(data=dict(data))
        # The engine returns an error as a value.
        if value.type() == cel.Type.ERROR:
            raise ExpressionError(self.key, self.expression, _STATUS.sub("", str(value.value())))
        return value.plain_value()


def _check_text(value: object) -> None:
    """Raise ValueError for texts that the engine truncates (at a NUL) or cannot encode (half a surrogate pair)."""
    if isinstance(value, str):
        if b"\0" in value.encode():
            raise ValueError(_("the text contains a NUL character"))
    elif isinstance(value, Mapping):
        for part in (*value.keys(), *value.values()):
            _check_text(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _check_text(part)


@cache
def _environment(names: tuple[str, ...]) -> cel.Env:
    known = ATTRIBUTE_VARIABLES | POLICY_VARIABLES
    extensions = [ext_strings.ExtStrings(), _extract_extension()]
    if names == tuple(POLICY_VARIABLES):
        extensions.append(_policy_extension())
    return cel.NewEnv(variables={name: known[name] for name in names}, extensions=extensions)


def _extract_extension() -> cel.CelExtension:
    text = cel.Type.STRING
    overload = cel.Overload("string_extract_string", text, [text, text], True, extract)
    return cel.CelExtension("google", [cel.FunctionDecl("extract", [overload])])


def _policy_extension() -> cel.CelExtension:
    """Return the functions of conditions of policies. They compile, but cannot be evaluated here."""
    text, anything, yes_or_no = cel.Type.STRING, cel.Type.DYN, cel.Type.BOOL
    has_only = cel.Overload("dyn_hasOnly_dyn", yes_or_no, [anything, anything], True, _not_known)
    attribute = cel.Overload("api_getAttribute", anything, [cel.Type.BYTES, text, anything], True, _not_known)
    functions = [cel.FunctionDecl("hasOnly", [has_only]), cel.FunctionDecl("getAttribute", [attribute])]
    for name, number in (("matchTag", 2), ("matchTagId", 2), ("hasTagKey", 1), ("hasTagKeyId", 1)):
        overload = cel.Overload(f"resource_{name}", yes_or_no, [cel.Type.BYTES, *[text] * number], True, _not_known)
        functions.append(cel.FunctionDecl(name, [overload]))
    return cel.CelExtension("iam", functions)


def _not_known(*_arguments: object) -> bool:
    raise ValueError(_("only IAM can evaluate this function"))


def _compile_error(key: str, expression: str, message: str) -> ExpressionError:
    match = _PLACE.search(message)
    if not match:
        return ExpressionError(key, expression, _STATUS.sub("", message))
    problem = _STATUS.sub("", match["problem"])
    return ExpressionError(key, expression, problem, int(match["line"]), int(match["column"]))
