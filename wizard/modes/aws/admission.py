"""Predict how Google's token service maps the workload, whether it admits it, and whether the grant names it.

Nothing calls a cloud. The expression engine is imported on first use, since the import takes 40 ms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wizard.engine.resource import State
from wizard.federation import aws
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.identifiers import PoolName
from wizard.federation.principals import FederatedIdentity, admits
from wizard.language import N_, _
from wizard.modes.aws.role_sessions import role_sessions
from wizard.modes.aws.runtimes import RUNTIMES

if TYPE_CHECKING:
    from wizard.federation.mapping import ExpressionError

CONDITION = "attributeCondition"
"""The `key` of a mistake in the attribute condition."""

NO_PRINCIPAL = "not known"
"""In place of a principal, while the mapping gives none."""

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
    provider: str = "PROVIDER"
    existing: State | None = None
    """The provider that exists, as `read_provider` returns it; None if there is none, or if it is not known."""

    @property
    def partition(self) -> str:
        """The AWS partition of the region."""
        return aws.partition_of(self.region)

    @property
    def usual_mapping(self) -> dict[str, str]:
        """The default attribute mapping for the role."""
        return aws.mapping_for(self.account, self.role, RUNTIMES[self.runtime].session_length, self.partition)

    @property
    def sessions(self) -> RoleSessions:
        """The sessions of the role."""
        return role_sessions(self.account, self.role, self.runtime, self.region)


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
    weaknesses: tuple[str, ...] = ()
    """Who else gets in, as sentences."""
    old_condition: str | None = None
    """The condition of the provider that exists; None if there is none."""
    refusal: str = ""
    """Why the provider that exists cannot serve, and what to do; empty if it can, or if there is none."""
    shortened: int | None = None
    """How long the subject could be without the shorter mapping, in bytes; None if the mapping does not shorten it."""
    mistakes: tuple[Mistake, ...] = ()
    label: str = N_("AWS session")
    """What `arn` is, in the preview."""
    others_label: str = N_("other roles")
    """Whom `others` is about, in the preview."""

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
    wanted = dict(workload.mapping or workload.usual_mapping)
    old = workload.existing["condition"] if workload.existing else None
    sample = Admission(
        arn,
        _(NO_PRINCIPAL),
        workload.condition or "",
        old_condition=old,
        shortened=_shortened(workload),
        mistakes=(*_mapping_mistakes(wanted), *_condition_mistakes(workload.condition)),
    )
    if any(mistake.key != CONDITION for mistake in sample.mistakes):
        return sample
    if sample.mistakes:
        return _mapped_only(sample, workload, wanted)
    return _with_provider(sample, workload, wanted)


def _mapped_only(sample: Admission, workload: Workload, mapping: Mapping[str, str]) -> Admission:
    """Return the prediction without the condition, which is not known, or has a mistake."""
    from wizard.federation.mapping import ExpressionError

    try:
        evaluated = _evaluated(replace(sample, condition=""), workload, mapping)
    except ExpressionError as error:
        return replace(sample, mistakes=(*sample.mistakes, _mistake(error)))
    return replace(evaluated, condition=sample.condition, admitted=None, others=None, weaknesses=())


def _with_provider(sample: Admission, workload: Workload, wanted: dict[str, str]) -> Admission:
    """Return the prediction with the mapping and the condition that the provider will have."""
    from wizard.engine.resource import Refused
    from wizard.federation.mapping import ExpressionError
    from wizard.resources.provider import AwsProvider

    sessions = workload.sessions
    provider = AwsProvider("", workload.pool, workload.provider, sessions, wanted, workload.condition)
    try:
        after = provider.desired_with(workload.existing)
    except Refused as refused:
        condition = workload.condition or sample.old_condition or ""
        return _mapped_only(replace(sample, condition=condition, refusal=refused.message), workload, wanted)
    sample = replace(sample, condition=after["condition"])
    try:
        return _evaluated(sample, workload, after["mapping"])
    except ExpressionError as error:
        return replace(sample, mistakes=(_mistake(error),))


def _evaluated(sample: Admission, workload: Workload, mapping: Mapping[str, str]) -> Admission:
    """Return the prediction with what the mapping and the condition give. Raises ExpressionError."""
    from wizard.federation.gate import Gate
    from wizard.federation.grantee import NoGrantee, grantee
    from wizard.federation.weakness import weaknesses

    sessions, pool = workload.sessions, PoolName(workload.number, workload.pool)
    gate = Gate(mapping, sample.condition)
    session = sessions.session(sample.arn.rpartition("/")[2])
    mapped = gate.map(session)
    evaluated = replace(
        sample,
        subject=mapped.subject,
        attributes=mapped.attributes,
        admitted=gate.admits(session),
        others=any(gate.admits(identity) for identity in sessions.other_roles()),
        named=False,
    )
    try:
        named = grantee(mapping, sessions)
    except NoGrantee as error:
        return replace(evaluated, refusal=sample.refusal or str(error))
    principal = named.member(pool)
    identity = FederatedIdentity(pool, mapped.subject, mapped.groups, mapped.attributes)
    weak = tuple(weaknesses(mapping, sample.condition, sessions, named))
    return replace(evaluated, principal=principal, named=admits(principal, identity), weaknesses=weak)


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
        yield Mistake("google.subject", "", _("the mapping must map google.subject"))


def _condition_mistakes(condition: str | None) -> Iterator[Mistake]:
    from wizard.federation.mapping import Condition, ExpressionError

    try:
        if condition is not None:
            Condition(condition)
    except ExpressionError as error:
        yield _mistake(error)


def _mistake(error: ExpressionError) -> Mistake:
    return Mistake(error.key, error.expression, error.problem, error.line, error.column)


def _shortened(workload: Workload) -> int | None:
    if workload.mapping:
        return None
    length = RUNTIMES[workload.runtime].session_length
    longest = aws.longest_subject(workload.account, workload.role, length, workload.partition)
    return longest if longest > aws.SUBJECT_LIMIT else None
