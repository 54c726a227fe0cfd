"""A lock file that shows whether the process that created it still runs.

The operating system releases the lock however the process ends. A process id is no proof, because ids are reused.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


def acquire(path: Path) -> int:
    """Create the file, readable by its owner only, and lock it. Returns what `release` needs. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with suppress(OSError):  # a file system without locks: is_held then never reports a crashed process
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def release(path: Path, descriptor: int) -> None:
    """Delete the file and release its lock. Raises OSError."""
    path.unlink(missing_ok=True)
    os.close(descriptor)


def is_held(path: Path) -> bool:
    """Return whether a process has the lock; True if that cannot be determined. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: concurrent checks do not see each other
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
