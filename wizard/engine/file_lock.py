"""A lock file that shows whether the process that created it still runs.

The operating system releases the lock however the process ends. A process id is no proof, because ids are reused.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_ASK_AGAIN = 0.02
"""Seconds between two attempts to get a lock."""


def acquire(path: Path) -> int:
    """Create the file, readable by its owner only, and lock it. Returns what `release` needs. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with suppress(OSError):  # a file system without locks: is_held then never reports a crashed process
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def release(path: Path, descriptor: int) -> None:
    """Delete the file, unless it can no longer be deleted, and release its lock."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
    os.close(descriptor)


def is_held(path: Path) -> bool:
    """Return whether a process has the lock; True if that cannot be determined. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDONLY)  # also on a disk that became read-only
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: concurrent checks do not see each other
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def turn(path: Path, timeout: float) -> Iterator[None]:
    """Let one process, and one of its threads, at a time run the block; the others wait, at most `timeout` seconds.

    The file exists only while somebody runs or waits. Where it cannot be created or locked, nobody waits: the
    lock makes a collision rarer, and nothing may depend on it.
    """
    descriptor = _locked(path, time.monotonic() + timeout)
    try:
        yield
    finally:
        if descriptor is not None:
            with suppress(OSError):
                release(path, descriptor)


def _locked(path: Path, until: float) -> int | None:
    """Lock the file as soon as nobody has it locked; None if that cannot be done until then."""
    while time.monotonic() < until:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(path, descriptor):
                return descriptor
        except BlockingIOError:
            time.sleep(_ASK_AGAIN)
        except OSError:
            os.close(descriptor)
            return None
        os.close(descriptor)
    return None


def _is_at(path: Path, descriptor: int) -> bool:
    """Return whether the path still names this file: whoever had the lock before has deleted theirs."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
