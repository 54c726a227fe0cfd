"""Finds the EC2 instance that runs with a role, if there is only one."""

from __future__ import annotations

from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect.live import read_pages

_STATES = ["pending", "running", "stopping", "stopped"]


def find(clouds: Clouds, role: str) -> str:
    """Return the ID of the only instance whose instance profile has the role; empty if there is not one.

    What cannot be read does not tell an instance.
    """
    try:
        listed = clouds.aws.call("iam", "list_instance_profiles_for_role", RoleName=role)
        profiles = {str(profile["Arn"]) for profile in listed["InstanceProfiles"]}
        if not profiles:
            return ""
        filters = [{"Name": "instance-state-name", "Values": _STATES}]
        pages = read_pages(lambda page: _page(clouds, filters, page), "Reservations", "NextToken")
    except CloudError:
        return ""
    instances = [instance for reservation in pages.items for instance in reservation["Instances"]]
    own = [each for each in instances if each.get("IamInstanceProfile", {}).get("Arn") in profiles]
    return str(own[0]["InstanceId"]) if len(own) == 1 else ""


def _page(clouds: Clouds, filters: list[dict[str, Any]], token: str) -> dict[str, Any]:
    more = {"NextToken": token} if token else {}
    return dict(clouds.aws.call("ec2", "describe_instances", Filters=filters, **more))
