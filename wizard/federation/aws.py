"""What Google's token service learns about an AWS caller, and the mapping and condition that admit one role."""

SESSION_LENGTH: dict[str, int] = {
    "ecs-fargate": 32,  # the task id
    "ecs-ec2": 32,
    "batch-fargate": 32,  # a job is an ECS task
    "batch-ec2": 32,
    "ec2": 19,  # the instance id, i-0123456789abcdef0
    "lambda": 64,  # the function name
}
"""Runtime -> the longest role session name that the runtime uses, in characters."""

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


def role_attribute(account: str, role_name: str, partition: str = "aws") -> str:
    """The value of attribute.aws_role for every session of a role, under the default mapping."""
    return f"arn:{partition}:sts::{account}:assumed-role/{role_name}"


def partition_of(region: str) -> str:
    """The AWS partition of a region: aws, aws-cn or aws-us-gov."""
    for prefix, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
        if region.startswith(prefix):
            return partition
    return "aws"


def longest_subject(account: str, role_name: str, runtime: str, partition: str = "aws") -> int:
    """How many bytes the session ARN of this role can have in this runtime; KeyError for an unknown runtime."""
    return len(assumed_role_arn(account, role_name, "x" * SESSION_LENGTH[runtime], partition).encode())


def mapping_for(account: str, role_name: str, runtime: str, partition: str = "aws") -> dict[str, str]:
    """The attribute mapping for one role: Google's default, unless the session ARN could be too long a subject.

    Then google.subject has account and role only, which always fit: the token service refuses a longer one when
    the workload runs, not when the provider is made.
    """
    if longest_subject(account, role_name, runtime, partition) <= SUBJECT_LIMIT:
        return dict(AWS_DEFAULT_MAPPING)
    return {**AWS_DEFAULT_MAPPING, "google.subject": AWS_ROLE}


def condition_for(account: str, role_name: str, partition: str = "aws") -> str:
    """The attribute condition that admits one role of an account, not the account."""
    return f"attribute.aws_role == '{role_attribute(account, role_name, partition)}'"
