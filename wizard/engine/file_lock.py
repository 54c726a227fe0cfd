"""A file that a process holds for as long as it lives: the system lets go of it however the process ends.

Unlike a process's number, which is given to another one day, this cannot be mistaken.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


def hold(path: Path) -> int:
    """Make the file, for its owner only, and hold it; answers what `let_go` takes. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with suppress(OSError):  # a file system that knows no locks: then nobody is ever said to be gone
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def let_go(path: Path, descriptor: int) -> None:
    """Take the file away."""
    path.unlink(missing_ok=True)
    os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether a process holds the file; also where that cannot be told."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two that look do not see each other
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
