"""What Google will make of the workload: who it arrives as, how it is mapped, whether it is let in and named.

Computed with the same engine as the headless half. The engine is imported when it is first needed: that costs 40 ms.
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
"""The key under which a problem of the condition is told."""

OTHER_ROLE = "another-role"
"""The role that the condition is tried on to see whether it keeps others out."""

_ROLE = "aws_role"
_TASK = "0123456789abcdef"


@dataclass(frozen=True)
class Workload:
    """The answers that decide what Google sees; the number is the one of the pool's project, or a word for it."""

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
        """The attribute mapping that fits the role's names."""
        return aws.mapping_for(self.account, self.role, RUNTIMES[self.runtime].session_length, self.partition)

    @property
    def usual_condition(self) -> str:
        """The attribute condition that admits the role alone."""
        return aws.condition_for(self.account, self.role, self.partition)


@dataclass(frozen=True)
class Mistake:
    """A problem of an expression: which one, and where (lines and columns from 1, None where the engine cannot say)."""

    key: str
    expression: str
    problem: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Admission:
    """What became of a sample of the workload. `subject` is None, and the verdicts too, where a mistake ended it."""

    arn: str
    principal: str
    condition: str
    subject: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    admitted: bool | None = None
    named: bool | None = None
    """Does the principal that the binding names include the workload?"""
    others: bool | None = None
    """Is another role of the account admitted too?"""
    shortened: int | None = None
    """How many bytes the subject could have had, where the mapping was chosen to keep it short; else None."""
    mistakes: tuple[Mistake, ...] = ()

    @property
    def size(self) -> int:
        """The subject's length, in bytes."""
        return len((self.subject or "").encode())

    def mistake(self, key: str) -> Mistake | None:
        """The first problem of one expression."""
        return next((each for each in self.mistakes if each.key == key), None)


def sample_session(runtime: str) -> str:
    """A role session name as long as this runtime makes them; KeyError for an unknown runtime."""
    return RUNTIMES[runtime].session_name(_TASK * 4)


def admission(workload: Workload) -> Admission:
    """Let a sample of the workload come to Google, without any cloud."""
    arn = aws.assumed_role_arn(workload.account, workload.role, sample_session(workload.runtime), workload.partition)
    mapping = dict(workload.mapping or workload.usual_mapping)
    condition = workload.usual_condition if workload.condition is None else workload.condition
    pool = PoolName(workload.number, workload.pool)
    role = aws.role_attribute(workload.account, workload.role, workload.partition)
    arrived = Admission(
        arn,
        principal_set(pool, _ROLE, role),
        condition,
        shortened=_shortened(workload),
        mistakes=tuple(_wrong(mapping)),
    )
    return _judged(arrived, workload, mapping, pool)


def _judged(arrived: Admission, workload: Workload, mapping: Mapping[str, str], pool: PoolName) -> Admission:
    from wizard.federation.mapping import Condition, ExpressionError

    mistakes = list(arrived.mistakes)
    mapped = admitted = others = None
    try:
        mapped = None if mistakes else _mapped(mapping, workload.account, arrived.arn)
    except ExpressionError as error:
        mistakes.append(_mistake(error))
    try:
        condition = Condition(arrived.condition)
        admitted = condition.evaluate(_assertion(workload.account, arrived.arn), mapped) if mapped else None
        others = _another_enters(condition, mapping, workload) if mapped else None
    except ExpressionError as error:
        mistakes.append(_mistake(error))
    judged = replace(arrived, admitted=admitted, others=others, mistakes=tuple(mistakes))
    if mapped is None:
        return judged
    named = admits(arrived.principal, FederatedIdentity(pool, mapped.subject, mapped.groups, mapped.attributes))
    return replace(judged, subject=mapped.subject, attributes=mapped.attributes, named=named)


def _another_enters(condition: Condition, mapping: Mapping[str, str], workload: Workload) -> bool:
    """Is another role let in? Whoever an expression fails for is not."""
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


def _wrong(mapping: Mapping[str, str]) -> Iterator[Mistake]:
    """What does not compile, each expression by itself, so that one mistake does not hide another."""
    from wizard.federation.mapping import ExpressionError
    from wizard.federation.mapping import Mapping as AttributeMapping

    for key, expression in mapping.items():
        try:
            AttributeMapping({"google.subject": "assertion.arn", key: expression})
        except ExpressionError as error:
            yield _mistake(error)
    if "google.subject" not in mapping:
        yield Mistake("google.subject", "", "the mapping has no google.subject, which is required")


def _mistake(error: ExpressionError) -> Mistake:
    return Mistake(error.key, error.expression, error.problem, error.line, error.column)


def _shortened(workload: Workload) -> int | None:
    if workload.mapping:
        return None
    length = RUNTIMES[workload.runtime].session_length
    longest = aws.longest_subject(workload.account, workload.role, length, workload.partition)
    return longest if longest > aws.SUBJECT_LIMIT else None
