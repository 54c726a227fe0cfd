"""ARNs, whose partition follows from the region."""

from __future__ import annotations

_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "eusc-": "aws-eusc",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
}
"""The beginning of a region's name -> the partition. Source: AWS Fault Isolation Boundaries, "Partitions"."""


def partition(region: str) -> str:
    """The partition of a region: `aws` unless its name says otherwise."""
    for prefix, name in _PARTITIONS.items():
        if region.startswith(prefix):
            return name
    return "aws"


def arn(service: str, region: str, account: str, resource: str) -> str:
    """The ARN of a resource in a region."""
    return f"arn:{partition(region)}:{service}:{region}:{account}:{resource}"


def global_arn(service: str, region: str, account: str, resource: str) -> str:
    """The ARN of a resource of a global service, such as IAM, in the partition of a region."""
    return f"arn:{partition(region)}:{service}::{account}:{resource}"
