"""AWS trust policies: generates the policy for a service, and evaluates whether a policy admits a caller.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from wizard.federation.trust_conditions import is_met, matches_wildcards

ASSUME_ROLE = "sts:AssumeRole"

_WHOLE_ACCOUNT = re.compile(r"(?P<id>\d{12})|arn:[a-z-]+:iam::(?P<root>\d{12}):root", re.ASCII)

Policy = dict[str, Any]
"""A parsed policy document."""


@dataclass(frozen=True)
class TrustCaller:
    """The caller that wants to assume a role: an AWS service, or a principal of an account.

    `arn` is that of a user or of a role session. `role_arn` is the role of the session with its path, which the session
    ARN does not contain. Without it, a policy that names the role does not admit its sessions.
    """

    kind: Literal["service", "aws"]
    service: str | None = None
    arn: str | None = None
    account: str | None = None
    role_arn: str | None = None


@dataclass(frozen=True)
class TrustedService:
    """An AWS service that assumes a role for a workload, and the condition keys of its request.

    `source_account` is the value of aws:SourceAccount. `source_arn` is aws:SourceArn up to the account, such as
    "arn:aws:ecs:ap-northeast-1:111122223333". Both are None if AWS does not document that the service sends them.
    """

    principal: str
    source_account: str | None = None
    source_arn: str | None = None


def trust_policy(service: TrustedService) -> Policy:
    """Return the narrowest trust policy of a role for this service.

    It requires aws:SourceAccount and aws:SourceArn if AWS documents that the service sends them, as for ECS:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    statement: Policy = {"Effect": "Allow", "Principal": {"Service": service.principal}, "Action": ASSUME_ROLE}
    if service.source_arn is not None:
        statement["Condition"] = {
            "ArnLike": {"aws:SourceArn": f"{service.source_arn}:*"},
            "StringEquals": {"aws:SourceAccount": service.source_account},
        }
    return {"Version": "2012-10-17", "Statement": [statement]}


def trusts_service(policy: Policy, service: TrustedService) -> bool:
    """Return whether this trust policy lets the service assume the role. Raises ValueError for NotPrincipal."""
    caller = TrustCaller("service", service=service.principal)
    return allows(policy, caller, ASSUME_ROLE, _sent_by(service))


def _sent_by(service: TrustedService) -> dict[str, str | datetime]:
    """Return the condition keys that the service sends with its request."""
    if service.source_account is None or service.source_arn is None:
        return {}
    return {"aws:SourceAccount": service.source_account, "aws:SourceArn": f"{service.source_arn}:task"}


def allows(policy: Policy, caller: TrustCaller, action: str, context: Mapping[str, str | datetime]) -> bool:
    """Return whether this trust policy allows the caller this action. A matching Deny overrides any Allow.

    If a condition cannot be evaluated, an Allow with it does not apply, and a Deny with it does. An account as
    principal includes all principals of the account. Identity policies of the caller are not evaluated. Raises
    ValueError for NotPrincipal.
    """
    effects = [_effect(statement, caller, action, context) for statement in statements(policy)]
    return "Allow" in effects and "Deny" not in effects


def statements(policy: Policy) -> list[Policy]:
    """Return the statements of a policy, in which a single statement does not need a list."""
    statement = policy.get("Statement", [])
    return [statement] if isinstance(statement, dict) else list(statement)


def _effect(statement: Policy, caller: TrustCaller, action: str, context: Mapping[str, str | datetime]) -> str | None:
    if "NotPrincipal" in statement:
        raise ValueError("the wizard cannot evaluate a trust policy with NotPrincipal")
    if not _names_action(statement, action) or not _names_caller(statement.get("Principal"), caller):
        return None
    met = is_met(statement.get("Condition", {}), context)
    effect = statement.get("Effect")
    applies = met is not False if effect == "Deny" else met is True
    return str(effect) if applies else None


def _names_action(statement: Policy, action: str) -> bool:
    if "NotAction" in statement:
        return not any(matches_wildcards(name.lower(), action.lower()) for name in _list(statement["NotAction"]))
    return any(matches_wildcards(name.lower(), action.lower()) for name in _list(statement.get("Action", [])))


def _names_caller(principal: object, caller: TrustCaller) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    if "*" in _list(principal.get("AWS", [])):
        return True
    if caller.kind == "service":
        return caller.service in _list(principal.get("Service", []))
    return any(_is_caller(name, caller) for name in _list(principal.get("AWS", [])))


def _is_caller(name: str, caller: TrustCaller) -> bool:
    if account := _WHOLE_ACCOUNT.fullmatch(name):
        return caller.account in (account["id"], account["root"])
    return name in (caller.arn, caller.role_arn)


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
