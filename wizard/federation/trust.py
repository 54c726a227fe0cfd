"""AWS trust policies: generates the policy for a service, and decides whether a policy admits a caller.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from wizard import recognised
from wizard.federation.trust_conditions import Request, Value, Verdict, combined, is_met, matches_wildcards
from wizard.federation.trust_patterns import Beginning, any_of
from wizard.language import N_, translated

ASSUME_ROLE = "sts:AssumeRole"

_WHOLE_ACCOUNT = re.compile(r"(?P<id>\d{12})|arn:[a-z-]+:iam::(?P<root>\d{12}):root", re.ASCII)
_WITH_VARIABLES = "2012-10-17"
"""The version of policies that have policy variables."""
_NEVER_SENT = frozenset({"sts:ExternalId"})
"""Condition keys that no AWS service sends to assume a role for a workload: external IDs are for third parties."""

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
    `role_account` is the account of the role; None if it is not known.
    """

    principal: str
    source_account: str | None = None
    source_arn: str | None = None
    role_account: str | None = None

    def request(self, now: datetime) -> Request:
        """Return what is known about the service's request to assume the role."""
        known: dict[str, Value | None] = {
            "aws:CurrentTime": now,
            "aws:EpochTime": str(int(now.timestamp())),
            "aws:SecureTransport": "true",
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": self.principal,
            "aws:ResourceAccount": self.role_account,
            "aws:SourceAccount": self.source_account,
            "aws:SourceArn": Beginning(f"{self.source_arn}:") if self.source_arn else None,
        }
        return Request({key: value for key, value in known.items() if value is not None}, _NEVER_SENT)


@dataclass(frozen=True)
class Decision:
    """What a trust policy decides about a caller.

    `admitted`: whether an Allow applies. `denied`: whether a Deny applies. Both are None if that is not known; then
    `unknown` names the condition keys that are missing. `denied_by` names the statements that deny.
    """

    admitted: bool | None
    denied: bool | None
    unknown: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool | None:
        """Whether the caller can assume the role; None if that is not known."""
        if self.denied or self.admitted is False:
            return False
        return None if self.denied is None else self.admitted


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
    return {"Version": _WITH_VARIABLES, "Statement": [statement]}


def trusts_service(policy: object, service: TrustedService, now: datetime) -> Decision:
    """Return whether this trust policy lets the service assume the role. `policy` can be any JSON."""
    return decide(policy, TrustCaller("service", service=service.principal), ASSUME_ROLE, service.request(now))


def decide(policy: object, caller: TrustCaller, action: str, request: Request) -> Decision:
    """Return what a trust policy, which can be any JSON, decides about a caller and an action.

    A Deny that applies overrides any Allow. An account as principal includes all principals of the account. Identity
    policies of the caller are not evaluated.
    """
    variables = isinstance(policy, dict) and policy.get("Version") == _WITH_VARIABLES
    allows: list[Verdict] = []
    denies: dict[str, Verdict] = {}
    for number, statement in enumerate(statements(policy), 1):
        verdict = _applies(statement, caller, action, request, variables)
        if statement.get("Effect") == "Allow":
            allows.append(verdict)
        if statement.get("Effect") == "Deny":
            denies[title(number, statement)] = verdict
    admitted = any_of(verdict.met for verdict in allows)
    denied = any_of(verdict.met for verdict in denies.values())
    undecided = (allows if admitted is None else []) + (list(denies.values()) if denied is None else [])
    unknown = [name for verdict in undecided for name in verdict.unknown]
    denied_by = [name for name, verdict in denies.items() if verdict.met]
    return Decision(admitted, denied, tuple(dict.fromkeys(unknown)), tuple(denied_by))


def statements(policy: object) -> list[Policy]:
    """Return the statements of a policy, in which a single statement does not need a list."""
    found = policy.get("Statement") if isinstance(policy, dict) else None
    if isinstance(found, dict):
        return [found]
    return [statement for statement in found if isinstance(statement, dict)] if isinstance(found, list) else []


def named_services(policy: object) -> list[str]:
    """Return the services that the Allow statements of a trust policy name, under whatever condition."""
    services: list[str] = []
    for statement in statements(policy):
        if statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal", {})
        service = principal.get("Service", []) if isinstance(principal, dict) else []
        services += [service] if isinstance(service, str) else list(service)
    return services


_STATEMENT = N_("statement {number}")
_WITH_SID = N_("statement {number} (Sid {sid})")


def title(number: int, statement: Policy) -> str:
    """Return how to name a statement of a policy to the user, in English. `number` counts from 1."""
    sid = statement.get("Sid")
    return _WITH_SID.format(number=number, sid=sid) if sid else _STATEMENT.format(number=number)


def title_in_language(name: str) -> str:
    """Return what `title` gave in the language that is spoken."""
    found = recognised.find(name, (_WITH_SID, _STATEMENT))
    if found is None:
        return name
    template, fields = found
    return translated(template).format(**fields)


def _applies(statement: Policy, caller: TrustCaller, action: str, request: Request, variables: bool) -> Verdict:
    if not _names_action(statement, action):
        return Verdict(False)
    condition = is_met(statement.get("Condition", {}), request, variables=variables)
    return combined([_concerns(statement, caller), condition])


def _names_action(statement: Policy, action: str) -> bool:
    if "NotAction" in statement:
        return not any(matches_wildcards(name.lower(), action.lower()) for name in _list(statement["NotAction"]))
    return any(matches_wildcards(name.lower(), action.lower()) for name in _list(statement.get("Action", [])))


def _concerns(statement: Policy, caller: TrustCaller) -> Verdict:
    """Return whether the statement is about the caller."""
    if "NotPrincipal" not in statement:
        return Verdict(_names_caller(statement.get("Principal"), caller))
    if caller.kind == "aws":  # AWS also compares the account of a user or a session, and the role of a session
        return Verdict(None, ("NotPrincipal",))
    return Verdict(not _names_caller(statement["NotPrincipal"], caller))


def _names_caller(principal: object, caller: TrustCaller) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    accounts = _list(principal.get("AWS", []))
    if "*" in accounts:
        return True
    if caller.kind == "service":
        return caller.service in _list(principal.get("Service", []))
    return any(_is_caller(name, caller) for name in accounts)


def _is_caller(name: str, caller: TrustCaller) -> bool:
    if account := _WHOLE_ACCOUNT.fullmatch(name):
        return caller.account in (account["id"], account["root"])
    return name in (caller.arn, caller.role_arn)


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
