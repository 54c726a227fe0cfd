"""The link-local endpoints of a task's container, and the sandbox's own way to read a task's environment."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Literal, cast

from .errors import AwsRefusal
from .messages import Message, Reply
from .protocols import json_reply
from .workloads import Task, Workloads

CREDENTIALS = "/v2/credentials/"
METADATA = "/v4/"
ADMIN = "/_sandbox/tasks/"
ADMIN_HEADER = "x-sandbox-token"


class ContainerMetadata:
    """GET /v2/credentials/ID, /v4/TASK[/task], and /_sandbox/tasks/TASK/environment."""

    def __init__(self, workloads: Workloads, admin_token: str) -> None:
        self._workloads = workloads
        self._admin_token = admin_token

    def answer(self, message: Message, endpoint: str) -> Reply:
        """The reply to one request; `endpoint` is this server's address as http://HOST:PORT."""
        if message.method != "GET":
            return json_reply({"message": "Method Not Allowed"}, 405)
        if message.path.startswith(ADMIN):
            return self._environment(message, endpoint)
        if message.path.startswith(METADATA):
            return self._metadata(message.path.removeprefix(METADATA))
        try:
            path_id = message.path.removeprefix(CREDENTIALS)
            return json_reply(self._workloads.credentials(path_id, message.headers.get("authorization")))
        except AwsRefusal as refusal:
            document = {"code": refusal.code, "message": refusal.message, "HTTPErrorCode": refusal.status}
            return json_reply(document, refusal.status)

    def _environment(self, message: Message, endpoint: str) -> Reply:
        """The variables of a task's container, for callers with the sandbox's own token; also with ?form=relative."""
        given = message.headers.get(ADMIN_HEADER, "")
        if not secrets.compare_digest(given.encode(), self._admin_token.encode()):
            return json_reply({"message": f"The {ADMIN_HEADER} header is missing or wrong."}, 403)
        name, _, rest = message.path.removeprefix(ADMIN).partition("/")
        form = message.query.get("form", "full")
        if rest != "environment" or form not in ("full", "relative"):
            return json_reply({"message": "Not Found"}, 404)
        try:
            variables = self._workloads.environment(name, endpoint, cast(Literal["full", "relative"], form))
        except KeyError:
            return json_reply({"message": f"No task {name} is running."}, 404)
        return json_reply(variables)

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
        "LaunchType": "FARGATE",
    }


def _container(task: Task) -> Mapping[str, object]:
    return {
        "DockerId": f"{task.id}-1",
        "KnownStatus": "RUNNING",
        "Labels": {"com.amazonaws.ecs.cluster": task.cluster, "com.amazonaws.ecs.task-arn": task.arn},
    }
