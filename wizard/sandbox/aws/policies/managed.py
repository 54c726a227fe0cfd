"""The policies that AWS manages, such as AdministratorAccess.

moto ships their documents, about 1,500 of them, in one text of 5 MB. Each policy is read when it is first named, so
that an account starts as fast as without them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from ..identity import unique_id

_ARN = re.compile(r"arn:aws[a-z-]*:iam::aws:policy(?P<path>/(?:[\w.-]+/)*)(?P<name>[\w+=,.@-]+)", re.ASCII)
ADMINISTRATOR = "AdministratorAccess"


def load(iam: Any, arns: Iterable[str]) -> None:
    """Add the AWS managed policies among these ARNs to moto's IAM model; those that do not exist are left out."""
    for arn in arns:
        found = _ARN.fullmatch(arn)
        if found is not None and arn not in iam.managed_policies:
            _add(iam, found["name"], arn)


def load_all(iam: Any) -> None:
    """Add all AWS managed policies; takes about 0.2 s the first time."""
    for name, data in _all().items():
        policy = _policy(iam, name, data)
        iam.managed_policies.setdefault(policy.arn, policy)


def _add(iam: Any, name: str, arn: str) -> None:
    data = _one(name)
    if data is None:
        return
    policy = _policy(iam, name, data)
    if policy.arn == arn:  # the path is part of the ARN
        iam.managed_policies[arn] = policy


def _policy(iam: Any, name: str, data: dict[str, Any]) -> Any:
    from moto.iam.models import AWSManagedPolicy

    policy = AWSManagedPolicy.from_data(name, iam.account_id, iam.region_name, data)
    policy.id = "ANPA" + unique_id(17)
    return policy


@cache
def _one(name: str) -> dict[str, Any] | None:
    """The data of one policy, cut out of the text; None if there is none of that name."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data as text

    label = f'\n "{name}":'
    start = text.find(label)
    if start < 0:
        return None
    data, _ = json.JSONDecoder().raw_decode(text, start + len(label))
    return data if isinstance(data, dict) else None


@cache
def _all() -> dict[str, dict[str, Any]]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    found: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    return found
