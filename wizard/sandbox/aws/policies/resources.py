"""The resource of a call, as the policies and the refusals of AWS name it.

It is * for an action that does not support resource-level permissions. Source: Service Authorization Reference, the
tables "Actions defined by" of each service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from ..arns import arn, global_arn
from ..directory import Directory
from ..handlers import Call
from . import task_definitions

_IAM_NAMES = (
    ("InstanceProfileName", "instance-profile"),
    ("RoleName", "role"),
    ("GroupName", "group"),
    ("UserName", "user"),
)
"""The parameter that names the resource of an action of IAM, and its type; the first that is given decides."""
_IAM_ARNS = ("PolicyArn", "PolicySourceArn", "OpenIDConnectProviderArn", "SAMLProviderArn")
_IAM_CREATES = {"CreatePolicy": ("PolicyName", "policy")}
_IAM_LISTS = {
    "ListRoles": "role",
    "ListUsers": "user",
    "ListGroups": "group",
    "ListInstanceProfiles": "instance-profile",
}
"""An action that lists -> the type of what it lists; the resource is the path."""
_IAM_OWN = frozenset(
    {"GetUser", "ListAccessKeys", "CreateAccessKey", "DeleteAccessKey", "UpdateAccessKey", "ChangePassword"}
)
"""Actions on the caller's own user, if they name no other."""
_FUNCTION = re.compile(r"/functions/(?P<name>[^/?]+)")


class Resources:
    """Names the resources of calls to one account."""

    def __init__(self, account: str, directory: Directory) -> None:
        self._account = account
        self._directory = directory
        self._services: dict[str, Callable[[Call], list[str]]] = {
            "iam": self._iam,
            "sts": lambda call: [call.message.form.get("RoleArn", "*")],
            "ecs": self._ecs,
            "batch": self._batch,
            "lambda": self._lambda,
            "logs": self._logs,
            "ec2": self._ec2,
            "events": self._events,
            "scheduler": self._scheduler,
            "pipes": self._pipes,
            "states": self._states,
            "eks": self._eks,
        }

    def of(self, call: Call) -> list[str]:
        """The ARNs of what a call is about, or *; the caller needs the permission on each."""
        name = self._services.get(call.service.name)
        return ["*"] if name is None else name(call) or ["*"]

    def _iam(self, call: Call) -> list[str]:
        form = call.message.form
        if call.action in _IAM_LISTS:
            return [self._iam_arn(call, _IAM_LISTS[call.action] + form.get("PathPrefix", "/"))]
        if call.action in _IAM_CREATES:
            parameter, kind = _IAM_CREATES[call.action]
            return [self._iam_arn(call, kind + form.get("Path", "/") + form.get(parameter, ""))]
        for parameter, kind in _IAM_NAMES:
            if parameter in form:
                return [self._named(call, kind, form[parameter])]
        if call.action in _IAM_OWN and call.key.kind == "user":
            return [call.key.identity.arn]
        return [form[parameter] for parameter in _IAM_ARNS if parameter in form][:1]

    def _eks(self, call: Call) -> list[str]:
        """A cluster; * for ListClusters."""
        name = call.message.path.partition("/clusters/")[2].partition("/")[0]
        return [arn("eks", call.region, self._account, f"cluster/{name}")] if name else []

    def _named(self, call: Call, kind: str, name: str) -> str:
        """The ARN of an entity: with the path that it has, or that it is to have."""
        known = self._directory.arn(kind, name)
        return known or self._iam_arn(call, kind + call.message.form.get("Path", "/") + name)

    def _iam_arn(self, call: Call, resource: str) -> str:
        return global_arn("iam", call.region, self._account, resource)

    def _ecs(self, call: Call) -> list[str]:
        document = call.message.document
        cluster = str(document.get("cluster") or "default").rpartition("/")[2]
        if call.action == "RegisterTaskDefinition":
            return [self._arn(call, f"task-definition/{document.get('family', '')}:*")]
        if call.action in ("RunTask", "StartTask"):
            name = str(document.get("taskDefinition", ""))
            revision = task_definitions.revision_arn(self._account, call.region, name)
            return [revision or self._arn(call, name if ":task-definition/" in name else f"task-definition/{name}")]
        if call.action in ("DescribeTasks", "StopTask"):
            names = document.get("tasks", document.get("task", ""))
            return self._each(call, names, f"task/{cluster}/")
        if call.action in ("CreateService", "UpdateService", "DeleteService"):
            name = document.get("serviceName", document.get("service", ""))
            return self._each(call, name, f"service/{cluster}/")
        if call.action == "DescribeServices":
            return self._each(call, document.get("services", []), f"service/{cluster}/")
        if call.action == "CreateCluster":
            return self._each(call, document.get("clusterName", "default"), "cluster/")
        if call.action == "DescribeClusters":
            return self._each(call, document.get("clusters", ["default"]), "cluster/")
        if call.action in ("DeleteCluster", "UpdateCluster", "PutClusterCapacityProviders"):
            return self._each(call, cluster, "cluster/")
        return []

    def _batch(self, call: Call) -> list[str]:
        document = call.message.document
        if call.action == "SubmitJob":
            queue = self._each(call, document.get("jobQueue", ""), "job-queue/")
            return [*self._each(call, document.get("jobDefinition", ""), "job-definition/"), *queue]
        for action, parameter, kind in _BATCH:
            if call.action == action:
                return self._each(call, document.get(parameter, ""), f"{kind}/")
        return []

    def _lambda(self, call: Call) -> list[str]:
        found = _FUNCTION.search(unquote(call.message.path))
        name = found["name"] if found is not None else str(call.message.document.get("FunctionName", ""))
        name = name.rpartition(":function:")[2].partition(":")[0]
        return [self._arn(call, f"function:{name}")] if name else []

    def _logs(self, call: Call) -> list[str]:
        document = call.message.document
        group = str(document.get("logGroupName", ""))
        if call.action == "DescribeLogGroups":
            return [self._arn(call, "log-group::log-stream:")]
        if not group:
            return []
        return [self._arn(call, f"log-group:{group}:log-stream:{document.get('logStreamName', '')}")]

    def _ec2(self, call: Call) -> list[str]:
        form = call.message.form
        if call.action == "RunInstances":
            return [self._arn(call, "instance/*")]
        if call.action.startswith("Describe"):
            return []
        names = [form[name] for name in form if re.fullmatch(r"InstanceId(\.\d+)?", name)]
        return [self._arn(call, f"instance/{name}") for name in names]

    def _events(self, call: Call) -> list[str]:
        document = call.message.document
        name = document.get("Rule") or (document.get("Name") if call.action.endswith("Rule") else None)
        bus = str(document.get("EventBusName") or "default").rpartition("/")[2]
        if not name:
            return []
        return [self._arn(call, f"rule/{name}" if bus == "default" else f"rule/{bus}/{name}")]

    def _scheduler(self, call: Call) -> list[str]:
        found = re.search(r"/schedules/(?P<name>[^/?]+)", unquote(call.message.path))
        group = call.message.query.get("groupName") or call.message.document.get("GroupName") or "default"
        return [self._arn(call, f"schedule/{group}/{found['name']}")] if found else []

    def _pipes(self, call: Call) -> list[str]:
        found = re.search(r"/pipes/(?P<name>[^/?]+)", unquote(call.message.path))
        return [self._arn(call, f"pipe/{found['name']}")] if found else []

    def _states(self, call: Call) -> list[str]:
        document = call.message.document
        if "stateMachineArn" in document:
            return [str(document["stateMachineArn"])]
        return [self._arn(call, f"stateMachine:{document['name']}")] if "name" in document else []

    def _each(self, call: Call, names: Any, prefix: str) -> list[str]:
        """The ARNs of things that are given by name or by ARN, one or several."""
        given = names if isinstance(names, list) else [names]
        return [str(name) if str(name).startswith("arn:") else self._arn(call, prefix + str(name)) for name in given]

    def _arn(self, call: Call, resource: str) -> str:
        if resource.startswith("arn:"):
            return resource
        return arn(call.service.name, call.region, self._account, resource)


_BATCH = (
    ("RegisterJobDefinition", "jobDefinitionName", "job-definition"),
    ("DeregisterJobDefinition", "jobDefinition", "job-definition"),
    ("CreateComputeEnvironment", "computeEnvironmentName", "compute-environment"),
    ("UpdateComputeEnvironment", "computeEnvironment", "compute-environment"),
    ("DeleteComputeEnvironment", "computeEnvironment", "compute-environment"),
    ("CreateJobQueue", "jobQueueName", "job-queue"),
    ("UpdateJobQueue", "jobQueue", "job-queue"),
    ("DeleteJobQueue", "jobQueue", "job-queue"),
    ("CancelJob", "jobId", "job"),
    ("TerminateJob", "jobId", "job"),
)
"""An action of Batch, the parameter that names its resource, and the resource's type."""


def condition_values(call: Call) -> Mapping[str, str]:
    """The condition keys that the service of a call adds."""
    form = call.message.form if call.service.name in ("iam", "sts") else {}
    found = {key: form[parameter] for parameter, key in _PARAMETER_KEYS.items() if parameter in form}
    if call.service.name == "ecs" and "cluster" in call.message.document:
        name = str(call.message.document["cluster"])
        account = call.key.identity.account
        found["ecs:cluster"] = name if name.startswith("arn:") else arn("ecs", call.region, account, f"cluster/{name}")
    return found


_PARAMETER_KEYS = {
    "PolicyArn": "iam:PolicyARN",
    "PermissionsBoundary": "iam:PermissionsBoundary",
    "AWSServiceName": "iam:AWSServiceName",
}
