"""The container instances of the account: the EC2 instances that run tasks of ECS and jobs of AWS Batch."""

from __future__ import annotations

from typing import Any

HOPS = {"host": 0, "bridge": 1, "awsvpc": 1}
"""The network mode of a task -> the hops from its container instance to its containers; with `none` there is no way.

Source: Amazon EC2 user guide, "Instance metadata access considerations": "going to the container is considered an
additional network hop".
"""


def host_of(account: str, region: str, cluster: str, container_instance: str | None) -> str | None:
    """The ID of the EC2 instance of a container instance, given by its ARN; None if the cluster does not have it."""
    found = _container_instances(account, region, cluster).get((container_instance or "").rpartition("/")[2])
    return None if found is None else str(found.ec2_instance_id)


def first_host(account: str, region: str, cluster: str) -> str | None:
    """The ID of the first EC2 instance that takes tasks of a cluster; None if there is none."""
    known = _container_instances(account, region, cluster).values()
    return next((str(each.ec2_instance_id) for each in known if each.status == "ACTIVE"), None)


def _container_instances(account: str, region: str, cluster: str) -> dict[str, Any]:
    from moto.ecs.models import ecs_backends

    found: dict[str, Any] = ecs_backends[account][region].container_instances.get(cluster, {})
    return found
