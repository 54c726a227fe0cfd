"""AWS trust policies: the one that a service needs, and whether a policy lets a caller assume its role.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from wizard.federation.trust_conditions import holds, like

ASSUME_ROLE = "sts:AssumeRole"

_WHOLE_ACCOUNT = re.compile(r"(?P<id>\d{12})|arn:[a-z-]+:iam::(?P<root>\d{12}):root", re.ASCII)

Policy = dict[str, Any]
"""A policy document, parsed."""


@dataclass(frozen=True)
class TrustCaller:
    """Who asks to assume a role: an AWS service, or a principal of an account.

    `arn` is the caller's own: of a user, or of a role session. `role_arn` is the session's role, path included,
    which the session ARN does not tell: a policy that names a role admits its sessions only if it is given.
    """

    kind: Literal["service", "aws"]
    service: str | None = None
    arn: str | None = None
    account: str | None = None
    role_arn: str | None = None


@dataclass(frozen=True)
class TrustedService:
    """An AWS service that assumes a role for a workload, and what it sends with the request.

    `source_account` is the value of aws:SourceAccount. `source_arn` is the beginning of aws:SourceArn, up to the
    account: "arn:aws:ecs:ap-northeast-1:111122223333". Both are None for a service that is not documented to send them.
    """

    principal: str
    source_account: str | None = None
    source_arn: str | None = None


def trust_policy(service: TrustedService) -> Policy:
    """The trust policy of a role for this service, no wider than AWS lets it be.

    It requires aws:SourceAccount and aws:SourceArn where the service is documented to send them, as ECS is:
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
    """Whether this trust policy lets the service assume the role. ValueError for NotPrincipal."""
    caller = TrustCaller("service", service=service.principal)
    return allows(policy, caller, ASSUME_ROLE, _sent_by(service))


def _sent_by(service: TrustedService) -> dict[str, str | datetime]:
    """The condition keys of a request of the service."""
    if service.source_account is None or service.source_arn is None:
        return {}
    return {"aws:SourceAccount": service.source_account, "aws:SourceArn": f"{service.source_arn}:task"}


def allows(policy: Policy, caller: TrustCaller, action: str, context: Mapping[str, str | datetime]) -> bool:
    """Does this trust policy let the caller do this? A matching Deny wins over every Allow.

    A condition that cannot be evaluated here never admits: its Allow does not count, its Deny does. ValueError for
    NotPrincipal. An account as principal admits everyone in it; what the caller's own policies say is not seen here.
    """
    effects = [_effect(statement, caller, action, context) for statement in statements(policy)]
    return "Allow" in effects and "Deny" not in effects


def statements(policy: Policy) -> list[Policy]:
    """The statements of a policy, which may also hold a single one without a list."""
    found = policy.get("Statement", [])
    return [found] if isinstance(found, dict) else list(found)


def _effect(statement: Policy, caller: TrustCaller, action: str, context: Mapping[str, str | datetime]) -> str | None:
    if "NotPrincipal" in statement:
        raise ValueError("a trust policy with NotPrincipal cannot be evaluated here")
    if not _names_action(statement, action) or not _names_caller(statement.get("Principal"), caller):
        return None
    verdict = holds(statement.get("Condition", {}), context)
    effect = statement.get("Effect")
    applies = verdict is not False if effect == "Deny" else verdict is True
    return str(effect) if applies else None


def _names_action(statement: Policy, action: str) -> bool:
    if "NotAction" in statement:
        return not any(like(name.lower(), action.lower()) for name in _list(statement["NotAction"]))
    return any(like(name.lower(), action.lower()) for name in _list(statement.get("Action", [])))


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
