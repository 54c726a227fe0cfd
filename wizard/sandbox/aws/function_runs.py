"""Invocations of Lambda functions: the handler of a Python deployment package runs, with what Lambda gives it.

Source: AWS Lambda developer guide, "Defined runtime environment variables".
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from wizard.sandbox.network import Network

from .backend import Backend
from .container_logs import ContainerLogs, Lines, Stream
from .directory import Role
from .lambda_runtime import EVENT
from .messages import Reply
from .sts import Sts

SESSION = 43_200
"""How long the credentials of an invocation are good for, in seconds."""
SHOWN_LOG = 4096
"""Bytes of the log that an invocation can show in its reply."""

_RUNTIME = str(Path(__file__).with_name("lambda_runtime.py"))
_TASK_ROOT = "/var/task"


@dataclass(frozen=True)
class Invocation:
    """One invocation. `package` is the deployment package (ZIP), `timeout` in seconds."""

    name: str
    version: str
    region: str
    role: Role
    handler: str
    package: bytes
    event: Any
    timeout: float
    memory: int
    variables: Mapping[str, str] = field(default_factory=dict)
    shows_log: bool = False
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class FunctionRuns:
    """Runs functions in places of the network that have no metadata service."""

    def __init__(
        self,
        sts: Sts,
        backend: Backend,
        network: Network,
        logs: ContainerLogs,
        clock: Callable[[], datetime],
        replacement: Sequence[str],
    ) -> None:
        self._sts = sts
        self._backend = backend
        self._network = network
        self._logs = logs
        self._clock = clock
        self.replacement = list(replacement)
        """The user's command, for functions whose own program is not here."""

    async def invoke(self, invocation: Invocation) -> Reply:
        """Run a function to its end, and return what Invoke returns."""
        stream = await asyncio.wrap_future(self._backend.submit(lambda: self._stream(invocation)))
        output = bytearray()
        with tempfile.TemporaryDirectory(prefix="wif-wizard-", ignore_cleanup_errors=True) as folder:
            answer_file = Path(folder) / "answer.json"
            command = self._command(invocation, Path(folder), answer_file)
            environment = await asyncio.wrap_future(self._backend.submit(lambda: self._environment(invocation, stream)))
            async with self._network.place() as place:
                running = place.run(command, {**place.variables, **environment}, output.extend)
                try:
                    code = await asyncio.wait_for(running, invocation.timeout)
                except TimeoutError:
                    code = None
            answered = answer_file.read_text(encoding="utf-8") if answer_file.is_file() else ""
        await self._write(stream, invocation, bytes(output))
        return self._reply(invocation, code, answered, bytes(output))

    def _command(self, invocation: Invocation, folder: Path, answer: Path) -> list[str]:
        """Unpack the function; the command that runs it, or that of the user if there is nothing to run."""
        root = folder / "task"
        root.mkdir()
        if not invocation.package:
            return self.replacement
        with zipfile.ZipFile(io.BytesIO(invocation.package)) as package:
            package.extractall(root)
        return [sys.executable, "-I", "-u", _RUNTIME, str(root), invocation.handler, str(answer)]

    def _environment(self, invocation: Invocation, stream: Stream) -> dict[str, str]:
        key = self._sts.session(invocation.role, invocation.name, SESSION)
        assert key.token is not None  # a session's key has one
        event = json.dumps({"event": invocation.event, "id": invocation.id})
        return {
            **invocation.variables,
            "AWS_ACCESS_KEY_ID": key.access_key_id,
            "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
            "AWS_SESSION_TOKEN": key.token,
            "AWS_REGION": invocation.region,
            "AWS_DEFAULT_REGION": invocation.region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
            "AWS_LAMBDA_FUNCTION_NAME": invocation.name,
            "AWS_LAMBDA_FUNCTION_VERSION": invocation.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(invocation.memory),
            "AWS_LAMBDA_LOG_GROUP_NAME": stream.group,
            "AWS_LAMBDA_LOG_STREAM_NAME": stream.name,
            "LAMBDA_TASK_ROOT": _TASK_ROOT,
            "_HANDLER": invocation.handler,
            EVENT: event,
        }

    def _stream(self, invocation: Invocation) -> Stream:
        day = self._clock().strftime("%Y/%m/%d")
        name = f"{day}/[{invocation.version}]{uuid.uuid4().hex}"
        return self._logs.created(Stream(invocation.region, f"/aws/lambda/{invocation.name}", name), True)

    async def _write(self, stream: Stream, invocation: Invocation, output: bytes) -> None:
        lines = Lines()
        complete = lines.add(output) + lines.rest()
        text = [f"START RequestId: {invocation.id} Version: {invocation.version}", *complete]
        text.append(f"END RequestId: {invocation.id}")
        await asyncio.wrap_future(self._backend.submit(lambda: self._logs.write(stream, text)))

    def _reply(self, invocation: Invocation, code: int | None, answered: str, output: bytes) -> Reply:
        headers = {
            "Content-Type": "application/json",
            "X-Amz-Executed-Version": invocation.version,
            "x-amzn-RequestId": invocation.id,
        }
        if invocation.shows_log:
            headers["X-Amz-Log-Result"] = base64.b64encode(output[-SHOWN_LOG:]).decode()
        document = json.loads(answered) if answered else {}
        if "answer" in document or (code == 0 and not answered):
            return Reply(200, json.dumps(document.get("answer")).encode(), headers)
        error = document.get("error") or self._unfinished(invocation, code)
        return Reply(200, json.dumps(error).encode(), {**headers, "X-Amz-Function-Error": "Unhandled"})

    def _unfinished(self, invocation: Invocation, code: int | None) -> dict[str, str]:
        """The error of a function that did not come to its end."""
        if code is None:
            now = self._clock().strftime("%Y-%m-%dT%H:%M:%S.000Z")
            text = f"{now} {invocation.id} Task timed out after {invocation.timeout:.2f} seconds"
            return {"errorMessage": text}
        text = f"RequestId: {invocation.id} Error: Runtime exited with error: exit status {code}"
        return {"errorType": "Runtime.ExitError", "errorMessage": text}
