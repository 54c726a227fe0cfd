"""IAM users and role sessions that a test makes, and what their policies say."""

import json
from typing import Any

from tests.sandbox.aws.served import ACCOUNT, Account, trust

Key = dict[str, Any]
Statement = dict[str, Any]
USER = f"arn:aws:iam::{ACCOUNT}:user/worker"
VERSION = "2012-10-17"


def document(*statements: Statement) -> str:
    """A policy document."""
    return json.dumps({"Version": VERSION, "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> Statement:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def user(account: Account, *statements: Statement, name: str = "worker") -> Key:
    """The access key of a new IAM user with an inline policy, if it has statements."""
    iam = account.client("iam")
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document(*statements))
    key: Key = iam.create_access_key(UserName=name)["AccessKey"]
    return key


def session(account: Account, *statements: Statement, name: str = "worker", **parameters: Any) -> Key:
    """The credentials of a session of a new role with an inline policy, if it has statements."""
    iam = account.client("iam")
    operator = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/operator"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(operator))["Role"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
    answer = account.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="session", **parameters)
    credentials: Key = answer["Credentials"]
    return credentials
