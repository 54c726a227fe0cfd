"""Changes to one statement of a trust policy, known by its Sid; everything else stays as it is."""

import copy
import re
from datetime import UTC, datetime

from wizard.federation.trust import ASSUME_ROLE, Policy, statements

LIVE_TEST_SID = "WifWizardLiveTest"
"""The Sid of the statement that lets an operator assume the role for a test."""

_CALLER = re.compile(
    r"arn:[a-z-]+:(?:iam::\d{12}:user/|sts::\d{12}:(?:assumed-role/[^/*]+/|federated-user/))[^*]+", re.ASCII
)


def with_statement(policy: Policy, statement: Policy) -> Policy:
    """A copy of the policy with this statement, in the place of one with the same Sid, or at the end."""
    changed = copy.deepcopy(policy)
    kept = statements(changed)
    sids = [found.get("Sid") for found in kept]
    if statement["Sid"] in sids:
        kept[sids.index(statement["Sid"])] = copy.deepcopy(statement)
    else:
        kept.append(copy.deepcopy(statement))
    changed["Statement"] = kept
    return changed


def without_statement(policy: Policy, sid: str) -> Policy:
    """A copy of the policy without the statements that have this Sid."""
    changed = copy.deepcopy(policy)
    if any(found.get("Sid") == sid for found in statements(changed)):
        changed["Statement"] = [found for found in statements(changed) if found.get("Sid") != sid]
    return changed


def operator_statement(caller_arn: str, expires: datetime) -> Policy:
    """The statement that lets exactly this caller (a user, or one role session) assume the role until `expires`.

    ValueError for the root user, for anything wider than one caller, and for a time without a time zone.
    """
    if caller_arn.endswith(":root"):
        raise ValueError(f"{caller_arn} is the root user of the account: use an IAM user or a role session instead")
    if not _CALLER.fullmatch(caller_arn):
        raise ValueError(f"{caller_arn} is not the ARN of an IAM user or of a role session")
    if expires.tzinfo is None:
        raise ValueError("the time at which the statement expires needs a time zone")
    return {
        "Sid": LIVE_TEST_SID,
        "Effect": "Allow",
        "Principal": {"AWS": caller_arn},
        "Action": ASSUME_ROLE,
        "Condition": {"DateLessThan": {"aws:CurrentTime": expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}},
    }
