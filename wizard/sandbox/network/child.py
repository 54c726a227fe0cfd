"""A child process in a session of its own, which never outlives the context that it runs in."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

CHUNK = 4096

NOT_FOUND = 127
"""The exit code for a program that cannot be started, as shells have it."""

Write = Callable[[bytes], None]


@asynccontextmanager
async def started(
    arguments: Sequence[str], environment: Mapping[str, str], pass_fds: Sequence[int] = ()
) -> AsyncIterator[Process]:
    """A program that runs, with both outputs in one pipe; at the end of the context it is killed, with its children.

    Raises OSError if it cannot be started.
    """
    child = await asyncio.create_subprocess_exec(
        *arguments,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        pass_fds=pass_fds,
    )
    try:
        yield child
    finally:
        await _kill(child)


async def finished(child: Process, write: Write) -> int:
    """Pass the output of a program to `write` at once, and return its exit code; negative if a signal ended it.

    A call that is cancelled kills the program.
    """
    assert child.stdout is not None  # `started` makes a pipe
    try:
        while chunk := await child.stdout.read(CHUNK):
            write(chunk)
        return await child.wait()
    finally:
        await _kill(child)


async def _kill(child: Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):  # it ended just now
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()


async def run(arguments: Sequence[str], environment: Mapping[str, str], write: Write) -> int:
    """Run a program to its end: its exit code, as `finished` has it; 127 if it cannot be started."""
    try:
        async with started(arguments, environment) as child:
            return await finished(child, write)
    except OSError as error:
        write(f"{arguments[0]}: {error.strerror}\n".encode())
        return NOT_FOUND
