"""A sandbox in a child process, for the demo, the tests and the benchmark."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from .env_file import UNSET, read_env_file
from .own_folder import OwnFolder, remove_left

START_SECONDS = 30.0
"""How long a start may take on a busy machine; it usually takes less than one second."""

STOP_SECONDS = 10.0


class SandboxError(RuntimeError):
    """The sandbox ended, or did not start in time; the text contains what it printed."""


class Sandbox:
    """A context manager: the sandbox runs inside it, and `environ` points programs at it.

    `arguments` are those of `python -m wizard.sandbox`. The child reads a pipe from this process and stops when it
    closes, so that it never outlives this process.
    """

    def __init__(self, scenario: str = "batch-bigquery", arguments: Sequence[str] = ()) -> None:
        self._scenario = scenario
        self._arguments = list(arguments)
        self._folder = OwnFolder()
        self._process: subprocess.Popen[bytes] | None = None
        self.variables: dict[str, str] = {}
        """The variables that point programs at the sandbox."""

    @property
    def request_log(self) -> Path:
        """The request log: JSON lines."""
        return self._folder.path / "requests.jsonl"

    @property
    def output(self) -> Path:
        """What the child prints: one line at its start."""
        return self._folder.path / "output"

    @property
    def pid(self) -> int:
        """The child's process id."""
        if self._process is None:
            raise SandboxError("The sandbox is not running.")
        return self._process.pid

    def environ(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """An environment for child processes: `base` (this process's own by default), pointed at the sandbox."""
        kept = {key: value for key, value in (os.environ if base is None else base).items() if key not in UNSET}
        return {**kept, **self.variables}

    def __enter__(self) -> "Sandbox":
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._folder.remove()
        remove_left()  # what a child that was killed left

    @staticmethod
    def _spawn(arguments: Sequence[str], output: BinaryIO) -> subprocess.Popen[bytes]:
        """Start the process, with a pipe as its standard input.

        It has a session of its own, so that Ctrl-C in the terminal ends the programs inside first.
        """
        # -P: a file of the user's that is called wizard.py or json.py is not imported.
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "wizard.sandbox", *arguments],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _start(self) -> None:
        env_file = self._folder.path / "env"
        arguments = ["--scenario", self._scenario, "--until-eof", "--env-file", str(env_file)]
        arguments += ["--request-log", str(self.request_log), *self._arguments]
        with self.output.open("wb") as file:
            self._process = self._spawn(arguments, file)
        deadline = time.monotonic() + START_SECONDS
        # The line is printed after the file is written: whoever has started a sandbox finds both.
        while not (env_file.exists() and self.output.stat().st_size):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SandboxError(f"The sandbox did not start: {self.output.read_text(errors='replace')}")
            time.sleep(0.01)
        self.variables = read_env_file(env_file)
