"""Adds, replaces and removes one statement of a trust policy. The other statements do not change."""

import copy
import itertools
import json
import re
from datetime import UTC, datetime

from wizard.federation.trust import ASSUME_ROLE, Policy, statements
from wizard.language import _

LIVE_TEST_SID = "WifWizardLiveTest"
"""The Sid of the statement that lets the operator assume the role for a live test."""

RUNTIME_SID = "WifWizardRuntime"
"""The start of the Sid of a statement that lets a service assume the role for a workload."""

_CALLER = re.compile(
    r"arn:[a-z-]+:(?:iam::\d{12}:user/|sts::\d{12}:(?:assumed-role/[^/*]+/|federated-user/))[^*]+", re.ASCII
)


def with_statement(policy: Policy, statement: Policy) -> Policy:
    """Return a copy of the policy with this statement: in place of the one with its Sid, or at the end."""
    changed = copy.deepcopy(policy)
    existing = statements(changed)
    sids = [other.get("Sid") for other in existing]
    if statement["Sid"] in sids:
        existing[sids.index(statement["Sid"])] = copy.deepcopy(statement)
    else:
        existing.append(copy.deepcopy(statement))
    changed["Statement"] = existing
    return changed


def with_own_statement(policy: Policy, statement: Policy, sid: str) -> Policy:
    """Return a copy of the policy with this statement at the end. A Sid that is taken gets a number: the statement that
    has it stays, since others can have changed it.
    """
    taken = [other.get("Sid") for other in statements(policy)]
    numbered = (f"{sid}{number}" for number in itertools.count(2))
    free = next(name for name in itertools.chain([sid], numbered) if name not in taken)
    return with_statement(policy, {"Sid": free, **statement})


def length(policy: Policy) -> int:
    """Return the length of a policy as the quota of IAM counts it: its characters without whitespace."""
    return len("".join(json.dumps(policy, ensure_ascii=False).split()))


def without_statement(policy: Policy, sid: str) -> Policy:
    """Return a copy of the policy without the statements that have this Sid."""
    changed = copy.deepcopy(policy)
    if any(statement.get("Sid") == sid for statement in statements(changed)):
        changed["Statement"] = [statement for statement in statements(changed) if statement.get("Sid") != sid]
    return changed


def operator_statement(caller_arn: str, expires: datetime) -> Policy:
    """Return the statement that lets only this caller (a user, or one role session) assume the role until `expires`.

    Raises ValueError for the root user, for an ARN that matches more than one caller, and for a time without time zone.
    """
    if caller_arn.endswith(":root"):
        raise ValueError(
            _("{caller_arn} is the root user of the account: use an IAM user or a role session").format(
                caller_arn=caller_arn
            )
        )
    if not _CALLER.fullmatch(caller_arn):
        raise ValueError(
            _("{caller_arn} is not the ARN of an IAM user or of a role session").format(caller_arn=caller_arn)
        )
    if expires.tzinfo is None:
        raise ValueError(_("the expiry time of the statement has no time zone"))
    return {
        "Sid": LIVE_TEST_SID,
        "Effect": "Allow",
        "Principal": {"AWS": caller_arn},
        "Action": ASSUME_ROLE,
        "Condition": {"DateLessThan": {"aws:CurrentTime": expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}},
    }
