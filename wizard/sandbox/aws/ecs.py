"""Amazon ECS, where the gate adds to moto: a task starts only if its role lets ECS in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from .arns import arn as arn_of
from .backend import Backend
from .commands import FOREVER, course
from .container_logs import ON_EC2, ON_FARGATE, ContainerLogs, NoGroupError
from .errors import AwsRefusal
from .handlers import Call, Handlers
from .hosts import host_of
from .messages import Message, Reply, with_document
from .programs import Programs
from .workloads import EXITED, Task, Workloads

FAILED_TO_START = "TaskFailedToStart"
"""The stop code of a task that never ran."""


class Ecs:
    """RunTask, StopTask, DescribeTasks and ListTasks."""

    def __init__(self, backend: Backend, workloads: Workloads, programs: Programs, logs: ContainerLogs) -> None:
        self._backend = backend
        self._workloads = workloads
        self._programs = programs
        self._logs = logs
        self.handlers: Handlers = {
            ("ecs", "RegisterTaskDefinition"): self._register,
            ("ecs", "CreateService"): self._create_service,
            ("ecs", "RunTask"): self._run_task,
            ("ecs", "StopTask"): self._stop_task,
            ("ecs", "DescribeTasks"): self._with_states,
            ("ecs", "ListTasks"): self._list_tasks,
        }

    def _register(self, call: Call) -> Reply:
        """Refuse a definition for Fargate that logs to CloudWatch without an execution role."""
        document = call.message.document
        drivers = [(each.get("logConfiguration") or {}).get("logDriver") for each in _containers_of(document)]
        on_fargate = "FARGATE" in (document.get("requiresCompatibilities") or [])
        if on_fargate and "awslogs" in drivers and not document.get("executionRoleArn"):
            text = "Fargate requires task definition to have execution role ARN to support log driver awslogs."
            raise AwsRefusal("ClientException", text, 400)
        return call.sent_to(self._backend)

    def _create_service(self, call: Call) -> Reply:
        """Create a service; its tasks are not started."""
        with _without_container_memory(self._model(call.region)):
            return call.sent_to(self._backend, _with_security_groups(call.message))

    def _run_task(self, call: Call) -> Reply:
        model = self._model(call.region)
        document = call.message.document
        self._check(call, model)
        with _without_container_memory(model):
            reply = call.sent_to(self._backend, _with_security_groups(call.message))
        if not reply.ok:
            return reply
        answer = json.loads(reply.body)
        for started in answer["tasks"]:
            launch = str(started.get("launchType") or "EC2")
            started |= self._start(model, started["taskArn"], call.region, document.get("overrides") or {}, launch)
        return Reply(reply.status, json.dumps(answer).encode(), reply.headers)

    def _start(self, model: Any, arn: str, region: str, overrides: dict[str, Any], launch: str) -> dict[str, str]:
        """Give a task the id that ECS would give it, and start it; returns its changed fields."""
        tasks = next(tasks for tasks in model.tasks.values() if arn in tasks)
        running = tasks.pop(arn)
        running.id = running.id.replace("-", "")
        tasks[running.task_arn] = running
        definition = model.describe_task_definition(running.task_definition_arn)
        role_arn = overrides.get("taskRoleArn") or getattr(definition, "task_role_arn", None)
        task = Task(running.id, running.task_arn, running.cluster_name, region, definition.family, role_arn)
        task.network_mode = getattr(definition, "network_mode", None) or "bridge"
        execution_role = getattr(definition, "execution_role_arn", None)
        task.execution_role_arn = overrides.get("executionRoleArn") or execution_role
        task.launch = launch
        task.host = host_of(self._backend.account, region, task.cluster, running.container_instance_arn)
        self._prepare(task, definition, overrides)
        reason = self._workloads.start(task) or self._open_log(task, definition)
        if reason is None and task.program:
            self._programs.add(task)
        running.created_at, running.stop_code = task.begun, None
        _set_status(running, "RUNNING" if reason is None else "STOPPED")
        running.containers = _containers(running, definition, region)
        if reason is not None:
            running.desired_status, running.stop_code, running.stopped_reason = "STOPPED", FAILED_TO_START, reason
            running.stopped_at = running.created_at
        return {"taskArn": running.task_arn, "lastStatus": "PROVISIONING"}

    def _prepare(self, task: Task, definition: Any, overrides: dict[str, Any]) -> None:
        """Tell how the task's container goes: with a program that runs here, or as its words tell."""
        command = _command(definition, overrides)
        task.program = self._programs.of(command, str(_essential(definition).get("image", "")))
        task.variables = _environment(definition, overrides)
        task.course = FOREVER if task.program else course(command) or FOREVER

    def _open_log(self, task: Task, definition: Any) -> str | None:
        """Create the log stream of the task's container; returns why the task stops if there is no log group."""
        container = _essential(definition)
        try:
            task.log = self._logs.stream(
                container.get("logConfiguration"), str(container.get("name")), task.id, task.region
            )
        except NoGroupError:
            self._workloads.fail(task)
            return ON_FARGATE if task.launch == "FARGATE" else ON_EC2
        return None

    def _with_states(self, call: Call) -> Reply:
        """moto's answer, once it knows how far each task has come."""
        self._update(self._model(call.region))
        return call.sent_to(self._backend)

    def _list_tasks(self, call: Call) -> Reply:
        """Without a status, ECS lists the tasks that are to run."""
        self._update(self._model(call.region))
        document = {"desiredStatus": "RUNNING", **call.message.document}
        return call.sent_to(self._backend, with_document(call.message, document))

    def _update(self, model: Any) -> None:
        for tasks in model.tasks.values():
            for running in tasks.values():
                task = self._workloads.find(running.task_arn)
                if task is not None and running.stop_code != FAILED_TO_START:
                    self._update_task(running, task)

    def _update_task(self, running: Any, task: Task) -> None:
        """Let moto's task have the status of ours, and what a task has that ended by itself."""
        progress = self._workloads.progress(task)
        if progress >= 1.0 or not task.running:
            running.started_at = self._workloads.runs_since(task)
        if task.running:
            _set_status(running, _status(progress))
            return
        running.desired_status, running.stopped_at, running.execution_stopped_at = "STOPPED", task.ended, task.ended
        if not running.stop_code:
            running.stop_code, running.stopped_reason = "EssentialContainerExited", EXITED
        _set_status(running, "STOPPED" if self._workloads.cleared(task) else "DEPROVISIONING")
        for container in running.containers:
            container.last_status, container.exitCode = "STOPPED", task.exit_code

    def _stop_task(self, call: Call) -> Reply:
        name = str(call.message.document.get("task", ""))
        task = self._workloads.find(name)
        if task is None:
            raise AwsRefusal("InvalidParameterException", "The referenced task was not found.", 400)
        model = self._model(call.region)
        self._update(model)
        running = next(tasks[task.arn] for tasks in model.tasks.values() if task.arn in tasks)
        reason = call.message.document.get("reason") or "Task stopped by user"
        if not task.running:  # the first reason stays
            reason = running.stopped_reason
        reply = call.sent_to(self._backend, with_document(call.message, {**call.message.document, "reason": reason}))
        if reply.ok and task.running:
            running.stop_code = "UserInitiated"
            self._workloads.stop(task.id)
            self._update_task(running, task)
        return reply

    def _check(self, call: Call, model: Any) -> None:
        """Refuse what moto would fail at: no instance to run on, a subnet that does not exist."""
        document = call.message.document
        cluster = str(document.get("cluster", "default")).rpartition("/")[2]
        on_instances = document.get("launchType", "EC2") == "EC2" and not document.get("capacityProviderStrategy")
        if on_instances and cluster in model.clusters and not model.container_instances.get(cluster):
            default = model.clusters[cluster].default_capacity_provider_strategy
            if document.get("launchType") or not default:
                text = "No Container Instances were found in your cluster."
                raise AwsRefusal("InvalidParameterException", text, 400)
        for subnet in _network(document).get("subnets", []):
            self._check_subnet(str(subnet), call.region)

    def _check_subnet(self, subnet: str, region: str) -> None:
        from moto.ec2.models import ec2_backends

        zones = ec2_backends[self._backend.account][region].subnets.values()
        if not any(subnet in subnets for subnets in zones):
            problem = f"The subnet ID '{subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound)"
            text = f"Error retrieving subnet information for [{subnet}]: {problem}"
            raise AwsRefusal("InvalidParameterException", text, 400)

    def _model(self, region: str) -> Any:
        from moto.ecs.models import ecs_backends

        return ecs_backends[self._backend.account][region]


@contextmanager
def _without_container_memory(model: Any) -> Iterator[None]:
    """Let moto place containers without memory of their own, as is usual on Fargate, where the task has it."""
    revisions = [definition for family in model.task_definitions.values() for definition in family.values()]
    bare = [
        container
        for definition in revisions
        for container in definition.container_definitions
        if "memory" not in container and "memoryReservation" not in container
    ]
    for container in bare:
        container["memoryReservation"] = 0
    try:
        yield
    finally:
        for container in bare:
            del container["memoryReservation"]


def _with_security_groups(message: Message) -> Message:
    """moto needs a list of security groups; ECS takes the default group of the VPC when there is none."""
    network = _network(message.document)
    if network.get("subnets") and not network.get("securityGroups"):
        document = {
            **message.document,
            "networkConfiguration": {"awsvpcConfiguration": {**network, "securityGroups": []}},
        }
        return with_document(message, document)
    return message


def _network(document: dict[str, Any]) -> dict[str, Any]:
    found = (document.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    return found if isinstance(found, dict) else {}


def _containers_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = document.get("containerDefinitions")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _essential(definition: Any) -> dict[str, Any]:
    """The first essential container of a definition."""
    containers: list[dict[str, Any]] = definition.container_definitions
    return next((each for each in containers if each.get("essential", True)), containers[0])


def _environment(definition: Any, overrides: dict[str, Any]) -> dict[str, str]:
    """The variables of the essential container, as the definition and the overrides say."""
    container = _essential(definition)
    given = list(container.get("environment") or [])
    for override in overrides.get("containerOverrides") or []:
        if override.get("name") == container.get("name"):
            given += override.get("environment") or []
    return {str(each["name"]): str(each.get("value", "")) for each in given}


def _command(definition: Any, overrides: dict[str, Any]) -> list[str]:
    """The command of the essential container, its entry point included, as the definition or the overrides say."""
    container = _essential(definition)
    entry = [str(word) for word in container.get("entryPoint") or []]
    command = container.get("command") or []
    for override in overrides.get("containerOverrides") or []:
        if override.get("name") == container.get("name"):
            command = override.get("command") or command
    return [*entry, *(str(word) for word in command)]


def _containers(running: Any, definition: Any, region: str) -> list[Any]:
    """All containers of a task, with ARNs of their own; moto has the first only."""
    account = definition.arn.split(":")[4]
    made = []
    for described in definition.container_definitions:
        container = copy(running.containers[0])
        container.name, container.image = described.get("name"), described.get("image")
        container.task_arn = running.task_arn
        name = f"container/{running.cluster_name}/{running.id}/{uuid.uuid4()}"
        container.container_arn = arn_of("ecs", region, account, name)
        container.exitCode, container.health_status = None, "UNKNOWN"
        made.append(container)
    return made


def _status(progress: float) -> str:
    """The status of a task on its way. Source: Amazon ECS developer guide, "Task lifecycle"."""
    if progress >= 1.0:
        return "RUNNING"
    return "PROVISIONING" if progress < 0.5 else "PENDING"


def _set_status(running: Any, status: str) -> None:
    running.last_status = status
    for container in running.containers:
        container.last_status = status
