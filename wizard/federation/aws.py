"""The assertion that Google's token service has of an AWS caller, and the mapping and condition for one role."""

import re

PARTITIONS: dict[str, str] = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "eusc-": "aws-eusc",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
}
"""The AWS partition by the prefix of a region. All other regions are in `aws`."""

_DOMAINS = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}

SUBJECT_LIMIT = 127
"""The maximum length of google.subject, in bytes."""

AWS_ROLE = (
    "assertion.arn.contains('assumed-role') "
    "? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/' "
    "+ assertion.arn.extract('assumed-role/{role_name}/') "
    ": assertion.arn"
)
"""The expression for the ARN of an assumed role without the session: Google's default for attribute.aws_role."""

AWS_DEFAULT_MAPPING: dict[str, str] = {"google.subject": "assertion.arn", "attribute.aws_role": AWS_ROLE}
"""The mapping of an AWS provider that sets none (IAM API, WorkloadIdentityPoolProvider.attributeMapping)."""


def aws_assertion(account: str, arn: str, userid: str) -> dict[str, str]:
    """Return the assertion for mappings and conditions: the answer of GetCallerIdentity."""
    return {"account": account, "arn": arn, "userid": userid}


def assumed_role_arn(account: str, role_name: str, session: str, partition: str = "aws") -> str:
    """Return the ARN of a role session, which does not contain the path of the role. `role_name` is without a path."""
    return f"{role_attribute(account, role_name, partition)}/{session}"


def role_arn(account: str, role_name: str, partition: str = "aws", path: str = "/") -> str:
    """Return the ARN of a role. Its path starts and ends with a slash."""
    return f"arn:{partition}:iam::{account}:role{path}{role_name}"


def role_attribute(account: str, role_name: str, partition: str = "aws") -> str:
    """Return the value of attribute.aws_role for all sessions of a role, with the default mapping."""
    return f"arn:{partition}:sts::{account}:assumed-role/{role_name}"


def partition_of(region: str) -> str:
    """Return the AWS partition of a region: "aws", "aws-cn", "aws-us-gov", "aws-eusc", or an isolated partition."""
    for prefix, partition in PARTITIONS.items():
        if region.startswith(prefix):
            return partition
    return "aws"


def domain_of(region: str) -> str:
    """Return the domain of the AWS API hosts for a region: "amazonaws.com" in most partitions."""
    return _DOMAINS.get(partition_of(region), "amazonaws.com")


def longest_subject(account: str, role_name: str, session_length: int, partition: str = "aws") -> int:
    """Return the size in bytes of the role's session ARN, with a session name of `session_length` characters."""
    return len(assumed_role_arn(account, role_name, "x" * session_length, partition).encode())


def mapping_for(account: str, role_name: str, session_length: int, partition: str = "aws") -> dict[str, str]:
    """Return the attribute mapping for one role whose session names have at most `session_length` characters.

    It is Google's default, unless the session ARN could be too long for google.subject. Then google.subject contains
    only the account and the role, which always fit. Google refuses a subject that is too long only when the workload
    asks for a token, not when the provider is created.
    """
    if longest_subject(account, role_name, session_length, partition) <= SUBJECT_LIMIT:
        return dict(AWS_DEFAULT_MAPPING)
    return {**AWS_DEFAULT_MAPPING, "google.subject": AWS_ROLE}


def condition_for(account: str, role_name: str, partition: str = "aws") -> str:
    """Return the attribute condition that admits one role of an account, and no other role."""
    return f"attribute.aws_role == '{role_attribute(account, role_name, partition)}'"


_OUTBOUND_ISSUER = re.compile(r"https://[0-9a-fA-F-]{36}\.tokens\.sts\.global\.api\.aws/?")


def is_outbound_issuer(url: object) -> bool:
    """Return whether a URL is the issuer of AWS's own JWTs (sts:GetWebIdentityToken), of which each account has one.

    Source: AWS IAM User Guide, "Federating AWS identities to external services".
    """
    return isinstance(url, str) and _OUTBOUND_ISSUER.fullmatch(url) is not None
