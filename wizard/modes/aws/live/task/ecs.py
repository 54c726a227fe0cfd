"""A one-off task of Amazon ECS: a task definition of its own, and one task in the workload's cluster and network.

Source: Amazon ECS API reference, RegisterTaskDefinition, RunTask and DescribeTasks; developer guide, "Task lifecycle".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wizard.chain.hop import Refusal
from wizard.clouds.errors import CloudError
from wizard.language import _
from wizard.modes.aws.live.task import removal
from wizard.modes.aws.live.task.wanted import CONTAINER, STREAM, Logs, Seen, Wanted
from wizard.resources.trust_quota import AwsCalls

_STATES = {
    "PROVISIONING": "ECS is preparing the task",
    "PENDING": "ECS is pulling the image",
    "ACTIVATING": "the task is starting",
    "RUNNING": "the task is running",
    "DEACTIVATING": "the task is stopping",
    "STOPPING": "the task is stopping",
    "DEPROVISIONING": "the task is stopping",
    "STOPPED": "the task has ended",
}
_STARTED = ("RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED")
_EXITED = ("EssentialContainerExited",)


@dataclass(frozen=True)
class EcsPlace:
    """Where the task runs, as the workload's own tasks do.

    `network` is an awsvpcConfiguration; empty for other network modes. `capacity` are the capacity provider strategy
    items of a service that has no launch type. `constraints` are placement constraints on EC2.
    """

    cluster: str
    found: str
    """Where the cluster and the network are from, as one line of evidence."""
    network: Mapping[str, Any] = field(default_factory=dict)
    network_mode: str = "awsvpc"
    capacity: Sequence[Mapping[str, Any]] = ()
    platform_version: str | None = None
    constraints: Sequence[Mapping[str, Any]] = ()


def definition(wanted: Wanted, place: EcsPlace) -> dict[str, Any]:
    """Return the arguments of RegisterTaskDefinition."""
    assert wanted.logs is not None  # every task of the test logs to CloudWatch
    container = {
        "name": CONTAINER,
        "image": wanted.image,
        "essential": True,
        "command": list(wanted.command),
        "readonlyRootFilesystem": True,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": wanted.logs.group,
                "awslogs-region": wanted.region,
                "awslogs-stream-prefix": STREAM,
            },
        },
    }
    arguments: dict[str, Any] = {
        "family": wanted.name,
        "taskRoleArn": wanted.role,
        "requiresCompatibilities": ["FARGATE" if wanted.on_fargate else "EC2"],
        "networkMode": place.network_mode,
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [container],
    }
    if wanted.execution_role:
        arguments["executionRoleArn"] = wanted.execution_role
    if wanted.platform:
        arguments["runtimePlatform"] = dict(wanted.platform)
    return arguments


@dataclass
class OneOffTask:
    """One task."""

    aws: AwsCalls
    wanted: Wanted
    where: EcsPlace
    kind: str = removal.TASK
    task: str = ""

    @property
    def name(self) -> str:
        """The family of the task definition, and what the task was started by."""
        return self.wanted.name

    def place(self) -> dict[str, Any]:
        """Return what `remove_task` needs."""
        logs = self._logs
        return {
            "account": self.wanted.account,
            "region": self.wanted.region,
            "cluster": self.where.cluster,
            "group": logs.group,
            "own_group": logs.own,
        }

    @property
    def _logs(self) -> Logs:
        assert self.wanted.logs is not None
        return self.wanted.logs

    def start(self) -> None:
        """Create the log group if it is the test's own, register the definition, and run the task."""
        if self._logs.own:
            self.aws.call("logs", "create_log_group", logGroupName=self._logs.group)
        registered = self.aws.call("ecs", "register_task_definition", **definition(self.wanted, self.where))
        arn = registered["taskDefinition"]["taskDefinitionArn"]
        answer = self.aws.call(
            "ecs",
            "run_task",
            cluster=self.where.cluster,
            taskDefinition=arn,
            count=1,
            startedBy=self.name,
            clientToken=self.name,
            **self._run_options(),
        )
        if not answer["tasks"]:
            failures = answer.get("failures") or [{}]
            reason = str(failures[0].get("reason") or _("RunTask started no task"))
            detail = str(failures[0].get("detail") or "")
            raise CloudError("ecs", "run_task", None, reason, detail or reason)
        self.task = str(answer["tasks"][0]["taskArn"])

    def _run_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if self.where.capacity:
            options["capacityProviderStrategy"] = [dict(each) for each in self.where.capacity]
        else:
            options["launchType"] = "FARGATE" if self.wanted.on_fargate else "EC2"
        if self.where.network_mode == "awsvpc":
            options["networkConfiguration"] = {"awsvpcConfiguration": dict(self.where.network)}
        if self.wanted.on_fargate and self.where.platform_version:
            options["platformVersion"] = self.where.platform_version
        if self.where.constraints and not self.wanted.on_fargate:
            options["placementConstraints"] = [dict(each) for each in self.where.constraints]
        return options

    def look(self) -> Seen:
        """Return the task's state, and why it never ran or was ended."""
        found = self.aws.call("ecs", "describe_tasks", cluster=self.where.cluster, tasks=[self.task])["tasks"]
        if not found:
            return Seen(_("ECS is preparing the task"))  # RunTask is eventually consistent
        task = found[0]
        status = str(task["lastStatus"])
        containers = task.get("containers") or [{}]
        stream = f"{STREAM}/{CONTAINER}/{self.task.rpartition('/')[2]}" if status in _STARTED else None
        return Seen(
            _(_STATES[status]) if status in _STATES else status,
            status == "STOPPED",
            _why_stopped(task) if status == "STOPPED" else None,
            (self._logs.group, stream) if stream else None,
            containers[0].get("exitCode"),
        )

    def remove(self) -> None:
        """Stop the task if it runs, and remove its definition and its log."""
        removal.remove_task(self.aws, self.name, self.place())

    def evidence(self) -> list[str]:
        """Return what runs where."""
        subnets = ", ".join(self.where.network.get("subnets", ()))
        network = (
            _("subnets {subnets}").format(subnets=subnets)
            if subnets
            else _("network mode {network_mode}").format(network_mode=self.where.network_mode)
        )
        launch = "Fargate" if self.wanted.on_fargate else "EC2"
        return [
            _("ECS task {name} ({image}) on {launch}, cluster {cluster}, {network}").format(
                name=self.name, image=self.wanted.image, launch=launch, cluster=self.where.cluster, network=network
            ),
            self.where.found,
            _("task role {role}; execution role {execution}").format(
                role=self.wanted.role, execution=self.wanted.execution_role or _("none")
            ),
        ]


def _why_stopped(task: Mapping[str, Any]) -> Refusal | None:
    """Return why a task stopped that its program did not end; None if the program's own exit code says it."""
    container = (task.get("containers") or [{}])[0]
    stopped, own = str(task.get("stoppedReason") or ""), str(container.get("reason") or "")
    if task.get("stopCode") in _EXITED and not own:
        return None
    reasons = dict.fromkeys(reason for reason in (stopped, own) if reason)
    return Refusal("Stopped", "; ".join(reasons) or "ECS reported no reason")
