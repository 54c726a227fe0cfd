"""AWS trust policies: the one a runtime needs, and whether a policy lets a caller assume its role.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from wizard.federation.aws import partition_of
from wizard.federation.trust_conditions import holds, like

RUNTIMES = ("ecs-fargate", "ecs-ec2", "batch-fargate", "batch-ec2", "ec2", "lambda")
"""Where a workload on AWS can run."""

ASSUME_ROLE = "sts:AssumeRole"

_ECS = "ecs-tasks.amazonaws.com"
_SERVICES = {"ec2": "ec2.amazonaws.com", "lambda": "lambda.amazonaws.com"}
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


def service_of(runtime: str) -> str:
    """The service principal that assumes the role of a workload in this runtime; KeyError if unknown."""
    return _ECS if runtime.startswith(("ecs-", "batch-")) else _SERVICES[runtime]


def trust_policy(runtime: str, account: str, region: str) -> Policy:
    """The trust policy of a role for this runtime, no wider than AWS lets it be.

    aws:SourceAccount and aws:SourceArn are there only for ECS (and so Batch), which is documented to send them:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    statement: Policy = {"Effect": "Allow", "Principal": {"Service": service_of(runtime)}, "Action": ASSUME_ROLE}
    if service_of(runtime) == _ECS:
        source = f"arn:{partition_of(region)}:ecs:{region}:{account}:*"
        statement["Condition"] = {
            "ArnLike": {"aws:SourceArn": source},
            "StringEquals": {"aws:SourceAccount": account},
        }
    return {"Version": "2012-10-17", "Statement": [statement]}


def service_context(runtime: str, account: str, region: str) -> dict[str, str | datetime]:
    """The condition keys that the runtime's service sends when it assumes a role."""
    if service_of(runtime) != _ECS:
        return {}
    source = f"arn:{partition_of(region)}:ecs:{region}:{account}:task"
    return {"aws:SourceAccount": account, "aws:SourceArn": source}


def trusts_service(policy: Policy, runtime: str, account: str, region: str) -> bool:
    """Does this trust policy already let the runtime's service assume the role?"""
    caller = TrustCaller("service", service=service_of(runtime))
    return allows(policy, caller, ASSUME_ROLE, service_context(runtime, account, region))


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
