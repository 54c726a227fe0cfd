"""The quota on the length of a role's trust policy, checked before a longer policy is written."""

from __future__ import annotations

from typing import Any, Protocol

from wizard.clouds.errors import CloudError
from wizard.engine.resource import Refused
from wizard.federation import trust_edit
from wizard.language import _

_DEFAULT = 2048
"""The quota of an account that has not asked for more, in characters without whitespace.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
_TOO_LONG = (
    "the trust policy of {role} would have {length} characters with one more statement, but the account's quota is "
    '{quota} characters. Remove unused statements, or ask AWS to increase the quota "Role trust policy length", '
    "then plan again"
)


class AwsCalls(Protocol):
    """The operator's calls to AWS, by service and Python operation name."""

    def call(self, service: str, operation: str, /, **arguments: Any) -> dict[str, Any]:
        """Send one call, and return the answer. Raises CloudError."""


def refuse_too_long(aws: AwsCalls, role: str, policy: dict[str, Any]) -> None:
    """Raise Refused if the policy is longer than the account's quota. If that cannot be read, AWS decides."""
    length = trust_edit.length(policy)
    if length <= _DEFAULT:
        return
    quota = _quota(aws)
    if quota is not None and length > quota:
        raise Refused(_(_TOO_LONG).format(role=role, length=length, quota=quota))


def _quota(aws: AwsCalls) -> int | None:
    try:
        summary = aws.call("iam", "get_account_summary")["SummaryMap"]
    except CloudError:
        return None
    return int(summary.get("AssumeRolePolicySizeQuota", _DEFAULT))
