"""What is in the account when the sandbox starts, from the `aws` part of a scenario.

Shapes: roles [{name, path?, service? source? | trust?, policies? {name: document}, managed_policies? [ARN],
permissions_boundary? ARN, max_session_duration?}], where `source` is the service in the aws:SourceArn that the role's
service must send; operator: a name, or {name, path?, policies?, managed_policies?, permissions_boundary?}, with
AdministratorAccess where it has no policies;
instance_profiles [{name, role}]; instances [{id?, instance_profile?, metadata_options?}], with options as RunInstances
takes them (without: version 1 is allowed, hop limit 1); clusters [name]; container_instances [cluster, or {cluster,
instance? ID}, or {queue, instance?}], which the jobs of that queue run on; without an ID it is the first instance;
functions as CreateFunction takes them, without its code; services as CreateService takes them, in the subnets of the
default VPC; job_queues [name, or {name, type: EC2}]; task_definitions and job_definitions as RegisterTaskDefinition
and RegisterJobDefinition take them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wizard.federation.trust import TrustedService, trust_policy

from .arns import arn, global_arn, partition
from .backend import Backend
from .definitions import for_moto, note_job, note_task
from .ec2_instances import instance_named
from .ecs_services import let_run
from .messages import Reply
from .policies import holders, managed, task_definitions
from .policies.managed import ADMINISTRATOR

Seed = Mapping[str, Any]
_NO_CODE = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="
"""An empty ZIP archive."""
_IMAGE = "ami-03cf127a"
"""An image that moto knows."""


def fill(backend: Backend, seed: Seed) -> None:
    """Create everything that the seed names. Raises ValueError if any of it is refused."""
    for role in seed.get("roles", []):
        _add_role(backend, role)
    for profile in seed.get("instance_profiles", []):
        name = profile["name"]
        _call(backend, "iam", "CreateInstanceProfile", {"InstanceProfileName": name})
        _call(backend, "iam", "AddRoleToInstanceProfile", {"InstanceProfileName": name, "RoleName": profile["role"]})
    for instance in seed.get("instances", []):
        parameters = {"ImageId": _IMAGE, "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro"}
        for name, value in instance.get("metadata_options", {}).items():
            parameters[f"MetadataOptions.{name}"] = value
        if "instance_profile" in instance:
            parameters["IamInstanceProfile.Name"] = instance["instance_profile"]
        with instance_named(instance.get("id")):
            _call(backend, "ec2", "RunInstances", parameters)
    for function in seed.get("functions", []):
        _call(backend, "lambda", "CreateFunction", {"Code": {"ZipFile": _NO_CODE}, **function}, "/2015-03-31/functions")
    for cluster in seed.get("clusters", []):
        _call(backend, "ecs", "CreateCluster", {"clusterName": cluster})
    if seed.get("job_queues"):
        _add_queues(backend, seed["job_queues"])
    for container_instance in seed.get("container_instances", []):
        named = container_instance if isinstance(container_instance, dict) else {"cluster": container_instance}
        _add_container_instance(backend, named)
    for definition in seed.get("task_definitions", []):
        reply = _call(backend, "ecs", "RegisterTaskDefinition", definition)
        note_task(backend, backend.region, json.loads(reply.body)["taskDefinition"]["taskDefinitionArn"], definition)
    for service in seed.get("services", []):
        _add_service(backend, service)
    for definition in seed.get("job_definitions", []):
        reply = _call(backend, "batch", "RegisterJobDefinition", for_moto(definition), "/v1/registerjobdefinition")
        note_job(backend, backend.region, json.loads(reply.body)["jobDefinitionArn"], definition)


def fill_operator(backend: Backend, operator: str | Seed) -> None:
    """Give the operator its policies. Raises ValueError if any of them is refused."""
    user: Seed = {"name": operator} if isinstance(operator, str) else operator
    if "policies" not in user and "managed_policies" not in user:
        administrator = global_arn("iam", backend.region, "aws", f"policy/{ADMINISTRATOR}")
        user = {**user, "managed_policies": [administrator]}
    _add_policies(backend, "User", user)
    if "permissions_boundary" in user:
        holders.set_boundary(_iam(backend).users[user["name"]], user["permissions_boundary"])


def _add_role(backend: Backend, role: Seed) -> None:
    parameters = {
        "RoleName": role["name"],
        "Path": role.get("path", "/"),
        "AssumeRolePolicyDocument": json.dumps(_trust(backend, role)),
        "MaxSessionDuration": role.get("max_session_duration", 3600),
    }
    if "permissions_boundary" in role:
        parameters["PermissionsBoundary"] = role["permissions_boundary"]
    _call(backend, "iam", "CreateRole", parameters)
    _add_policies(backend, "Role", role)


def _add_policies(backend: Backend, kind: str, holder: Seed) -> None:
    """Give a User or a Role its policies."""
    name = {f"{kind}Name": holder["name"]}
    for policy_name, document in holder.get("policies", {}).items():
        policy = {"PolicyName": policy_name, "PolicyDocument": json.dumps(document)}
        _call(backend, "iam", f"Put{kind}Policy", {**name, **policy})
    attached = [str(policy) for policy in holder.get("managed_policies", [])]
    boundary = [str(holder["permissions_boundary"])] if "permissions_boundary" in holder else []
    if attached or boundary:
        managed.load(_iam(backend), [*attached, *boundary])
    for policy_arn in attached:
        _call(backend, "iam", f"Attach{kind}Policy", {**name, "PolicyArn": policy_arn})


def _iam(backend: Backend) -> Any:
    """moto's IAM model of the account."""
    from moto.iam.models import iam_backends

    return iam_backends[backend.account][partition(backend.region)]


def _trust(backend: Backend, role: Seed) -> Any:
    if "trust" in role:
        return role["trust"]
    if "source" in role:
        source = arn(role["source"], backend.region, backend.account, "").removesuffix(":")
        return trust_policy(TrustedService(role["service"], backend.account, source))
    root = global_arn("iam", backend.region, backend.account, "root")
    principal = {"Service": role["service"]} if "service" in role else {"AWS": root}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _add_queues(backend: Backend, queues: list[Any]) -> None:
    """Job queues, on one compute environment for each platform."""
    service_role = {"name": "AWSBatchServiceRole", "path": "/service-role/", "service": "batch.amazonaws.com"}
    _add_role(backend, service_role)
    named = [queue if isinstance(queue, dict) else {"name": queue} for queue in queues]
    platforms = {name: str(queue.get("type", "FARGATE")) for queue in named for name in [str(queue["name"])]}
    for platform in dict.fromkeys(platforms.values()):
        _add_environment(backend, platform)
    for name, platform in platforms.items():
        order = [{"order": 1, "computeEnvironment": platform.lower()}]
        queue = {"jobQueueName": name, "state": "ENABLED", "priority": 1, "computeEnvironmentOrder": order}
        _call(backend, "batch", "CreateJobQueue", queue, "/v1/createjobqueue")


def _add_environment(backend: Backend, platform: str) -> None:
    """A managed compute environment for FARGATE or EC2, in the subnets of the default VPC."""
    from moto.batch.models import batch_backends
    from moto.ec2.models import ec2_backends

    role = global_arn("iam", backend.region, backend.account, "role/service-role/AWSBatchServiceRole")
    name = platform.lower()
    environment = {"computeEnvironmentName": name, "type": "UNMANAGED", "state": "ENABLED", "serviceRole": role}
    _call(backend, "batch", "CreateComputeEnvironment", environment, "/v1/createcomputeenvironment")
    made = batch_backends[backend.account][backend.region].get_compute_environment(name)
    assert made is not None  # it was created just now
    zones = ec2_backends[backend.account][backend.region].subnets.values()
    subnets = [subnet for zone in zones for subnet in zone]
    made.env_type = "MANAGED"
    # Set here, since moto would start instances for EC2, which the jobs of this account do not need.
    made.compute_resources = {"type": platform, "maxvCpus": 16, "subnets": subnets, "securityGroupIds": []}
    if platform == "EC2":
        made.compute_resources |= {"minvCpus": 0, "instanceTypes": ["optimal"], "instanceRole": "ecsInstanceRole"}


def _add_service(backend: Backend, service: Seed) -> None:
    """A service of ECS, which was deployed long ago; one on Fargate is in the subnets of the default VPC."""
    from moto.ec2.models import ec2_backends

    more: dict[str, Any] = {}
    if service.get("launchType") == "FARGATE":
        zones = ec2_backends[backend.account][backend.region].subnets.values()
        network = {"subnets": [subnet for zone in zones for subnet in zone], "securityGroups": []}
        more = {"networkConfiguration": {"awsvpcConfiguration": network}}
    named = task_definitions.revision_arn(backend.account, backend.region, service["taskDefinition"])
    _call(backend, "ecs", "CreateService", {"desiredCount": 0, **more, **service, "taskDefinition": named})
    let_run(backend, backend.region, service.get("cluster", "default"), service["serviceName"])


def _add_container_instance(backend: Backend, wanted: Seed) -> None:
    """Let an instance of the account run tasks of a cluster, or of the cluster of a job queue."""
    from moto.batch.models import batch_backends
    from moto.ec2.models import ec2_backends
    from moto.ecs.models import ecs_backends

    instance_id = wanted.get("instance")
    if instance_id is None:
        instance_id = next(iter(ec2_backends[backend.account][backend.region].all_instances())).id
    cluster = wanted.get("cluster")
    if cluster is None:
        queue = batch_backends[backend.account][backend.region].get_job_queue(wanted["queue"])
        assert queue is not None  # it was created just now
        cluster = queue.environments[0].ecs_name
    ecs_backends[backend.account][backend.region].register_container_instance(cluster, instance_id)


def _call(backend: Backend, service: str, action: str, parameters: Mapping[str, Any], path: str = "/") -> Reply:
    reply = backend.api(service, action, parameters, path)
    if not reply.ok:
        raise ValueError(f"the scenario's {action} was refused: {reply.body.decode(errors='replace')}")
    return reply
