"""A child process in a session of its own, which never outlives the call that runs it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence

CHUNK = 4096


async def run(arguments: Sequence[str], environment: Mapping[str, str], write: Callable[[bytes], None]) -> int:
    """Run a program to its end, pass its output to `write` at once, and return its exit code."""
    child = await asyncio.create_subprocess_exec(
        *arguments,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert child.stdout is not None
    try:
        while chunk := await child.stdout.read(CHUNK):
            write(chunk)
        return await child.wait()
    finally:
        if child.returncode is None:
            os.killpg(child.pid, signal.SIGKILL)
            await child.wait()
