"""Check the operator's own attribute mapping or condition, with the expression engine that the token service uses.

The engine is imported on first use, since the import takes 40 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wizard.modes.aws import derived
from wizard.setup.problems import SetupProblem
from wizard.setup.question import AnswersSoFar, Value

_ROLE_ATTRIBUTE = "attribute.aws_role"


def mapping_problems(mapping: dict[str, str]) -> Iterator[SetupProblem]:
    """Yield the problems of an attribute mapping."""
    from wizard.federation.mapping import Mapping

    if _ROLE_ATTRIBUTE not in mapping:
        fix = f"map {_ROLE_ATTRIBUTE} too: the wizard grants roles to it, not to the account or the session"
        yield SetupProblem("google.attribute_mapping", None, f"{_ROLE_ATTRIBUTE} is not mapped", fix)
    yield from _compiled("google.attribute_mapping", lambda: Mapping(mapping))


def condition_problems(condition: str) -> Iterator[SetupProblem]:
    """Yield the problems of an attribute condition."""
    from wizard.federation.mapping import Condition

    yield from _compiled("google.attribute_condition", lambda: Condition(condition))


def mapping_check(value: Value, _answers: AnswersSoFar) -> str | None:
    """Check an answer of lines KEY=EXPRESSION. Returns the first problem, or None."""
    mapping = derived.mapping_of(str(value))
    if "" in mapping:
        line = mapping[""].splitlines()[0]
        return f'"{line}" is not a valid line of a mapping; write lines such as google.subject=assertion.arn'
    return _first(mapping_problems(mapping))


def condition_check(value: Value, _answers: AnswersSoFar) -> str | None:
    """Check an answer that is a CEL expression. Returns the first problem, or None."""
    return _first(condition_problems(str(value)))


def _first(problems: Iterator[SetupProblem]) -> str | None:
    for problem in problems:
        return f"{problem.what}; {problem.fix}"
    return None


def _compiled(where: str, compile_it: Callable[[], object]) -> Iterator[SetupProblem]:
    from wizard.federation.mapping import ExpressionError

    try:
        compile_it()
    except ExpressionError as error:
        what = f"{error.key}: {error.problem}"
        if error.line:
            what = f"{error.key}: {error.problem} (line {error.line}, column {error.column} of the expression)"
        yield SetupProblem(where, None, what, f"correct the expression: {error.expression}")
