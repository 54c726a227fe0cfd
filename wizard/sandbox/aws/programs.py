"""The commands of containers that really run, as child processes with what their runtime gives them.

No image is pulled, so a command runs if the machine has all of it: Python with its program in the command, or the
command that the user gave for all workloads.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.sandbox.plain_image import alone, is_plain

from .backend import Backend
from .container_logs import ContainerLogs, Lines
from .workloads import Task, Workloads

if TYPE_CHECKING:
    from .runs import Runs

PAUSE = 0.05
"""Seconds between two looks at whether a task has come so far that its container starts."""

_PYTHON = re.compile(r"python(3(\.\d+)?)?", re.ASCII)


class Programs:
    """Starts the programs of tasks, passes their output to CloudWatch Logs, and ends the tasks with their exit codes.

    `replacement` is the user's command, which runs in place of those of images. Only its methods `start_waiting` and
    `close` belong to the event loop.
    """

    def __init__(
        self, runs: Runs, workloads: Workloads, backend: Backend, logs: ContainerLogs, replacement: Sequence[str]
    ) -> None:
        self._runs = runs
        self._workloads = workloads
        self._backend = backend
        self._logs = logs
        self._replacement = list(replacement)
        self._waiting: list[Task] = []
        self._running: set[asyncio.Task[None]] = set()

    def of(self, command: Sequence[str], image: str) -> list[str]:
        """The command to run for that of a container; empty if nothing can run here."""
        is_python = bool(command) and _PYTHON.fullmatch(Path(command[0]).name) is not None
        if is_python and _is_whole(command[1:], scripts=not self._replacement):
            arguments = list(command[1:])
            return [sys.executable, *(alone(arguments) if is_plain(image) else arguments)]
        return list(self._replacement)

    def add(self, task: Task) -> None:
        """Let a task's program start when its container does."""
        self._waiting.append(task)

    def start_waiting(self) -> None:
        """Start what was added since the last call."""
        while self._waiting:
            started = asyncio.ensure_future(self._follow(self._waiting.pop(0)))
            self._running.add(started)
            started.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Kill all programs."""
        for started in list(self._running):
            started.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _follow(self, task: Task) -> None:
        while self._workloads.find(task.id) and task.running and self._workloads.progress(task) < 1:
            await asyncio.sleep(PAUSE)
        if not task.running:
            return
        lines, written = Lines(), []

        def write(chunk: bytes) -> None:
            complete = lines.add(chunk)
            if complete and task.log is not None:
                written.append(self._backend.submit(lambda: self._logs.write(task.log, complete)))

        code = await self._runs.run_program(task, write)
        rest = lines.rest()
        if rest and task.log is not None:
            written.append(self._backend.submit(lambda: self._logs.write(task.log, rest)))
        for each in written:
            await asyncio.wrap_future(each)
        self._workloads.finish(task, code)


def _is_whole(arguments: Sequence[str], scripts: bool) -> bool:
    """Whether Python finds its program without the files of an image: in the command or, with `scripts`, here."""
    for number, argument in enumerate(arguments):
        if argument.startswith("-") and not argument.startswith("--") and argument.endswith("c"):
            return number + 1 < len(arguments)
        if not argument.startswith("-"):
            return scripts and argument.startswith("/") and Path(argument).is_file()
    return False
