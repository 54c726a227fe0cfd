"""What is wrong with a mapping or a condition of one's own, compiled by the engine that the token service uses.

The engine is imported when it is needed: that takes 40 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wizard.modes.aws import derived
from wizard.setup.problems import SetupProblem
from wizard.setup.question import AnswersSoFar, Value

_ROLE_ATTRIBUTE = "attribute.aws_role"


def mapping_problems(mapping: dict[str, str]) -> Iterator[SetupProblem]:
    """What is wrong with an attribute mapping of one's own."""
    from wizard.federation.mapping import Mapping

    if _ROLE_ATTRIBUTE not in mapping:
        fix = f"map {_ROLE_ATTRIBUTE} too: grants are made to the role, not to the account or the session"
        yield SetupProblem("google.attribute_mapping", None, f"{_ROLE_ATTRIBUTE} is not mapped", fix)
    yield from _compiled("google.attribute_mapping", lambda: Mapping(mapping))


def condition_problems(condition: str) -> Iterator[SetupProblem]:
    """What is wrong with an attribute condition of one's own."""
    from wizard.federation.mapping import Condition

    yield from _compiled("google.attribute_condition", lambda: Condition(condition))


def mapping_check(value: Value, _answers: AnswersSoFar) -> str | None:
    """Lines KEY=EXPRESSION that compile and map the role."""
    found = derived.mapping_of(str(value))
    if "" in found:
        return f'"{found[""].splitlines()[0]}" maps nothing; write lines such as google.subject=assertion.arn'
    return next((f"{each.what}; {each.fix}" for each in mapping_problems(found)), None)


def condition_check(value: Value, _answers: AnswersSoFar) -> str | None:
    """A CEL expression that compiles."""
    return next((f"{each.what}; {each.fix}" for each in condition_problems(str(value))), None)


def _compiled(where: str, compile_it: Callable[[], object]) -> Iterator[SetupProblem]:
    from wizard.federation.mapping import ExpressionError

    try:
        compile_it()
    except ExpressionError as error:
        at = f" (line {error.line}, column {error.column} of the expression)" if error.line else ""
        what = f"{error.key}: {error.problem}{at}"
        yield SetupProblem(where, None, what, f"correct the expression: {error.expression}")
