"""Sandboxes for the tests, each a fork of one process that has loaded all modules: a start takes no seconds of work.

A sandbox of the product loads them itself; tests/sandbox/test_process.py starts those.
"""

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from wizard.sandbox.process import Sandbox

ROOT = Path(__file__).parents[1]

_MESSAGE = 4 * 1024 * 1024
"""Bytes that a request, which has a whole environment in it, never reaches."""


REAL_SPAWN = Sandbox.__dict__["_spawn"]
"""How the product starts a sandbox."""


def start_by_forking() -> None:
    """Let every Sandbox of this process be a fork, where the system can tell when a process ends (Linux)."""
    if hasattr(os, "pidfd_open"):
        Sandbox._spawn = staticmethod(_Template().spawn)  # type: ignore[method-assign, assignment]


class _Template:
    """The process that forks. It starts with the first sandbox, and ends when this process does."""

    def __init__(self) -> None:
        self._control: socket.socket | None = None

    def spawn(self, arguments: Sequence[str], output: BinaryIO) -> "_Forked":
        """As Sandbox._spawn."""
        control = self._control or self._start()
        read, write = os.pipe()
        request = json.dumps([list(arguments), dict(os.environ), str(Path.cwd())]).encode()
        socket.send_fds(control, [request], [read, output.fileno()])
        os.close(read)
        return _Forked(int(control.recv(64)), write)

    def _start(self) -> socket.socket:
        own, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (own, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MESSAGE)
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.forked", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        )
        theirs.close()
        self._control = own
        atexit.register(self._end, process)
        return own

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        if self._control is not None:
            self._control.close()
        process.wait()


class _Forked:
    """What Sandbox uses of Popen, for a process that is another one's child."""

    def __init__(self, pid: int, stdin: int) -> None:
        self.pid = pid
        self.stdin = os.fdopen(stdin, "wb")
        self._ended: int | None = None
        try:
            self._handle = os.pidfd_open(pid)
        except ProcessLookupError:
            self._ended, self._handle = 0, -1

    def poll(self) -> int | None:
        """Whether it has ended: 0, whatever its exit code was."""
        return self._ended if self._ended is not None else self._wait(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises TimeoutExpired."""
        if self._ended is None and self._wait(timeout) is None:
            raise subprocess.TimeoutExpired("sandbox", timeout or 0)
        return 0

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self._ended is None:
            signal.pidfd_send_signal(self._handle, number)

    def _wait(self, timeout: float | None) -> int | None:
        if select.select([self._handle], [], [], timeout)[0]:
            os.close(self._handle)
            self._ended = 0
        return self._ended


def _serve(control: socket.socket) -> None:
    """Fork for every request, until the other end is closed."""
    _load()
    gc.collect()
    gc.freeze()  # what is shared stays shared
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    while True:
        request, files, _, _ = socket.recv_fds(control, _MESSAGE, 2)
        if not request:
            return
        pid = os.fork()
        if pid == 0:
            control.close()
            _be_sandbox(*json.loads(request), *files)
        for file in files:
            os.close(file)
        control.send(str(pid).encode())


def _be_sandbox(arguments: list[str], environ: dict[str, str], folder: str, stdin: int, output: int) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate((stdin, output, output)):
        os.dup2(file, number)
    os.closerange(3, max(stdin, output) + 1)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    from wizard.sandbox.__main__ import main

    os._exit(main(arguments))


def _load() -> None:
    """Import what a sandbox imports, and let moto load its services; no thread may run when this is done."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # as the sandbox itself does before it loads gRPC
    import wizard.sandbox.kubernetes.server
    import wizard.sandbox.server  # noqa: F401
    from wizard.sandbox.aws.backend import Backend
    from wizard.sandbox.aws.cloud import _HEAVY
    from wizard.sandbox.google import grpc_server

    grpc_server.warm()
    backend = Backend("000000000000", "us-east-1", lambda: None)

    def use() -> None:
        for service, action, path in (*_HEAVY, ("iam", "ListRoles", "/"), ("sts", "GetCallerIdentity", "/")):
            backend.api(service, action, {}, path)

    backend._with_own_state(use)
    Backend._inside = None


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
