"""The roles that a call passes to a service, for which the caller needs iam:PassRole.

Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service".
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..arns import global_arn
from ..directory import Directory
from ..handlers import Call
from . import task_definitions

_TASKS = "ecs-tasks.amazonaws.com"


class Passed(NamedTuple):
    """The ARN of a role, and the service that it is passed to."""

    role: str
    service: str


class Passing:
    """Finds the roles in calls to one account."""

    def __init__(self, account: str, directory: Directory) -> None:
        self._account = account
        self._directory = directory

    def roles(self, call: Call) -> list[Passed]:
        """The roles that a call passes; empty for most."""
        service = _SERVICES.get((call.service.name, call.action))
        if service is None:
            return []
        names = dict.fromkeys(self._names(call))
        return [Passed(self._arn(call, name), service) for name in names if name]

    def _names(self, call: Call) -> list[str]:
        """The roles by name or ARN."""
        if call.service.name == "ec2":
            return self._in_profile(call)
        if call.service.name == "iam":
            return [call.message.form.get("RoleName", "")]
        document = call.message.document
        if call.action in ("RunTask", "StartTask"):
            overrides = document.get("overrides") or {}
            definition = str(document.get("taskDefinition", ""))
            defined = task_definitions.roles(self._account, call.region, definition)
            return _texts({**defined, **overrides}, "taskRoleArn", "executionRoleArn")
        if call.action == "RegisterJobDefinition":
            return _of_job(document)
        if call.action == "PutTargets":
            return [name for target in document.get("Targets") or [] for name in _texts(target, "RoleArn")]
        if call.service.name == "scheduler":
            return _texts(document.get("Target"), "RoleArn")
        if call.service.name == "pipes":
            return _texts(document, "RoleArn")
        if call.service.name == "states":
            return _texts(document, "roleArn")
        return _texts(document, "taskRoleArn", "executionRoleArn", "Role", "serviceRole")

    def _in_profile(self, call: Call) -> list[str]:
        form = call.message.form
        profile = form.get("IamInstanceProfile.Arn") or form.get("IamInstanceProfile.Name")
        role = self._directory.profile_role(profile) if profile else None
        return [] if role is None else [role.arn]

    def _arn(self, call: Call, name: str) -> str:
        if name.startswith("arn:"):
            return name
        return self._directory.arn("role", name) or global_arn("iam", call.region, self._account, f"role/{name}")


_SERVICES = {
    ("ecs", "RegisterTaskDefinition"): _TASKS,
    ("ecs", "RunTask"): _TASKS,
    ("ecs", "StartTask"): _TASKS,
    ("batch", "RegisterJobDefinition"): _TASKS,
    ("batch", "CreateComputeEnvironment"): "batch.amazonaws.com",
    ("batch", "UpdateComputeEnvironment"): "batch.amazonaws.com",
    ("lambda", "CreateFunction"): "lambda.amazonaws.com",
    ("lambda", "UpdateFunctionConfiguration"): "lambda.amazonaws.com",
    ("ec2", "RunInstances"): "ec2.amazonaws.com",
    ("ec2", "AssociateIamInstanceProfile"): "ec2.amazonaws.com",
    ("ec2", "ReplaceIamInstanceProfileAssociation"): "ec2.amazonaws.com",
    ("iam", "AddRoleToInstanceProfile"): "ec2.amazonaws.com",
    ("events", "PutTargets"): "events.amazonaws.com",
    ("scheduler", "CreateSchedule"): "scheduler.amazonaws.com",
    ("scheduler", "UpdateSchedule"): "scheduler.amazonaws.com",
    ("pipes", "CreatePipe"): "pipes.amazonaws.com",
    ("states", "CreateStateMachine"): "states.amazonaws.com",
    ("states", "UpdateStateMachine"): "states.amazonaws.com",
}
"""(service, action) -> the service that the role is passed to (iam:PassedToService)."""


def _of_job(document: dict[str, Any]) -> list[str]:
    """The roles of a job definition: of its container, of its tasks on ECS, and of each range of its nodes."""
    ranges = (document.get("nodeProperties") or {}).get("nodeRangeProperties") or []
    found: list[str] = []
    for part in (document, *ranges):
        found += _texts(part.get("containerProperties") or part.get("container"), "jobRoleArn", "executionRoleArn")
        for task in (part.get("ecsProperties") or {}).get("taskProperties") or []:
            found += _texts(task, "taskRoleArn", "executionRoleArn")
    return found


def _texts(found: Any, *names: str) -> list[str]:
    values = found if isinstance(found, dict) else {}
    return [str(values[name]) for name in names if values.get(name)]
