"""The programs that are still in a network namespace, which nothing else leads to: they left their session."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

PAUSE = 0.01


def own_network() -> int:
    """The inode number of the network namespace of this process."""
    return Path("/proc/self/ns/net").stat().st_ino


async def kill_all(network: int) -> None:
    """Kill every program in the network namespace of that inode number, and wait until none is there.

    Raises ValueError for the network of this process.
    """
    if network == own_network():
        raise ValueError("these are the programs of the whole machine")
    while True:
        processes = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
        if not sum(_killed(process, network) for process in processes):
            return
        await asyncio.sleep(PAUSE)


def _killed(pid: int, network: int) -> bool:
    """Kill a process if it is in the namespace. What ended already, and what belongs to somebody else, is not."""
    with suppress(ProcessLookupError, FileNotFoundError, PermissionError):
        descriptor = os.pidfd_open(pid)  # so that no other process is meant once this one has ended
        try:
            if Path(f"/proc/{pid}/ns/net").stat().st_ino == network:
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                return True
        finally:
            os.close(descriptor)
    return False
