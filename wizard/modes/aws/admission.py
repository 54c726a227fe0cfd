"""Predict how Google's token service maps the workload, whether it admits it, and whether the grant names it.

Nothing calls a cloud. The expression engine is imported on first use, since the import takes 40 ms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wizard.federation import aws
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity, admits, principal_set
from wizard.modes.aws.runtimes import RUNTIMES

if TYPE_CHECKING:
    from wizard.federation.mapping import Condition, ExpressionError, Mapped

CONDITION = "attributeCondition"
"""The `key` of a mistake in the attribute condition."""

OTHER_ROLE = "another-role"
"""The role that is used to test whether the condition also admits other roles."""

_ROLE = "aws_role"
_TASK = "0123456789abcdef"


@dataclass(frozen=True)
class Workload:
    """The answers that decide what Google sees. `number` is the number of the pool's project, or a placeholder."""

    account: str
    role: str
    runtime: str
    region: str
    pool: str
    number: str
    mapping: Mapping[str, str] | None = None
    condition: str | None = None

    @property
    def partition(self) -> str:
        """The AWS partition of the region."""
        return aws.partition_of(self.region)

    @property
    def usual_mapping(self) -> dict[str, str]:
        """The default attribute mapping for the role."""
        return aws.mapping_for(self.account, self.role, RUNTIMES[self.runtime].session_length, self.partition)

    @property
    def usual_condition(self) -> str:
        """The attribute condition that admits only this role."""
        return aws.condition_for(self.account, self.role, self.partition)


@dataclass(frozen=True)
class Mistake:
    """A problem in an expression. `line` and `column` count from 1, and are None if the engine does not give them."""

    key: str
    expression: str
    problem: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Admission:
    """The prediction for a sample session of the workload. `subject` and the verdicts are None after a mistake."""

    arn: str
    principal: str
    condition: str
    subject: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    admitted: bool | None = None
    named: bool | None = None
    """Whether the principal in the binding includes the workload."""
    others: bool | None = None
    """Whether the condition also admits another role of the account."""
    shortened: int | None = None
    """How long the subject could be without the shorter mapping, in bytes; None if the mapping does not shorten it."""
    mistakes: tuple[Mistake, ...] = ()

    @property
    def size(self) -> int:
        """The subject's length, in bytes."""
        return len((self.subject or "").encode())

    def mistake(self, key: str) -> Mistake | None:
        """Return the first mistake in the expression of `key`; None if there is none."""
        for mistake in self.mistakes:
            if mistake.key == key:
                return mistake
        return None


def sample_session(runtime: str) -> str:
    """Return a role session name as long as the runtime's longest. Raises KeyError for an unknown runtime."""
    return RUNTIMES[runtime].session_name(_TASK * 4)


def admission(workload: Workload) -> Admission:
    """Return the prediction for a sample session of the workload. Calls no cloud."""
    arn = aws.assumed_role_arn(workload.account, workload.role, sample_session(workload.runtime), workload.partition)
    mapping = dict(workload.mapping or workload.usual_mapping)
    condition = workload.usual_condition if workload.condition is None else workload.condition
    pool = PoolName(workload.number, workload.pool)
    role = aws.role_attribute(workload.account, workload.role, workload.partition)
    unevaluated = Admission(
        arn,
        principal_set(pool, _ROLE, role),
        condition,
        shortened=_shortened(workload),
        mistakes=tuple(_mapping_mistakes(mapping)),
    )
    return _evaluated(unevaluated, workload, mapping, pool)


def _evaluated(sample: Admission, workload: Workload, mapping: Mapping[str, str], pool: PoolName) -> Admission:
    from wizard.federation.mapping import Condition, ExpressionError

    mistakes = list(sample.mistakes)
    mapped = admitted = others = None
    try:
        mapped = None if mistakes else _mapped(mapping, workload.account, sample.arn)
    except ExpressionError as error:
        mistakes.append(_mistake(error))
    try:
        condition = Condition(sample.condition)
        if mapped:
            admitted = condition.evaluate(_assertion(workload.account, sample.arn), mapped)
            others = _admits_another_role(condition, mapping, workload)
    except ExpressionError as error:
        mistakes.append(_mistake(error))
    evaluated = replace(sample, admitted=admitted, others=others, mistakes=tuple(mistakes))
    if mapped is None:
        return evaluated
    named = admits(sample.principal, FederatedIdentity(pool, mapped.subject, mapped.groups, mapped.attributes))
    return replace(evaluated, subject=mapped.subject, attributes=mapped.attributes, named=named)


def _admits_another_role(condition: Condition, mapping: Mapping[str, str], workload: Workload) -> bool:
    """Return whether another role is admitted. A role for which an expression fails is not."""
    from wizard.federation.mapping import ExpressionError

    role = OTHER_ROLE if workload.role != OTHER_ROLE else f"not-{OTHER_ROLE}"
    arn = aws.assumed_role_arn(workload.account, role, _TASK, workload.partition)
    try:
        return condition.evaluate(_assertion(workload.account, arn), _mapped(mapping, workload.account, arn))
    except ExpressionError:
        return False


def _mapped(mapping: Mapping[str, str], account: str, arn: str) -> Mapped:
    from wizard.federation.mapping import Mapping as AttributeMapping

    return AttributeMapping(mapping).evaluate(_assertion(account, arn))


def _assertion(account: str, arn: str) -> dict[str, str]:
    return aws.aws_assertion(account, arn, f"AROAEXAMPLEID:{arn.rsplit('/', 1)[-1]}")


def _mapping_mistakes(mapping: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield the mistakes of a mapping. Each expression is compiled alone, so that one mistake does not hide another."""
    from wizard.federation.mapping import ExpressionError
    from wizard.federation.mapping import Mapping as AttributeMapping

    for key, expression in mapping.items():
        try:
            AttributeMapping({"google.subject": "assertion.arn", key: expression})
        except ExpressionError as error:
            yield _mistake(error)
    if "google.subject" not in mapping:
        yield Mistake("google.subject", "", "the mapping must have google.subject")


def _mistake(error: ExpressionError) -> Mistake:
    return Mistake(error.key, error.expression, error.problem, error.line, error.column)


def _shortened(workload: Workload) -> int | None:
    if workload.mapping:
        return None
    length = RUNTIMES[workload.runtime].session_length
    longest = aws.longest_subject(workload.account, workload.role, length, workload.partition)
    return longest if longest > aws.SUBJECT_LIMIT else None
