"""What follows from answers about AWS: names that fit the APIs' rules, and the trust that fits the role."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wizard.federation import aws
from wizard.modes.aws import rules

POOL = "aws-workloads"
"""A pool's id where none is chosen."""

_ENTRY = re.compile(r"(?P<key>(?:google|attribute)\.\w*)(?: = |=(?!=))(?P<expression>.*)", re.ASCII)


def provider(account: str) -> str | None:
    """A provider's id for an AWS account: `aws-111122223333`; None where no id can be made of it."""
    made = f"aws-{account}"
    return made if rules.account_id(account) is None and rules.provider_id(made) is None else None


def account_condition(account: str, region: str) -> str:
    """The attribute condition that admits every role of an AWS account, and nobody without a role."""
    prefix = f"arn:{aws.partition_of(region)}:sts::{account}:assumed-role/"
    return f"attribute.aws_role.startsWith('{prefix}')"


def mapping_text(mapping: Mapping[str, str]) -> str:
    """An attribute mapping as lines `KEY=EXPRESSION`."""
    return "\n".join(f"{key}={expression}" for key, expression in mapping.items())


def mapping_of(text: str) -> dict[str, str]:
    """The attribute mapping that lines `KEY=EXPRESSION` mean; a line without a key goes on with the one before it.

    Lines before the first key become the expression of the key "", which no provider takes.
    """
    found: dict[str, str] = {}
    key = ""
    for line in text.split("\n"):
        entry = _ENTRY.fullmatch(line)
        if entry:
            key = entry["key"]
            found[key] = entry["expression"]
        elif key in found or line.strip():
            found[key] = f"{found[key]}\n{line}" if key in found else line
    return found
