"""The condition keys of a request. Source: IAM user guide, "AWS global condition context keys"."""

from __future__ import annotations

from datetime import datetime

from wizard.federation.trust_conditions import Value

from ..identity import Key


def principal_values(key: Key) -> dict[str, Value]:
    """The keys that say who calls."""
    who = key.identity
    values: dict[str, Value] = {
        "aws:PrincipalArn": key.role_arn or who.arn,
        "aws:PrincipalAccount": who.account,
        "aws:PrincipalType": "AssumedRole" if key.kind == "role" else "User",
        "aws:PrincipalIsAWSService": "false",
        "aws:userid": who.userid,
    }
    if key.kind == "user":
        values["aws:username"] = who.arn.rpartition("/")[2]
    if key.token is not None:  # requests with long-term keys do not have it
        values["aws:MultiFactorAuthPresent"] = "false"
    return values


def request_values(now: datetime, region: str, resource_account: str) -> dict[str, Value]:
    """The keys that say when, where, and on whose resource."""
    return {
        "aws:CurrentTime": now,
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:RequestedRegion": region,
        "aws:ResourceAccount": resource_account,
    }
