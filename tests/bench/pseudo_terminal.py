"""A command in a pseudo terminal, watched byte by byte: for times that a person would feel."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

LIMIT = 60.0
"""Seconds after which a measurement is given up."""

QUIET = 0.15
"""Seconds without a change after which a frame is complete."""

_ESCAPES = re.compile(rb"\x1b(\[[0-9;?<=>]*[a-zA-Z]|[()][A-Z0-9]|\][^\x07\x1b]*(\x07|\x1b\\)|P[^\x1b]*\x1b\\|[=>])")


class PseudoTerminal:
    """A context manager: the command runs inside it, and is killed at its end."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], width: int = 80, height: int = 24) -> None:
        self._command, self._environ, self._size = command, environ, (height, width, 0, 0)
        self._seen, self._drawn = b"", 0.0

    def __enter__(self) -> PseudoTerminal:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *self._size))
        environ = {**self._environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def send(self, keys: bytes) -> float:
        """Type, once all that was drawn before is read; when it was typed."""
        while select.select([self._ours], [], [], 0)[0]:
            self._read(0)
        self._seen = b""
        typed = time.perf_counter()
        os.write(self._ours, keys)
        return typed

    def wait_for(self, text: str) -> float:
        """Wait until the text was drawn since the last keys; when that was. Raises TimeoutError with what was drawn."""
        wanted = text.encode()
        end = time.perf_counter() + LIMIT
        while time.perf_counter() < end:
            if wanted in _ESCAPES.sub(b"", self._seen):
                return time.perf_counter()
            self._read(0.05)
        raise TimeoutError(f"{text!r} was not drawn: {_ESCAPES.sub(b'', self._seen)[-2000:]!r}")

    def wait_until_drawn(self, quiet: float = QUIET) -> float:
        """Wait until something was drawn since the last keys, and nothing more for `quiet`; when the last of it was."""
        end = time.perf_counter() + LIMIT
        while time.perf_counter() < end:
            before = len(self._seen)
            self._read(quiet)
            if self._seen and len(self._seen) == before:
                return self._drawn
        raise TimeoutError("nothing was drawn")

    def wait_for_exit(self) -> float:
        """Wait until the command has ended; when that was."""
        end = time.perf_counter() + LIMIT
        while time.perf_counter() < end:
            if self._process.poll() is not None:
                return time.perf_counter()
            self._read(0.005)
        raise TimeoutError("the command goes on")

    @property
    def peak_memory(self) -> float:
        """The most memory that the command has had, in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1000

    def _read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._ours], [], [], seconds)
        if ready:
            try:
                self._seen += os.read(self._ours, 65536)
                self._drawn = time.perf_counter()
            except OSError:  # the other end is closed
                time.sleep(seconds)
