"""The link-local endpoints of a task's container."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import AwsRefusal
from .messages import Message, Reply
from .protocols import json_reply
from .workloads import Task, Workloads

CREDENTIALS = "/v2/credentials/"
METADATA = "/v4/"


class ContainerMetadata:
    """GET /v2/credentials/ID, and /v4/TASK[/task]."""

    def __init__(self, workloads: Workloads) -> None:
        self._workloads = workloads

    def answer(self, message: Message, link_local: bool = False) -> Reply:
        """The reply to one request; `link_local` says that it came to 169.254.170.2, which only a task can reach."""
        if message.method != "GET":
            return json_reply({"message": "Method Not Allowed"}, 405)
        if message.path.startswith(METADATA):
            return self._metadata(message.path.removeprefix(METADATA))
        try:
            path_id = message.path.removeprefix(CREDENTIALS)
            given = message.headers.get("authorization")
            return json_reply(self._workloads.credentials(path_id, given, demands_token=not link_local))
        except AwsRefusal as refusal:
            document = {"code": refusal.code, "message": refusal.message, "HTTPErrorCode": refusal.status}
            return json_reply(document, refusal.status)

    def _metadata(self, path: str) -> Reply:
        name, _, rest = path.partition("/")
        task = self._workloads.find(name)
        if task is None or not task.running or rest not in ("", "task"):
            return json_reply({"message": "Not Found"}, 404)
        return json_reply(_task(task) if rest == "task" else _container(task))


def _task(task: Task) -> Mapping[str, object]:
    return {
        "Cluster": task.cluster,
        "TaskARN": task.arn,
        "Family": task.family,
        "DesiredStatus": "RUNNING",
        "KnownStatus": "RUNNING",
        "Containers": [_container(task)],
        "LaunchType": task.launch,
    }


def _container(task: Task) -> Mapping[str, object]:
    return {
        "DockerId": f"{task.id}-1",
        "KnownStatus": "RUNNING",
        "Networks": [{"NetworkMode": task.network_mode}],
        "Labels": {"com.amazonaws.ecs.cluster": task.cluster, "com.amazonaws.ecs.task-arn": task.arn},
    }
