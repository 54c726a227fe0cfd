"""The cluster and the network of a one-off task: the setup's, those of a service, or those of the last tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.engine.resource import Refused
from wizard.language import _
from wizard.modes.aws import rules
from wizard.modes.aws.live.task import detect
from wizard.modes.aws.live.task.ecs import EcsPlace
from wizard.modes.aws.live.task.wanted import Logs, own_group
from wizard.modes.aws.model import AwsSetup
from wizard.resources.trust_quota import AwsCalls

_NO_NETWORK = (
    "the wizard found no service and no task of the workload, and does not know which network the one-off task "
    "needs. Write the network in the setup: probe: {cluster: NAME, subnets: [SUBNET], security_groups: [GROUP]}"
)
_NO_NETWORK_IN_CLUSTER = (
    "the wizard found no service and no task of the workload in the cluster {cluster}, and does not know which "
    "network the one-off task needs. Write the network in the setup: probe: "
    "{{cluster: {cluster}, subnets: [SUBNET], security_groups: [GROUP]}}"
)
_NO_CLUSTER = (
    "the wizard found no service and no task of the workload, and does not know which cluster the one-off task "
    "needs. Write the cluster in the setup: probe: {cluster: NAME}"
)
_OF_SETUP = "cluster and network: from the setup"
_CLUSTER_OF_SETUP = "cluster: from the setup"
_OF_SERVICE = "cluster and network: from the service {service}"
_OF_TASK = "cluster and network: from the task {task}"
_MOST = 10
"""How many services or tasks ECS describes in one call."""


def own_definition(aws: AwsCalls, name: str | None) -> Mapping[str, Any]:
    """Return the newest active revision of a task definition, which is the one that apply wires; empty without a name.

    Raises CloudError.
    """
    if not name:
        return {}
    family = rules.definition_parts(name)[0]
    return dict(aws.call("ecs", "describe_task_definition", taskDefinition=family)["taskDefinition"])


def logs_of(aws: AwsCalls, definition: Mapping[str, Any], name: str) -> Logs:
    """Return the log group of the workload's own containers if it exists, else one of the test's own."""
    for container in definition.get("containerDefinitions", ()):
        configuration = container.get("logConfiguration") or {}
        group = configuration.get("options", {}).get("awslogs-group")
        if configuration.get("logDriver") == "awslogs" and group and _exists(aws, group):
            return Logs(str(group))
    return Logs(own_group(name), own=True)


def _exists(aws: AwsCalls, group: str) -> bool:
    try:
        found = aws.call("logs", "describe_log_groups", logGroupNamePrefix=group)["logGroups"]
    except CloudError:
        return True  # ECS will say if it does not
    return any(each["logGroupName"] == group for each in found)


def find(aws: AwsCalls, setup: AwsSetup, definition: Mapping[str, Any], on_fargate: bool) -> EcsPlace:
    """Return where the one-off task runs. Raises CloudError, and Refused if that cannot be found out."""
    mode = "awsvpc" if on_fargate else str(definition.get("networkMode") or "bridge")
    chosen = setup.probe
    if chosen.cluster and (chosen.subnets or mode != "awsvpc"):
        network = _network(aws, chosen.subnets, chosen.security_groups, on_fargate) if mode == "awsvpc" else {}
        return EcsPlace(chosen.cluster, _(_OF_SETUP), network, mode)
    family = str(definition.get("family", ""))
    for cluster in _clusters(aws, chosen.cluster):
        for service in _services(aws, cluster):
            if _family(service["taskDefinition"]) == family:
                return _of_service(cluster, service, mode)
    for cluster in _clusters(aws, chosen.cluster):
        for task in _tasks(aws, cluster, family):
            return _of_task(aws, cluster, task, mode, on_fargate)
    if mode != "awsvpc" and chosen.cluster:
        return EcsPlace(chosen.cluster, _(_CLUSTER_OF_SETUP), {}, mode)
    if chosen.subnets or mode != "awsvpc":
        raise Refused(_(_NO_CLUSTER))
    if chosen.cluster:
        raise Refused(_(_NO_NETWORK_IN_CLUSTER).format(cluster=chosen.cluster))
    raise Refused(_(_NO_NETWORK))


def _network(aws: AwsCalls, subnets: tuple[str, ...], groups: tuple[str, ...], on_fargate: bool) -> dict[str, Any]:
    network: dict[str, Any] = {"subnets": list(subnets)}
    if groups:
        network["securityGroups"] = list(groups)
    if on_fargate:
        network["assignPublicIp"] = "ENABLED" if detect.needs_public_ip(aws, subnets) else "DISABLED"
    return network


def _clusters(aws: AwsCalls, chosen: str | None) -> list[str]:
    return [chosen] if chosen else list(aws.call("ecs", "list_clusters")["clusterArns"])


def _services(aws: AwsCalls, cluster: str) -> Iterator[dict[str, Any]]:
    arguments: dict[str, Any] = {"cluster": cluster}
    while True:
        answer = aws.call("ecs", "list_services", **arguments)
        arns = answer["serviceArns"]
        for start in range(0, len(arns), _MOST):
            part = arns[start : start + _MOST]
            yield from aws.call("ecs", "describe_services", cluster=cluster, services=part)["services"]
        if not answer.get("nextToken"):
            return
        arguments["nextToken"] = answer["nextToken"]


def _tasks(aws: AwsCalls, cluster: str, family: str) -> Iterator[dict[str, Any]]:
    """Yield tasks of the workload that run or ended lately."""
    if not family:
        return
    for status in ("RUNNING", "STOPPED"):
        arns = aws.call("ecs", "list_tasks", cluster=cluster, family=family, desiredStatus=status)["taskArns"]
        if arns:
            yield from aws.call("ecs", "describe_tasks", cluster=cluster, tasks=arns[:_MOST])["tasks"]


def _of_service(cluster: str, service: Mapping[str, Any], mode: str) -> EcsPlace:
    network = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    return EcsPlace(
        cluster=_name(cluster),
        found=_(_OF_SERVICE).format(service=service["serviceName"]),
        network=network if mode == "awsvpc" else {},
        network_mode=mode,
        capacity=service.get("capacityProviderStrategy") or (),
        platform_version=service.get("platformVersion"),
        constraints=service.get("placementConstraints") or (),
    )


def _of_task(aws: AwsCalls, cluster: str, task: Mapping[str, Any], mode: str, on_fargate: bool) -> EcsPlace:
    interface = _interface(task)
    subnets = (interface["subnetId"],) if "subnetId" in interface else ()
    groups: tuple[str, ...] = ()
    public = on_fargate and detect.needs_public_ip(aws, subnets)
    if "networkInterfaceId" in interface:
        try:
            answer = aws.call(
                "ec2", "describe_network_interfaces", NetworkInterfaceIds=[interface["networkInterfaceId"]]
            )
            described = answer["NetworkInterfaces"][0]
            groups = tuple(str(group["GroupId"]) for group in described.get("Groups", ()))
            public = on_fargate and "Association" in described
        except (CloudError, IndexError):
            groups = ()  # the interface of a task that ended is gone: the default group of the VPC stands in
    network: dict[str, Any] = {}
    if mode == "awsvpc":
        network = {"subnets": list(subnets)}
        if groups:
            network["securityGroups"] = list(groups)
        if on_fargate:
            network["assignPublicIp"] = "ENABLED" if public else "DISABLED"
    task_id = str(task["taskArn"]).rpartition("/")[2]
    return EcsPlace(_name(cluster), _(_OF_TASK).format(task=task_id), network, mode)


def _interface(task: Mapping[str, Any]) -> dict[str, str]:
    for attachment in task.get("attachments") or ():
        if attachment.get("type") in ("ElasticNetworkInterface", "eni"):
            return {str(each["name"]): str(each["value"]) for each in attachment.get("details", ())}
    return {}


def _family(definition: str) -> str:
    """Return the family in the ARN of a task definition."""
    return definition.rpartition("/")[2].partition(":")[0]


def _name(cluster: str) -> str:
    return cluster.rpartition("/")[2]
