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
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from wizard.sandbox.process import Sandbox

ROOT = Path(__file__).parents[1]

_MESSAGE = 4 * 1024 * 1024
"""Bytes that a request, which has a whole environment in it, never reaches."""

_LONGEST_FOLDER = 60
"""Characters of the folder of temporary files: the path of a socket has at most 107 in all."""

_ADDRESS = "WIF_WIZARD_TESTS_TEMPLATE"
"""The variable with the path of the socket of the process that forks."""

REAL_SPAWN = Sandbox.__dict__["_spawn"]
"""How the product starts a sandbox."""


def start_by_forking() -> None:
    """Let every Sandbox of this process be a fork, where the system can tell when a process ends (Linux).

    One process forks for this process and for those that inherit its environment: all workers of pytest.
    """
    if hasattr(os, "pidfd_open") and len(tempfile.gettempdir()) <= _LONGEST_FOLDER:
        template = _Template(os.environ.get(_ADDRESS) or _start_template())
        Sandbox._spawn = staticmethod(template.spawn)  # type: ignore[method-assign, assignment]


def _start_template() -> str:
    """Start the process that forks, which ends when this one does. Returns the path of its socket."""
    folder = tempfile.TemporaryDirectory(prefix="wif-wizard-tests-")
    address = str(Path(folder.name) / "template")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(address)
        listener.listen()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.forked", str(listener.fileno())],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        )

    def end() -> None:
        process.communicate()
        folder.cleanup()

    atexit.register(end)
    os.environ[_ADDRESS] = address
    return address


class _Template:
    """The process that forks, as another process sees it."""

    def __init__(self, address: str) -> None:
        self._address = address

    def spawn(self, arguments: Sequence[str], output: BinaryIO) -> "_Forked":
        """As Sandbox._spawn."""
        read, write = os.pipe()
        request = json.dumps([list(arguments), dict(os.environ), str(Path.cwd())]).encode()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as control:
            control.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MESSAGE)
            control.connect(self._address)
            socket.send_fds(control, [request], [read, output.fileno()])
            os.close(read)
            return _Forked(int(control.recv(64)), write)


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


def _serve(listener: socket.socket) -> None:
    """Fork for every request, until standard input is closed. Loads the modules for the first one."""
    while sys.stdin not in select.select([sys.stdin, listener], [], [])[0]:
        if not gc.get_freeze_count():
            _load()
            gc.collect()
            gc.freeze()  # what is shared stays shared
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
        control, _ = listener.accept()
        request, files, _, _ = socket.recv_fds(control, _MESSAGE, 2)
        pid = os.fork()
        if pid == 0:
            control.close()
            listener.close()
            _be_sandbox(*json.loads(request), *files)
        for file in files:
            os.close(file)
        with control:
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
    """Import and load what most sandboxes need; no thread may run when this is done."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # as the sandbox itself does before it loads gRPC
    import wizard.sandbox.kubernetes.server
    import wizard.sandbox.server  # noqa: F401
    from wizard.sandbox.aws.backend import Backend
    from wizard.sandbox.aws.cloud import _HEAVY
    from wizard.sandbox.aws.errors import AwsRefusal
    from wizard.sandbox.aws.messages import Message
    from wizard.sandbox.aws.protocols import SERVICES
    from wizard.sandbox.google import grpc_server
    from wizard.sandbox.google.apis import MOUNTS
    from wizard.sandbox.model.roles import role_table

    role_table()
    for mount in MOUNTS:
        for route in mount.routes:
            route.match(route.method, "/")
    for service in grpc_server.SERVICES.values():
        service.methods()
    backend = Backend("000000000000", "us-east-1", lambda: None)

    def use() -> None:
        for service, action, path in (*_HEAVY, *_LIGHT):
            backend.api(service, action, {}, path)
        for each in SERVICES.values():
            with suppress(AwsRefusal):
                backend.operation(each, Message("GET", "http://127.0.0.1/", {}, b""))

    backend._with_own_state(use)
    Backend._inside = None


_LIGHT = (
    ("iam", "ListRoles", "/"),
    ("iam", "GetRole", "/"),  # refused: what refusals need is loaded
    ("sts", "GetCallerIdentity", "/"),
    ("logs", "DescribeLogGroups", "/"),
    ("lambda", "ListFunctions", "/2015-03-31/functions"),
)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
