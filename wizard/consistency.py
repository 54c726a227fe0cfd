"""What no single line of a setup tells: expressions that do not compile, access that cannot work."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wizard.federation.mapping import Condition, ExpressionError, Mapping
from wizard.setup import products
from wizard.setup.model import AwsSetup
from wizard.setup.problems import SetupProblem

_ROLE_ATTRIBUTE = "attribute.aws_role"


def problems(setup: AwsSetup) -> list[SetupProblem]:
    """Every problem, before any cloud is asked."""
    return [*_expressions(setup), *_direct_access(setup)]


def notes(setup: AwsSetup) -> list[str]:
    """What works, within limits that the operator should know of."""
    if setup.access.via != "direct":
        return []
    roles = [role for grant in setup.access.grants for role in grant.roles]
    return [f"{role}: {note}" for role in roles if (note := products.direct_access_note(role))]


def _direct_access(setup: AwsSetup) -> Iterator[SetupProblem]:
    """Products that do not take federated identities: the workload must go through a service account there."""
    if setup.access.via != "direct":
        return
    for place, grant in enumerate(setup.access.grants):
        for role in grant.roles:
            if reason := products.direct_access_problem(role):
                fix = "write `via: service-account` with `service_account: NAME`"
                yield SetupProblem(f"access.grants[{place}].roles", None, f"{role}: {reason}", fix)


def _expressions(setup: AwsSetup) -> Iterator[SetupProblem]:
    """The setup's own mapping and condition, compiled by the engine that the token service uses."""
    mapping, condition = setup.google.attribute_mapping, setup.google.attribute_condition
    if mapping:
        yield from mapping_problems(mapping)
    if condition:
        yield from condition_problems(condition)


def mapping_problems(mapping: dict[str, str]) -> Iterator[SetupProblem]:
    """What is wrong with an attribute mapping of one's own."""
    if _ROLE_ATTRIBUTE not in mapping:
        fix = f"map {_ROLE_ATTRIBUTE} too: grants are made to the role, not to the account or the session"
        yield SetupProblem("google.attribute_mapping", None, f"{_ROLE_ATTRIBUTE} is not mapped", fix)
    yield from _compiled("google.attribute_mapping", lambda: Mapping(mapping))


def condition_problems(condition: str) -> Iterator[SetupProblem]:
    """What is wrong with an attribute condition of one's own."""
    yield from _compiled("google.attribute_condition", lambda: Condition(condition))


def _compiled(where: str, compile_it: Callable[[], object]) -> Iterator[SetupProblem]:
    try:
        compile_it()
    except ExpressionError as error:
        at = f" (line {error.line}, column {error.column} of the expression)" if error.line else ""
        what = f"{error.key}: {error.problem}{at}"
        yield SetupProblem(where, None, what, f"correct the expression: {error.expression}")
