"""Add the operator to a role's trust policy while a test runs; the journal has the statement as long as it is there."""

import json
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
from wizard.federation.trust import ASSUME_ROLE, Policy, TrustCaller, decide
from wizard.federation.trust_conditions import Request, Value
from wizard.federation.trust_edit import operator_statement, with_statement, without_statement
from wizard.resources import trust_quota
from wizard.resources.trust_quota import AwsCalls

_DENIED = (
    "the trust policy of {role} denies the role to {caller}: {statements}. A temporary statement cannot override "
    "the Deny statements: run the test in the workload, with --from inside"
)
KIND = "temporary trust statement"
"""What a record in the journal is about."""
LIFETIME = timedelta(minutes=30)
"""After this time, the condition of the statement ends it, even if it was not removed."""


class RootRefused(Exception):  # noqa: N818 - the name says what happened
    """The operator is the root user of the account; the live test does not run as root."""


class NeedsTrust(Exception):  # noqa: N818
    """The operator is not in the role's trust policy; if they confirm, `trusted` adds `statement` for the test."""

    def __init__(self, role: str, caller: str, statement: dict[str, Any]) -> None:
        """Take the role, the operator's ARN, and the statement to add."""
        super().__init__(f"AWS does not let {caller} assume the role {role}")
        self.role, self.caller, self.statement = role, caller, statement


class NotRemoved(tidy.LeftBehind):
    """The statement could not be removed. Its condition still ends it."""

    def __init__(self, role: str, sid: str, error: CloudError) -> None:
        """Take the role, the statement's ID, and the error of the last attempt to remove it."""
        minutes = int(LIFETIME.total_seconds() // 60)
        super().__init__(
            f"the statement {sid} is still in the trust policy of {role} ({error.reason}: {error.message}); the next "
            "wif-wizard command for this account tries again, and the statement expires "
            f"{minutes} minutes after the wizard added it"
        )


def needs_trust(aws: AwsCalls, role: str, policy: Policy | None = None) -> NeedsTrust:
    """Return the statement that lets the operator assume the role, to be confirmed before it is added.

    `policy` is the role's trust policy, if it is known. Raises RootRefused, Refused if the policy denies it to the
    operator, so that the statement would not help, and CloudError if AWS does not return the operator's identity.
    """
    caller = str(aws.call("sts", "get_caller_identity")["Arn"])
    if caller.endswith(":root"):
        raise RootRefused(f"{caller} is the root user: sign in as an IAM user or with a role, then test again")
    by = _denied_by(policy, caller)
    if by:
        raise Refused(_DENIED.format(role=role, caller=caller, statements=", ".join(by)))
    statement = operator_statement(caller, datetime.now(UTC) + LIFETIME)
    statement["Sid"] += secrets.token_hex(4)  # two tests at once must not remove each other's
    return NeedsTrust(role, caller, statement)


def _denied_by(policy: Policy | None, caller: str) -> tuple[str, ...]:
    """Return the statements of the trust policy that certainly deny the role to the operator."""
    account = caller.split(":")[4]
    known: dict[str, Value] = {
        "aws:CurrentTime": datetime.now(UTC),
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalAccount": account,
    }
    return decide(policy, TrustCaller("aws", arn=caller, account=account), ASSUME_ROLE, Request(known)).denied_by


@contextmanager
def trusted(
    aws: AwsCalls,
    need: NeedsTrust,
    region: str,
    journal: Journal,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Add the statement to the role's trust policy for the block, and remove it at the end in any case.

    Trust policies have no etag: the policy is read just before each write, and only our own statement changes.
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
        _edit(aws, need.role, add)
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
        _edit(aws, str(place["role"]), lambda policy: without_statement(policy, str(place["sid"])))
    except CloudError as error:
        if error.reason != "NoSuchEntity":  # the role was deleted, with its trust policy
            raise


def _remove(aws: AwsCalls, role: str, sid: str, pause: Callable[[float], None]) -> None:
    try:
        tidy.insist(lambda: _edit(aws, role, lambda policy: without_statement(policy, sid)), pause, f"{KIND} {sid}")
    except CloudError as error:
        raise NotRemoved(role, sid, error) from error


def _edit(aws: AwsCalls, role: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    policy = aws.call("iam", "get_role", RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    changed = change(policy)
    if changed != policy:
        aws.call("iam", "update_assume_role_policy", RoleName=role, PolicyDocument=json.dumps(changed))
