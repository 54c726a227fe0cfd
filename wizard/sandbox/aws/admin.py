"""The sandbox's own calls, for callers with its token: a task's environment, and programs that run as a workload."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Literal, cast

from .messages import Message, Reply
from .protocols import json_reply
from .runs import NotRunningError, Runs
from .workloads import Workloads

ADMIN = "/_sandbox/"
ADMIN_HEADER = "x-sandbox-token"

_NOT_FOUND = {"message": "Not Found"}


class Admin:
    """GET /_sandbox/tasks/TASK/environment, and POST .../tasks/TASK/run and .../instances/ID/run.

    TASK is the id of a task or of a Batch job. The body of a run is {"command": ["aws", "sts", ...]}, its answer
    {"exit_code": 0, "output": "..."}. Refusals have a `message`: 400, 403, 404, or 409 for what does not run.
    """

    def __init__(self, workloads: Workloads, runs: Runs, token: str) -> None:
        self._workloads = workloads
        self._runs = runs
        self._token = token

    async def answer(self, message: Message, endpoint: str, connected: Callable[[], bool]) -> Reply:
        """The reply to one request.

        `endpoint` is the address of the metadata services (http://HOST:PORT). A run ends when its caller is no longer
        `connected`.
        """
        given = message.headers.get(ADMIN_HEADER, "")
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return json_reply({"message": f"The {ADMIN_HEADER} header is missing or wrong."}, 403)
        match message.method, *message.path.removeprefix(ADMIN).split("/"):
            case "GET", "tasks", name, "environment":
                return self._environment(name, message.query.get("form", "full"), endpoint)
            case "POST", ("tasks" | "instances") as kind, name, "run":
                return await self._run(kind, name, message.document.get("command"), connected)
            case method, ("tasks" | "instances"), _, ("environment" | "run") if method not in ("GET", "POST"):
                return json_reply({"message": "Method Not Allowed"}, 405)
        return json_reply(_NOT_FOUND, 404)

    def _environment(self, name: str, form: str, endpoint: str) -> Reply:
        if form not in ("full", "relative"):
            return json_reply(_NOT_FOUND, 404)
        try:
            variables = self._workloads.environment(name, endpoint, cast(Literal["full", "relative"], form))
        except KeyError:
            return json_reply({"message": f"No task {name} is running."}, 404)
        return json_reply(variables)

    async def _run(self, kind: str, name: str, command: object, connected: Callable[[], bool]) -> Reply:
        if not isinstance(command, list) or not command or not all(isinstance(word, str) for word in command):
            return json_reply({"message": "command must be a list of strings, and not empty."}, 400)
        run = self._runs.run_as_task if kind == "tasks" else self._runs.run_as_instance
        try:
            finished = await run(name, command, connected)
        except KeyError:
            return json_reply({"message": f"There is no {kind.removesuffix('s')} {name}."}, 404)
        except NotRunningError as error:
            return json_reply({"message": str(error)}, 409)
        return json_reply({"exit_code": finished.exit_code, "output": finished.output})
