"""Commands of the wizard in forked children: they start at once, and can be killed at any moment."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DEADLINE = 150.0
"""Seconds after which a command counts as hung: the wizard gives up on a call after about a minute."""

SILENCE = 10.0
"""Seconds without a line after which a command counts as silent. Half as many more are granted to a busy machine."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (negative: killed by a signal), what it printed, its longest silence, and its
    duration."""

    code: int
    text: str
    silence: float
    seconds: float = 0.0

    @property
    def hung(self) -> bool:
        """Whether it was killed at the deadline, or was silent for too long."""
        return self.code == -signal.SIGALRM or self.silence > SILENCE * 1.5


class Child:
    """A function that runs in a forked child, with its output in a file."""

    def __init__(self, work: Callable[[], int], environ: Mapping[str, str], folder: Path, output: Path) -> None:
        self._output = output
        self._started = time.monotonic()
        self._last, self._size, self._silence = self._started, 0, 0.0
        self.pid = os.fork()
        if self.pid == 0:
            self._run(work, environ, folder)

    def _run(self, work: Callable[[], int], environ: Mapping[str, str], folder: Path) -> None:
        code = 70
        try:
            os.environ.clear()
            os.environ.update(environ)
            os.chdir(folder)
            descriptor = os.open(self._output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            sys.stdin = open(0, closefd=False)  # noqa: SIM115 (it lives as long as the child)
            sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
            sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
            code = work()
        except BaseException:  # noqa: BLE001 (whatever it is, the parent must see it)
            traceback.print_exc()
        finally:
            os._exit(code)

    def kill(self) -> None:
        """Kill it, as `kill -9` does, and wait for its end."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def wait(self) -> Ended:
        """Wait for its end. Kills it after DEADLINE."""
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._listen()
            if pid:
                seconds = time.monotonic() - self._started
                return Ended(os.waitstatus_to_exitcode(status), self.text, self._silence, seconds)
            if time.monotonic() - self._started > DEADLINE:
                self.kill()
                return Ended(-signal.SIGALRM, self.text, self._silence, DEADLINE)
            time.sleep(0.01)

    @property
    def has_ended(self) -> bool:
        """Whether it has ended. `wait` can then no longer be called."""
        return os.waitpid(self.pid, os.WNOHANG)[0] != 0

    @property
    def text(self) -> str:
        """What it has printed so far."""
        return self._output.read_text(encoding="utf-8", errors="replace") if self._output.exists() else ""

    def _listen(self) -> None:
        now = time.monotonic()
        size = self._output.stat().st_size if self._output.exists() else 0
        if size != self._size:
            self._size, self._last = size, now
        self._silence = max(self._silence, now - self._last)


def command(arguments: Sequence[str], faster: float = 1.0) -> Callable[[], int]:
    """Return what runs a command of the wizard. All its waiting goes `faster` times as fast as usual."""

    def work() -> int:
        from wizard import cli
        from wizard.commands import output
        from wizard.engine.patience import Time

        if faster > 1.0:
            start = time.monotonic()
            clock: Callable[[], float] = lambda: start + (time.monotonic() - start) * faster  # noqa: E731
            pause: Callable[[float], None] = lambda seconds: time.sleep(seconds / faster)  # noqa: E731
            Time.__init__.__defaults__ = (clock, pause)
        output._NEWS.last = time.monotonic()  # this process began with the fork
        return cli.main(list(arguments))

    return work
