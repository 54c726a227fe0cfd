"""The job queue of a one-off job, and what it takes from the workload's own job definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.engine.resource import Refused
from wizard.language import _
from wizard.modes.aws import rules
from wizard.modes.aws.live.task import detect
from wizard.modes.aws.live.task.batch import BatchPlace
from wizard.modes.aws.model import AwsSetup
from wizard.resources.job_definition import active_revisions
from wizard.resources.trust_quota import AwsCalls

_NO_QUEUE = (
    "the wizard found no job queue that is enabled and runs jobs on {platform}. Write the queue "
    "of the workload in the setup: probe: {{queue: NAME}}"
)
_SEVERAL = (
    "several job queues run jobs on {platform}: {queues}. Write the queue of the workload in the setup: probe: "
    "{{queue: NAME}}"
)
_FARGATE = ("FARGATE", "FARGATE_SPOT")


def own_definition(aws: AwsCalls, name: str | None) -> Mapping[str, Any]:
    """Return the newest active revision of a job definition, which is the one that apply wires; empty without a name.

    Raises CloudError, and Refused if there is none.
    """
    if not name:
        return {}
    found = active_revisions(aws, rules.definition_parts(name)[0])
    if not found:
        raise Refused(
            _("AWS Batch has no active job definition {name}: correct aws.job_definition in the setup").format(
                name=name
            )
        )
    return dict(found[0])


def find(aws: AwsCalls, setup: AwsSetup, definition: Mapping[str, Any], on_fargate: bool) -> BatchPlace:
    """Return where the one-off job runs. Raises CloudError, and Refused if no queue fits, or several do."""
    properties = definition.get("containerProperties", {})
    queues = _fitting(aws, on_fargate)
    queue, found = _queue(aws, setup, definition, queues, "Fargate" if on_fargate else "EC2")
    own_network = properties.get("networkConfiguration", {}).get("assignPublicIp")
    if own_network:
        public = own_network == "ENABLED"
    else:
        public = on_fargate and detect.needs_public_ip(aws, _subnets(aws, queue))
    logs = properties.get("logConfiguration") or {}
    return BatchPlace(
        queue=str(queue["jobQueueName"]),
        found=found,
        fair_share=bool(queue.get("schedulingPolicyArn")),
        log_configuration=logs if logs.get("logDriver") == "awslogs" else {},
        public_ip=public,
    )


def _queue(
    aws: AwsCalls, setup: AwsSetup, definition: Mapping[str, Any], fitting: list[dict[str, Any]], platform: str
) -> tuple[Mapping[str, Any], str]:
    """Return the queue, and how it was found."""
    chosen = setup.probe.queue
    if chosen:
        named = aws.call("batch", "describe_job_queues", jobQueues=[chosen])["jobQueues"]
        if not named:
            raise Refused(
                _("the job queue {chosen} does not exist: correct probe.queue in the setup").format(chosen=chosen)
            )
        return named[0], _("queue: from the setup")
    if not fitting:
        raise Refused(_(_NO_QUEUE).format(platform=platform))
    if len(fitting) == 1:
        return fitting[0], _("queue: the only enabled queue for jobs on {platform}").format(platform=platform)
    users = [queue for queue in fitting if _has_jobs_of(aws, str(queue["jobQueueName"]), definition)]
    if len(users) != 1:
        names = ", ".join(str(queue["jobQueueName"]) for queue in fitting)
        raise Refused(_(_SEVERAL).format(platform=platform, queues=names))
    name = definition["jobDefinitionName"]
    return users[0], _("queue: from the last jobs of {name}").format(name=name)


def _fitting(aws: AwsCalls, on_fargate: bool) -> list[dict[str, Any]]:
    """Return the enabled queues whose compute environments run jobs on the platform."""
    queues = [each for each in aws.call("batch", "describe_job_queues")["jobQueues"] if each["state"] == "ENABLED"]
    environments = aws.call("batch", "describe_compute_environments")["computeEnvironments"]
    kinds = {each["computeEnvironmentArn"]: _is_fargate(each) for each in environments}
    return [queue for queue in queues if on_fargate in [kinds.get(arn) for arn in _environments(queue)]]


def _environments(queue: Mapping[str, Any]) -> list[str]:
    return [str(each["computeEnvironment"]) for each in queue.get("computeEnvironmentOrder", ())]


def _is_fargate(environment: Mapping[str, Any]) -> bool:
    return environment.get("computeResources", {}).get("type") in _FARGATE


def _subnets(aws: AwsCalls, queue: Mapping[str, Any]) -> list[str]:
    """Return the subnets of the queue's compute environments; none if they cannot be read."""
    try:
        answer = aws.call("batch", "describe_compute_environments", computeEnvironments=_environments(queue))
    except CloudError:
        return []
    found = [each.get("computeResources", {}).get("subnets", ()) for each in answer["computeEnvironments"]]
    return [str(subnet) for subnets in found for subnet in subnets]


def _has_jobs_of(aws: AwsCalls, queue: str, definition: Mapping[str, Any]) -> bool:
    """Return whether a queue has jobs of the workload's definition, as far as Batch remembers them."""
    if not definition:
        return False
    pattern = str(definition["jobDefinitionArn"]).rpartition(":")[0] + "*"
    filters = [{"name": "JOB_DEFINITION", "values": [pattern]}]
    return bool(aws.call("batch", "list_jobs", jobQueue=queue, filters=filters)["jobSummaryList"])
