"""The limits that AWS, and Google's API of pools and providers, set to names.

Sources: IAM API v1 discovery document (pools, providers),
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (roles).
"""

import re

from wizard.setup.rules import Broken, full

POOL_ID = r"^(?!gcp-)[a-z0-9-]{4,32}$"
ACCOUNT_ID = r"^[0-9]{12}$"
AWS_ROLE_NAME = r"^[A-Za-z0-9_+=,.@-]{1,64}$"
REGION = r"^([a-z]{2}|eusc)(-[a-z]+){1,2}-[0-9]$"


def pool_id(text: str) -> Broken | None:
    """A workload identity pool's id."""
    return _federation_id("pool", text)


def provider_id(text: str) -> Broken | None:
    """A workload identity pool provider's id."""
    return _federation_id("provider", text)


def _federation_id(kind: str, text: str) -> Broken | None:
    if full(POOL_ID, text):
        return None
    if text.startswith("projects/"):
        return Broken(f'"{text}" is a resource name', f"write the {kind}'s id only: {text.rstrip('/').rsplit('/')[-1]}")
    if text.startswith("gcp-"):
        return Broken(f'"{text}" starts with "gcp-", which Google keeps for itself', "choose another beginning")
    if re.fullmatch(r"[a-z0-9-]*", text):
        return Broken(f'"{text}" has {len(text)} characters', f"a {kind} id has 4 to 32")
    return Broken(f'"{text}" is no {kind} id', "use 4 to 32 lower case letters, digits and dashes")


def account_id(text: str) -> Broken | None:
    """An AWS account's id, as text."""
    if full(ACCOUNT_ID, text):
        return None
    digits = re.sub(r"[\s-]", "", text)
    if full(ACCOUNT_ID, digits):
        return Broken(f'"{text}" has more than digits', f'write "{digits}"')
    return Broken(f'"{text}" is no AWS account id', "write its 12 digits")


def role_name(text: str) -> Broken | None:
    """An IAM role's name on AWS, without path and ARN."""
    if full(AWS_ROLE_NAME, text):
        return None
    if "/" in text:
        return _role_with_path(text)
    if len(text) > 64:
        return Broken(f"the role's name has {len(text)} characters", "AWS allows 64")
    return Broken(f'"{text}" is no role name', "use letters, digits and + = , . @ _ -")


def _role_with_path(text: str) -> Broken:
    what = f'"{text}" is the ARN of a role' if text.startswith("arn:") else f'"{text}" has a path'
    name = text.split("/")[1] if ":assumed-role/" in text else text.rstrip("/").rsplit("/", 1)[-1]
    fix = f"write the name alone: {name} (the path is no part of a role session's ARN, which is what Google sees)"
    return Broken(what, fix)


def region(text: str) -> Broken | None:
    """An AWS region."""
    if full(REGION, text):
        return None
    if full(REGION, text[:-1]):
        return Broken(f'"{text}" is an availability zone', f"write the region: {text[:-1]}")
    return Broken(f'"{text}" is no AWS region', "write one such as ap-northeast-1")
