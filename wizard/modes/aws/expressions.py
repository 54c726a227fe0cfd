"""Check the operator's own attribute mapping or condition, with the expression engine that the token service uses.

The engine is imported on first use, since the import takes 40 ms.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from wizard.federation.aws import AWS_ROLE
from wizard.federation.aws_identities import RoleSessions
from wizard.language import _
from wizard.modes.aws import derived, rules
from wizard.modes.aws.role_sessions import role_sessions
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.setup.problems import SetupProblem
from wizard.setup.question import AnswersSoFar, Value

_MAPPING, _CONDITION = "google.attribute_mapping", "google.attribute_condition"


def mapping_problems(mapping: dict[str, str], sessions: RoleSessions | None = None) -> Iterator[SetupProblem]:
    """Yield the problems of an attribute mapping; with `sessions`, also whether a grant can name the role."""
    from wizard.federation.mapping import Mapping

    broken = list(_compiled(_MAPPING, lambda: Mapping(mapping)))
    yield from broken
    if not broken and sessions:
        yield from _grantee_problems(mapping, sessions)


def _grantee_problems(mapping: dict[str, str], sessions: RoleSessions) -> Iterator[SetupProblem]:
    from wizard.federation.grantee import NoGrantee, grantee

    try:
        yield from _compiled(_MAPPING, lambda: grantee(mapping, sessions))
    except NoGrantee as error:
        expression = json.dumps(AWS_ROLE)
        fix = _("map the ARN without the session name: attribute.aws_role: {expression}").format(expression=expression)
        yield SetupProblem(_MAPPING, None, str(error), fix)


def condition_problems(condition: str) -> Iterator[SetupProblem]:
    """Yield the problems of an attribute condition."""
    from wizard.federation.mapping import Condition

    yield from _compiled(_CONDITION, lambda: Condition(condition))


def mapping_check(value: Value, answers: AnswersSoFar) -> str | None:
    """Check an answer of lines KEY=EXPRESSION. Returns the first problem, or None."""
    mapping = derived.mapping_of(str(value))
    if "" in mapping:
        line = mapping[""].splitlines()[0]
        return _('"{line}" is not a valid mapping line; write lines such as google.subject=assertion.arn').format(
            line=line
        )
    return _first(mapping_problems(mapping, _sessions(answers)))


def condition_check(value: Value, _answers: AnswersSoFar) -> str | None:
    """Check an answer that is a CEL expression. Returns the first problem, or None."""
    return _first(condition_problems(str(value)))


def _sessions(answers: AnswersSoFar) -> RoleSessions | None:
    """Return the sessions of the workload's role; None if the answers do not name a valid role yet."""
    account, role, runtime, region = (answers.text(f"aws.{name}") for name in ("account", "role", "runtime", "region"))
    broken = (rules.account_id(account), rules.role_name(role), rules.region(region))
    if runtime not in RUNTIMES or any(broken):
        return None
    return role_sessions(account, role, runtime, region)


def _first(problems: Iterator[SetupProblem]) -> str | None:
    for problem in problems:
        return f"{problem.what}; {problem.fix}"
    return None


def _compiled(where: str, compile_it: Callable[[], object]) -> Iterator[SetupProblem]:
    from wizard.federation.mapping import ExpressionError

    try:
        compile_it()
    except ExpressionError as error:
        what = _("{key}: {problem}").format(key=error.key, problem=error.problem)
        if error.line:
            what = _("{key}: {problem} (line {line}, column {column} of the expression)").format(
                key=error.key, problem=error.problem, line=error.line, column=error.column
            )
        yield SetupProblem(
            where, None, what, _("correct the expression: {expression}").format(expression=error.expression)
        )
