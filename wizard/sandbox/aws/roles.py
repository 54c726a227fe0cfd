"""What IAM demands of a role and its trust policy, where moto demands less.

Source of the rules and texts: IAM API reference, CreateRole and UpdateAssumeRolePolicy; IAM user guide, "Principal".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .directory import Directory
from .errors import AwsRefusal, out_of_bounds

_NAME = re.compile(r"[\w+=,.@-]+", re.ASCII)
_PATH = re.compile(r"/|/[!-~]+/", re.ASCII)
_ACCOUNT = re.compile(r"\d{12}|arn:aws[a-z-]*:iam::\d{12}:root", re.ASCII)
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?", re.ASCII)
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/[^/]+", re.ASCII)
_TRUST_SIZE = 2048
"""The quota on a role's trust policy, in characters without whitespace (IAM quotas)."""


def check_role(parameters: Mapping[str, str]) -> None:
    """The name, the path and the session limit of a new role. Raises AwsRefusal."""
    name, path = parameters.get("RoleName", ""), parameters.get("Path", "/")
    if not _NAME.fullmatch(name):
        text = "It must contain only alphanumeric characters and/or the following: +=,.@_-"
        raise AwsRefusal("ValidationError", f"The specified value for roleName is invalid. {text}", 400)
    if len(name) > 64:
        raise out_of_bounds(name, "roleName", "Member must have length less than or equal to 64")
    if not _PATH.fullmatch(path):
        text = "It must begin and end with / and contain only alphanumeric characters and/or / characters."
        raise AwsRefusal("ValidationError", f"The specified value for path is invalid. {text}", 400)
    seconds = parameters.get("MaxSessionDuration", "3600")
    if not seconds.isdigit() or int(seconds) < 3600:
        raise out_of_bounds(seconds, "maxSessionDuration", "Member must have value greater than or equal to 3600")
    if int(seconds) > 43_200:
        raise out_of_bounds(seconds, "maxSessionDuration", "Member must have value less than or equal to 43200")


def check_modifiable(arn: str, name: str) -> None:
    """A role whose trust policy is to be changed. Raises AwsRefusal for service-linked roles and those of AWS SSO."""
    if arn.partition(":role")[2].startswith(("/aws-service-role/", "/aws-reserved/")):
        text = f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
        raise AwsRefusal("UnmodifiableEntity", text, 400)


def check_trust(document: str, directory: Directory, account: str) -> None:
    """A trust policy to be stored. Raises AwsRefusal: malformed, too long, or with a principal that does not exist."""
    from moto.iam.exceptions import MalformedPolicyDocument
    from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

    try:
        IAMTrustPolicyDocumentValidator(document).validate()
    except MalformedPolicyDocument as error:
        raise AwsRefusal("MalformedPolicyDocument", str(error.message), 400) from error
    policy = json.loads(document)
    if len("".join(document.split())) > _TRUST_SIZE:
        raise AwsRefusal("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {_TRUST_SIZE}", 409)
    found = policy["Statement"]
    for statement in [found] if isinstance(found, dict) else found:
        _check_principals(statement, directory, account)


def _check_principals(statement: Mapping[str, Any], directory: Directory, account: str) -> None:
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if principal is None:
        raise AwsRefusal("MalformedPolicyDocument", "Missing required field Principal", 400)
    if principal == "*":
        return
    if not isinstance(principal, dict) or not principal:
        raise AwsRefusal("MalformedPolicyDocument", "AssumeRolepolicy contained an invalid principal", 400)
    for kind, name in _named(principal):
        if not _exists(kind, name, directory, account):
            raise AwsRefusal("MalformedPolicyDocument", f'Invalid principal in policy: "{kind}":"{name}"', 400)


def _named(principal: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for kind, names in principal.items():
        for name in names if isinstance(names, list) else [names]:
            yield kind, str(name)


def _exists(kind: str, name: str, directory: Directory, account: str) -> bool:
    if kind == "Service":
        return _SERVICE.fullmatch(name) is not None
    if kind != "AWS":
        return kind in ("Federated", "CanonicalUser")
    if name == "*" or _ACCOUNT.fullmatch(name) or directory.has(name):
        return True
    session = _SESSION.fullmatch(name)
    return session is not None and session["account"] == account and directory.role_named(session["role"]) is not None
