"""What Google's token service learns about an AWS caller, and the mapping and condition that admit one role."""

PARTITIONS: dict[str, str] = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "eusc-": "aws-eusc",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
}
"""The beginning of a region -> its AWS partition; every other region is in `aws`."""

_DOMAINS = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}

SUBJECT_LIMIT = 127
"""The longest google.subject, in bytes."""

AWS_ROLE = (
    "assertion.arn.contains('assumed-role') "
    "? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/' "
    "+ assertion.arn.extract('assumed-role/{role_name}/') "
    ": assertion.arn"
)
"""The expression that makes an assumed role's ARN without its session; Google's default for attribute.aws_role."""

AWS_DEFAULT_MAPPING: dict[str, str] = {"google.subject": "assertion.arn", "attribute.aws_role": AWS_ROLE}
"""What an AWS provider without a mapping maps (IAM API, WorkloadIdentityPoolProvider.attributeMapping)."""


def aws_assertion(account: str, arn: str, userid: str) -> dict[str, str]:
    """The assertion that mappings and conditions see: the answer of GetCallerIdentity."""
    return {"account": account, "arn": arn, "userid": userid}


def assumed_role_arn(account: str, role_name: str, session: str, partition: str = "aws") -> str:
    """The ARN of a role session. The path of the role is no part of it, so `role_name` has none."""
    return f"{role_attribute(account, role_name, partition)}/{session}"


def role_arn(account: str, role_name: str, partition: str = "aws") -> str:
    """The ARN of a role without a path."""
    return f"arn:{partition}:iam::{account}:role/{role_name}"


def role_attribute(account: str, role_name: str, partition: str = "aws") -> str:
    """The value of attribute.aws_role for every session of a role, under the default mapping."""
    return f"arn:{partition}:sts::{account}:assumed-role/{role_name}"


def partition_of(region: str) -> str:
    """The AWS partition of a region: "aws", "aws-cn", "aws-us-gov", "aws-eusc", or one of the isolated ones."""
    for beginning, partition in PARTITIONS.items():
        if region.startswith(beginning):
            return partition
    return "aws"


def domain_of(region: str) -> str:
    """The domain of AWS's API hosts for a region: "amazonaws.com" in most partitions."""
    return _DOMAINS.get(partition_of(region), "amazonaws.com")


def longest_subject(account: str, role_name: str, session_length: int, partition: str = "aws") -> int:
    """The size of the role's session ARN, in bytes, with a session name of `session_length` characters."""
    return len(assumed_role_arn(account, role_name, "x" * session_length, partition).encode())


def mapping_for(account: str, role_name: str, session_length: int, partition: str = "aws") -> dict[str, str]:
    """The attribute mapping for one role whose session names have at most `session_length` characters.

    It is Google's default, unless the session ARN could be too long a subject. Then google.subject has account and
    role only, which always fit: the token service refuses a longer one when the workload runs, not when the provider
    is created.
    """
    if longest_subject(account, role_name, session_length, partition) <= SUBJECT_LIMIT:
        return dict(AWS_DEFAULT_MAPPING)
    return {**AWS_DEFAULT_MAPPING, "google.subject": AWS_ROLE}


def condition_for(account: str, role_name: str, partition: str = "aws") -> str:
    """The attribute condition that admits one role of an account, not the account."""
    return f"attribute.aws_role == '{role_attribute(account, role_name, partition)}'"
