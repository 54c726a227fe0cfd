"""Compute environments and job queues of AWS Batch: what moto demands and AWS does not, and the other way round.

Source: AWS Batch API reference, CreateComputeEnvironment, UpdateComputeEnvironment, CreateJobQueue and DeleteJobQueue.
"""

from __future__ import annotations

import json
import re
from typing import Any

from .arns import arn
from .backend import Backend
from .directory import Directory
from .errors import AwsRefusal
from .handlers import Call, Handlers
from .messages import Reply, with_document
from .protocols import SERVICES, refusal

_SERVICE = "batch.amazonaws.com"
_LINKED_ROLE = "AWSServiceRoleForBatch"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}$", re.ASCII)
_FARGATE = ("FARGATE", "FARGATE_SPOT")


class BatchCapacity:
    """The actions that create, change and delete compute environments and job queues."""

    def __init__(self, backend: Backend, directory: Directory) -> None:
        self._backend = backend
        self._directory = directory
        self.handlers: Handlers = {
            ("batch", "CreateComputeEnvironment"): self._create_environment,
            ("batch", "UpdateComputeEnvironment"): self._update_environment,
            ("batch", "DeleteComputeEnvironment"): self._delete_environment,
            ("batch", "DescribeComputeEnvironments"): self._describe_environments,
            ("batch", "CreateJobQueue"): self._create_queue,
            ("batch", "UpdateJobQueue"): self._update_queue,
            ("batch", "DeleteJobQueue"): self._delete_queue,
            ("batch", "DescribeJobQueues"): self._describe_queues,
        }

    def _create_environment(self, call: Call) -> Reply:
        from moto.batch import models

        models.COMPUTE_ENVIRONMENT_NAME_REGEX = _NAME  # moto wants three characters
        given = call.message.document
        document = {"state": "ENABLED", **given}
        if not given.get("serviceRole"):
            document["serviceRole"] = self._linked_role()
        resources = given.get("computeResources")
        if isinstance(resources, dict):
            document["computeResources"] = self._completed(resources, call.region)
        reply = _in_words_of_batch(call.sent_to(self._backend, with_document(call.message, document)))
        environment = self._model(call.region).get_compute_environment(str(given.get("computeEnvironmentName", "")))
        if reply.ok and environment is not None and isinstance(resources, dict):
            environment.compute_resources = resources  # as they were given
        return reply

    def _completed(self, resources: dict[str, Any], region: str) -> dict[str, Any]:
        """Compute resources with what moto demands."""
        completed = {"securityGroupIds": [], "subnets": [], **resources}
        if not completed["securityGroupIds"]:
            completed["securityGroupIds"] = self._default_groups(completed["subnets"], region)
        if resources.get("type") not in _FARGATE:
            # No instances are started: the jobs of this account do not need any.
            completed = {"minvCpus": 0, "instanceTypes": ["optimal"], **completed, "desiredvCpus": 0}
        return completed

    def _default_groups(self, subnets: list[str], region: str) -> list[str]:
        """The default security group of the VPC of the subnets."""
        from moto.ec2.models import ec2_backends

        model = ec2_backends[self._backend.account][region]
        known = [zone[subnet] for zone in model.subnets.values() for subnet in subnets if subnet in zone]
        networks = [subnet.vpc_id for subnet in known] or list(model.vpcs)
        groups = [group for network in networks for group in model.groups[network].values()]
        return [str(group.id) for group in groups if group.name == "default"][:1]

    def _linked_role(self) -> str:
        """The ARN of the service-linked role of Batch, which is created with the first environment."""
        role = self._directory.entity("role", _LINKED_ROLE)
        if role is None:
            role = self._directory.create_linked_role(_SERVICE)
        return str(role.arn)

    def _update_environment(self, call: Call) -> Reply:
        environment = self._existing_environment(call)
        reply = _in_words_of_batch(call.sent_to(self._backend))
        changed = call.message.document.get("computeResources")
        if reply.ok and isinstance(changed, dict):
            environment.compute_resources = {**(environment.compute_resources or {}), **changed}
        return reply

    def _delete_environment(self, call: Call) -> Reply:
        model = self._model(call.region)
        environment = model.get_compute_environment(str(call.message.document.get("computeEnvironment", "")))
        if environment is not None:
            if environment.state != "DISABLED":
                raise _client_error("Cannot delete, the compute environment is not DISABLED")
            if any(environment in queue.environments for queue in model._job_queues.values()):
                raise _client_error("Cannot delete, found existing JobQueue relationship")
        return call.sent_to(self._backend)

    def _existing_environment(self, call: Call) -> Any:
        name = str(call.message.document.get("computeEnvironment", ""))
        environment = self._model(call.region).get_compute_environment(name)
        if environment is None:
            raise _client_error(f"Compute environment {name} does not exist")
        return environment

    def _describe_environments(self, call: Call) -> Reply:
        reply = call.sent_to(self._backend)
        return _with(reply, "computeEnvironments", {"statusReason": "ComputeEnvironment Healthy"})

    def _create_queue(self, call: Call) -> Reply:
        document = {"state": "ENABLED", **call.message.document}
        return call.sent_to(self._backend, with_document(call.message, document))

    def _update_queue(self, call: Call) -> Reply:
        """moto takes compute environments by ARN only."""
        document = call.message.document
        order = document.get("computeEnvironmentOrder")
        if not isinstance(order, list):
            return call.sent_to(self._backend)
        named = [{**each, "computeEnvironment": self._environment_arn(call, each)} for each in order]
        return call.sent_to(self._backend, with_document(call.message, {**document, "computeEnvironmentOrder": named}))

    def _environment_arn(self, call: Call, entry: dict[str, Any]) -> str:
        name = str(entry.get("computeEnvironment", ""))
        if name.startswith("arn:"):
            return name
        return arn("batch", call.region, self._backend.account, f"compute-environment/{name}")

    def _delete_queue(self, call: Call) -> Reply:
        queue = self._model(call.region).get_job_queue(str(call.message.document.get("jobQueue", "")))
        if queue is not None and queue.state != "DISABLED":
            raise _client_error("Cannot delete, the job queue is not DISABLED")
        return call.sent_to(self._backend)

    def _describe_queues(self, call: Call) -> Reply:
        """The queues; Batch shows their compute environments by ARN, however they were given."""
        reply = _with(call.sent_to(self._backend), "jobQueues", {"statusReason": "JobQueue Healthy"})
        if not reply.ok:
            return reply
        answer = json.loads(reply.body)
        for queue in answer["jobQueues"]:
            for each in queue["computeEnvironmentOrder"]:
                each["computeEnvironment"] = self._environment_arn(call, each)
        return Reply(reply.status, json.dumps(answer).encode(), reply.headers)

    def _model(self, region: str) -> Any:
        from moto.batch.models import batch_backends

        return batch_backends[self._backend.account][region]


def _client_error(text: str) -> AwsRefusal:
    return AwsRefusal("ClientException", text, 400)


def _in_words_of_batch(reply: Reply) -> Reply:
    """The reply; Batch has one code for every mistake of a client."""
    if reply.ok or reply.status >= 500:
        return reply
    answer = json.loads(reply.body)
    return refusal(SERVICES["batch"], _client_error(str(answer.get("message", answer.get("Message", "")))))


def _with(reply: Reply, name: str, more: dict[str, str]) -> Reply:
    """The reply with more in each entry of a list."""
    if not reply.ok:
        return reply
    answer = json.loads(reply.body)
    answer[name] = [{**entry, **more} for entry in answer[name]]
    return Reply(reply.status, json.dumps(answer).encode(), reply.headers)
