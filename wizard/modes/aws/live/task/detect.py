"""Where a one-off workload runs: what the setup says, and what the workload's own definition and service tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.engine.resource import Refused
from wizard.federation.trust import TrustedService, trusts_service
from wizard.language import _
from wizard.resources.trust_quota import AwsCalls

USUAL_EXECUTION_ROLE = "ecsTaskExecutionRole"
"""The name that the console of ECS gives to an execution role."""

NEW = 120.0
"""Seconds for which a role counts as new: IAM is eventually consistent."""

_NO_EXECUTION_ROLE = (
    "the wizard found no execution role for the one-off task. AWS pulls the image and writes the logs with the "
    "execution role. Write the ARN of the execution role in the setup: probe: "
    "{execution_role: arn:aws:iam::ACCOUNT:role/NAME}"
)


def execution_role(aws: AwsCalls, chosen: str | None, definitions: Iterable[Mapping[str, Any]]) -> str:
    """Return the ARN of the execution role: the setup's, that of a definition, or the usual one of the account.

    `definitions` are task definitions, or container properties of job definitions. Raises Refused if there is none.
    """
    if chosen:
        return chosen
    for definition in definitions:
        if definition.get("executionRoleArn"):
            return str(definition["executionRoleArn"])
    try:
        return str(aws.call("iam", "get_role", RoleName=USUAL_EXECUTION_ROLE)["Role"]["Arn"])
    except CloudError as error:
        raise Refused(_(_NO_EXECUTION_ROLE)) from error


def role_arn(aws: AwsCalls, name: str, otherwise: str) -> str:
    """Return the ARN of the workload's role, with its path; `otherwise` if the role cannot be read.

    Raises Refused if the role does not exist.
    """
    try:
        return str(aws.call("iam", "get_role", RoleName=name)["Role"]["Arn"])
    except CloudError as error:
        if error.reason == "NoSuchEntity":
            raise Refused(
                _(
                    "the role {name} does not exist, so no task can run with it: create the role with "
                    "wif-wizard apply, or correct the role in the setup"
                ).format(name=name)
            ) from error
        return otherwise


def is_settling(aws: AwsCalls, role: str, service: TrustedService | None) -> bool:
    """Return whether a refusal to assume a role can only mean that the role is new, and not visible everywhere yet.

    A trust policy that does not let the service assume the role does not come to do so by itself.
    """
    try:
        found = aws.call("iam", "get_role", RoleName=role)["Role"]
    except CloudError:
        return False
    now = datetime.now(UTC)
    if service is None or trusts_service(found["AssumeRolePolicyDocument"], service, now).allowed is False:
        return False
    return bool((now - found["CreateDate"]).total_seconds() < NEW)


def needs_public_ip(aws: AwsCalls, subnets: Iterable[str]) -> bool:
    """Return whether tasks in the subnets reach the internet only with a public IP address of their own.

    That is so where the route of a subnet leads to an internet gateway. If the routes cannot be read, returns False.
    """
    wanted = list(subnets)
    try:
        tables = aws.call("ec2", "describe_route_tables")["RouteTables"]
        networks = {each["VpcId"] for each in aws.call("ec2", "describe_subnets", SubnetIds=wanted)["Subnets"]}
    except CloudError:
        return False
    own = [table for table in tables if _subnets_of(table) & set(wanted)]
    mains = [table for table in tables if table.get("VpcId") in networks and _is_main(table)]
    return any(_leads_to_gateway(table) for table in own or mains)


def _subnets_of(table: Mapping[str, Any]) -> set[str]:
    return {str(each.get("SubnetId")) for each in table.get("Associations", ())}


def _is_main(table: Mapping[str, Any]) -> bool:
    return any(each.get("Main") for each in table.get("Associations", ()))


def _leads_to_gateway(table: Mapping[str, Any]) -> bool:
    routes = table.get("Routes", ())
    return any(str(route.get("GatewayId", "")).startswith("igw-") for route in routes)
