"""Add the operator to a role's trust policy while a test runs; the journal has the statement as long as it is there."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from wizard.chain import tidy
from wizard.clouds.errors import CloudError
from wizard.engine.journal import Journal
from wizard.engine.resource import Refused
from wizard.federation.trust import ASSUME_ROLE, Policy, TrustCaller, decide, title_in_language
from wizard.federation.trust_conditions import Request, Value
from wizard.federation.trust_edit import operator_statement, with_statement, without_statement
from wizard.language import N_, _, translated
from wizard.resources import trust_quota, trust_race
from wizard.resources.trust_quota import AwsCalls

_DENIED = (
    "the trust policy of {role} denies {caller} access to the role: {statements}. A temporary statement cannot "
    "override the Deny statements: run the test in the workload, with --from inside"
)
_DENIED_ELSEWHERE = (
    "AWS does not let {caller} assume the role {role}: {message}. A temporary statement cannot override a Deny "
    "statement: run the test in the workload, with --from inside"
)
EXPLICIT_DENY = "with an explicit deny in"
"""Words of AWS for a refusal that no statement of a trust policy overrides, however long one waits."""
_STILL_DENIED = (
    "AWS does not let {caller} assume the role {role}, although the temporary statement allows the action: a Deny "
    "statement, a permissions boundary or a policy of the organization might deny the action. AWS answered: {message}. "
    "Run the test in the workload, with --from inside"
)
_NOT_SENT = frozenset(
    {
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:RequestTag/",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "sts:ExternalId",
        "sts:SourceIdentity",
        "sts:TransitiveTagKeys",
    }
)
"""Condition keys that the operator's request to assume a role does not have.

AWS sends the keys of a source only when a service calls. The test passes no tags, external ID or source identity.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""
KIND = N_("temporary trust statement")
"""What a record in the journal is about."""
LIFETIME = timedelta(minutes=30)
"""After this time, the condition of the statement ends it, even if it was not removed."""


class RootRefused(Exception):  # noqa: N818 - the name says what happened
    """The operator is the root user of the account; the live test does not run as root."""


class NeedsTrust(Exception):  # noqa: N818
    """The operator is not in the role's trust policy; if they confirm, `trusted` adds `statement` for the test."""

    def __init__(self, role: str, caller: str, statement: dict[str, Any], answer: str = "") -> None:
        """Take the role, the operator's ARN, the statement to add, and what AWS answered to the operator."""
        super().__init__(_("AWS does not let {caller} assume the role {role}").format(caller=caller, role=role))
        self.role, self.caller, self.statement, self.answer = role, caller, statement, answer


class NotRemoved(tidy.LeftBehind):
    """The statement could not be removed. Its condition still ends it."""

    def __init__(self, role: str, sid: str, error: CloudError) -> None:
        """Take the role, the statement's ID, and the error of the last attempt to remove it."""
        minutes = int(LIFETIME.total_seconds() // 60)
        super().__init__(
            _(
                "the statement {sid} is still in the trust policy of {role} ({reason}: {message}). The next "
                "wif-wizard command for this account tries to remove the statement. In any case, the statement "
                "expires {minutes} minutes after the wizard added it"
            ).format(sid=sid, role=role, reason=error.reason, message=error.message, minutes=minutes)
        )


def needs_trust(aws: AwsCalls, role: str, policy: Policy | None = None, answer: str = "") -> NeedsTrust:
    """Return the statement that lets the operator assume the role, to be confirmed before it is added.

    `policy` is the role's trust policy, if it is known. `answer` is what AWS answered to the operator. Raises
    RootRefused, Refused if a Deny keeps the operator out, so that the statement would not help, and CloudError if AWS
    does not return the operator's identity.
    """
    caller = str(aws.call("sts", "get_caller_identity")["Arn"])
    if caller.endswith(":root"):
        raise RootRefused(
            _("{caller} is the root user: sign in as an IAM user or with a role, then test again").format(caller=caller)
        )
    by = _denied_by(policy, caller)
    if by:
        raise Refused(_(_DENIED).format(role=role, caller=caller, statements=", ".join(map(title_in_language, by))))
    if EXPLICIT_DENY in answer:
        raise Refused(_(_DENIED_ELSEWHERE).format(role=role, caller=caller, message=answer))
    statement = operator_statement(caller, datetime.now(UTC) + LIFETIME)
    statement["Sid"] += secrets.token_hex(4)  # two tests at once must not remove each other's
    return NeedsTrust(role, caller, statement, answer)


def _denied_by(policy: Policy | None, caller: str) -> tuple[str, ...]:
    """Return the statements of the trust policy that certainly deny the role to the operator."""
    account = caller.split(":")[4]
    known: dict[str, Value] = {
        "aws:CurrentTime": datetime.now(UTC),
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalAccount": account,
    }
    request = Request(known, _NOT_SENT)
    return decide(policy, TrustCaller("aws", arn=caller, account=account), ASSUME_ROLE, request).denied_by


def still_denied(need: NeedsTrust) -> Refused:
    """Return the refusal for an operator whom AWS does not let assume the role, although the statement is there."""
    return Refused(_(_STILL_DENIED).format(caller=need.caller, role=need.role, message=need.answer))


@contextmanager
def trusted(
    aws: AwsCalls,
    need: NeedsTrust,
    region: str,
    journal: Journal,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Add the statement to the role's trust policy for the block, and remove it at the end in any case.

    Only our own statement changes.
    Raises CloudError and Refused if it cannot be added, NotRemoved if it cannot be removed, and JournalError.
    """
    sid = str(need.statement["Sid"])

    def add(policy: dict[str, Any]) -> dict[str, Any]:
        changed = with_statement(policy, need.statement)
        trust_quota.refuse_too_long(aws, need.role, changed)
        return changed

    place = {"account": need.caller.split(":")[4], "region": region, "role": need.role, "sid": sid}
    record = journal.remember(KIND, f"{sid} of the role {need.role}", place)
    try:
        trust_race.rewrite(aws, need.role, add)
        yield
    finally:
        try:
            _remove(aws, need.role, sid, pause)
        except NotRemoved:
            journal.release(record)
            raise
        journal.forget(record)


def remove_statement(aws: AwsCalls, name: str, place: Mapping[str, Any]) -> None:
    """Remove the statement of a killed test, as the journal has it. Raises CloudError."""
    del name
    try:
        trust_race.rewrite(aws, str(place["role"]), lambda policy: without_statement(policy, str(place["sid"])))
    except CloudError as error:
        if error.reason != "NoSuchEntity":  # the role was deleted, with its trust policy
            raise


def _remove(aws: AwsCalls, role: str, sid: str, pause: Callable[[float], None]) -> None:
    try:
        tidy.insist(
            lambda: trust_race.rewrite(aws, role, lambda policy: without_statement(policy, sid)),
            pause,
            f"{translated(KIND)} {sid}",
        )
    except CloudError as error:
        raise NotRemoved(role, sid, error) from error
