"""The two roles of the definition that starts the workload: the one that Google Cloud sees, and the other one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.modes.aws.model import AwsSetup

_ROLES = (
    "the definition {name} has the task role {task} and the execution role {execution}; Google Cloud sees only the "
    "task role"
)
_ONLY_TASK = "the definition {name} has the task role {task}, and no execution role"
_ONLY_EXECUTION = (
    "the definition {name} has no task role: its role {execution} is the execution role, which only pulls the image "
    "and writes logs, and which Google Cloud never sees"
)
_NONE = "the definition {name} has neither a task role nor an execution role"


def evidence(setup: AwsSetup, clouds: Clouds) -> list[str]:
    """Return the roles of the setup's definition, as one sentence; nothing if it names none, or if it is not read."""
    name = setup.aws.task_definition or setup.aws.job_definition
    if not name:
        return []
    try:
        found = _task(clouds, name) if setup.aws.task_definition else _job(clouds, name)
    except CloudError:
        return []
    return [] if found is None else [_sentence(name, *found)]


def _task(clouds: Clouds, name: str) -> tuple[str, str]:
    definition = clouds.aws.quick_call("ecs", "describe_task_definition", taskDefinition=name)["taskDefinition"]
    return _names(definition, "taskRoleArn")


def _job(clouds: Clouds, name: str) -> tuple[str, str] | None:
    """Return the roles of the newest active revision; None if there is none."""
    listed = clouds.aws.quick_call("batch", "describe_job_definitions", jobDefinitionName=name, status="ACTIVE")
    newest = max(listed.get("jobDefinitions", ()), key=lambda each: int(each["revision"]), default=None)
    if newest is None:
        return None
    tasks = newest.get("ecsProperties", {}).get("taskProperties", [])
    return _names(tasks[0], "taskRoleArn") if tasks else _names(newest.get("containerProperties", {}), "jobRoleArn")


def _names(definition: Mapping[str, Any], key: str) -> tuple[str, str]:
    task, execution = definition.get(key) or "", definition.get("executionRoleArn") or ""
    return task.rpartition("/")[2], execution.rpartition("/")[2]


def _sentence(name: str, task: str, execution: str) -> str:
    templates = {
        (True, True): _ROLES,
        (True, False): _ONLY_TASK,
        (False, True): _ONLY_EXECUTION,
        (False, False): _NONE,
    }
    return templates[bool(task), bool(execution)].format(name=name, task=task, execution=execution)
