"""What containers print, in CloudWatch Logs: the awslogs driver.

Sources: Amazon ECS developer guide, "Send Amazon ECS logs to CloudWatch"; AWS Batch user guide, "Use the awslogs log
driver".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .backend import Backend

BATCH_GROUP = "/aws/batch/job"
"""The log group of jobs whose definition names none. AWS Batch creates it."""

LONGEST_LINE = 16_384
"""Bytes of a line that Docker passes to a log driver at once; the rest of a longer line is an event of its own."""

_NO_GROUP = "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist."
_RETRIED = (
    f"ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: {_NO_GROUP}"
)
ON_FARGATE = f"{_RETRIED} : exit status 1"
ON_EC2 = (
    f"CannotStartContainerError: Error response from daemon: failed to initialize logging driver: {_NO_GROUP}"
).removesuffix(".")
"""Why a task stops whose log group does not exist: verbatim, on Fargate and on EC2."""


@dataclass(frozen=True)
class Stream:
    """A log stream of one container."""

    region: str
    group: str
    name: str


class NoGroupError(Exception):
    """The log group does not exist, and the definition does not let the driver create it."""


class Lines:
    """Cuts the output of a program into lines, as a log driver gets them."""

    def __init__(self) -> None:
        self._rest = b""

    def add(self, chunk: bytes) -> list[str]:
        """The lines that are complete now."""
        *complete, self._rest = (self._rest + chunk).split(b"\n")
        return [part for line in complete for part in _parts(line)]

    def rest(self) -> list[str]:
        """What the program printed after the last line break."""
        return _parts(self._rest)


def _parts(line: bytes) -> list[str]:
    cuts = range(0, len(line), LONGEST_LINE)
    return [line[cut : cut + LONGEST_LINE].decode(errors="replace") for cut in cuts]


class ContainerLogs:
    """The awslogs driver. All of it happens in the worker thread."""

    def __init__(self, backend: Backend, clock: Callable[[], datetime]) -> None:
        self._backend = backend
        self._clock = clock

    def stream(
        self, configuration: Mapping[str, Any] | None, container: str, task_id: str, region: str
    ) -> Stream | None:
        """The stream of a container of ECS, created; None if it does not log to CloudWatch. Raises NoGroupError."""
        if not configuration or configuration.get("logDriver") != "awslogs":
            return None
        options = {str(key): str(value) for key, value in (configuration.get("options") or {}).items()}
        group, where = options.get("awslogs-group", ""), options.get("awslogs-region", region)
        prefix = options.get("awslogs-stream-prefix")
        name = f"{prefix}/{container}/{task_id}" if prefix else f"{task_id}-{container}"
        creates = options.get("awslogs-create-group", "").lower() == "true"
        return self.created(Stream(where, group, name), creates)

    def stream_of_job(
        self, configuration: Mapping[str, Any] | None, definition: str, task_id: str, region: str
    ) -> Stream | None:
        """The stream of a Batch job, created; None if its definition names another driver. Raises NoGroupError."""
        given = configuration or {"logDriver": "awslogs"}
        if given.get("logDriver") != "awslogs":
            return None
        options = given.get("options") or {}
        group = str(options.get("awslogs-group") or BATCH_GROUP)
        prefix = options.get("awslogs-stream-prefix") or definition
        where = str(options.get("awslogs-region") or region)
        creates = group == BATCH_GROUP or str(options.get("awslogs-create-group", "")).lower() == "true"
        return self.created(Stream(where, group, f"{prefix}/default/{task_id}"), creates)

    def write(self, stream: Stream | None, lines: Sequence[str]) -> None:
        """Add events to a stream; what was deleted meanwhile gets none."""
        if stream is None:
            return
        group = self._model(stream.region).groups.get(stream.group)
        if group is not None and stream.name in group.streams:
            now = int(self._clock().timestamp() * 1000)
            group.put_log_events(stream.name, [{"timestamp": now, "message": line} for line in lines])

    def created(self, stream: Stream, creates_group: bool) -> Stream:
        """A log stream, created with its group if that may be created. Raises NoGroupError."""
        model = self._model(stream.region)
        if stream.group not in model.groups:
            if not creates_group:
                raise NoGroupError(stream.group)
            model.create_log_group(stream.group, {})
        if stream.name not in model.groups[stream.group].streams:
            model.create_log_stream(stream.group, stream.name)
        return stream

    def _model(self, region: str) -> Any:
        from moto.logs.models import logs_backends

        return logs_backends[self._backend.account][region]
