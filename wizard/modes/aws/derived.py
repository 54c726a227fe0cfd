"""Values that are derived from answers about AWS: names, conditions and mappings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wizard.federation import aws
from wizard.modes.aws import rules

POOL = "aws-workloads"
"""The default ID of a pool."""

_ENTRY = re.compile(r"(?P<key>(?:google|attribute)\.\w*)(?: = |=(?!=))(?P<expression>.*)", re.ASCII)


def provider(account: str) -> str | None:
    """Return the ID of a provider for an AWS account: `aws-111122223333`. None if the account is not valid."""
    if rules.account_id(account):
        return None
    name = f"aws-{account}"
    return name if rules.provider_id(name) is None else None


def eks_provider(cluster: str) -> str | None:
    """Return the ID of a provider for an EKS cluster: `eks-shop`. None if the cluster's name gives no valid ID."""
    words = re.sub(r"[^a-z0-9]+", "-", cluster.lower()).strip("-")
    name = f"eks-{words}"[:32].rstrip("-")
    return name if words and rules.provider_id(name) is None else None


def account_condition(account: str, region: str) -> str:
    """Return the attribute condition that admits every role of an AWS account, and no identity without a role."""
    prefix = f"arn:{aws.partition_of(region)}:sts::{account}:assumed-role/"
    return f"attribute.aws_role.startsWith('{prefix}')"


def mapping_text(mapping: Mapping[str, str]) -> str:
    """Return an attribute mapping as lines `KEY=EXPRESSION`."""
    return "\n".join(f"{key}={expression}" for key, expression in mapping.items())


def mapping_of(text: str) -> dict[str, str]:
    """Return the attribute mapping of lines `KEY=EXPRESSION`. A line without a key continues the line before it.

    Lines before the first key become the expression of the key "", which no provider accepts.
    """
    mapping: dict[str, str] = {}
    key = ""
    for line in text.split("\n"):
        entry = _ENTRY.fullmatch(line)
        if entry:
            key = entry["key"]
            mapping[key] = entry["expression"]
        elif key in mapping:
            mapping[key] = f"{mapping[key]}\n{line}"
        elif line.strip():
            mapping[key] = line
    return mapping
