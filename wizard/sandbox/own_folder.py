"""The folders of running sandboxes, which are removed at their end, or by the next sandbox if they were killed.

A lock on the folder (flock(2)) tells whether its process is still there: it ends with the process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "wif-wizard-running-"
"""No other folder has it: folders of earlier versions have no lock that would tell that they are in use."""
_NOTE = "env-file"


class OwnFolder:
    """A private folder, made at once. What killed sandboxes of this user left is removed before."""

    def __init__(self) -> None:
        remove_left()
        # It removes itself also when nobody calls `remove`, at the end of the process.
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def note_env_file(self, path: Path) -> None:
        """Remember an environment file elsewhere, which goes with the folder."""
        (self.path / _NOTE).write_text(str(path.absolute()), encoding="utf-8")

    def remove(self) -> None:
        """Remove the folder, and the environment file if it is still this sandbox's."""
        _remove_env_file(self.path)
        self._folder.cleanup()
        os.close(self._lock)


def remove_left() -> None:
    """Remove the folders of this user's sandboxes that were killed, and their environment files."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is gone, somebody else's, or in use
            _remove_if_left(folder)


def _remove_if_left(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        found = os.fstat(descriptor)
        if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) != 0o700:
            return
        if not any(folder.iterdir()):  # one that begins now is not locked yet
            return
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove_env_file(folder)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)


def _remove_env_file(folder: Path) -> None:
    """Remove the environment file that the folder's sandbox wrote; one that leads elsewhere by now stays."""
    with suppress(OSError, ValueError):
        noted = Path((folder / _NOTE).read_text(encoding="utf-8"))
        if str(folder) in noted.read_text(encoding="utf-8"):
            noted.unlink()
