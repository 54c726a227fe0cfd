"""Opens files that are not the wizard's own: only regular files, of at most a sane size, and without waiting."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MEGABYTE = 1024 * 1024

LARGEST = 4 * MEGABYTE
"""The largest file that is read, in bytes. A big kubeconfig has less than 1 MB."""


class UnusableFile(OSError):  # noqa: N818 (named after what is wrong)
    """The file is not one to read. `strerror` says why, as other errors of the operating system do."""

    def __init__(self, reason: str, path: Path) -> None:
        super().__init__(0, reason, str(path))


def read_bytes(path: Path, largest: int = LARGEST) -> bytes:
    """Return the content of a regular file of at most `largest` bytes. Never waits for a pipe or a device.

    Raises UnusableFile for a file of another kind or size, and the other errors of the operating system.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except ValueError as error:  # a null character in the name
        raise UnusableFile("the path is not a valid file name", path) from error
    with os.fdopen(descriptor, "rb") as file:
        _check_kind(os.fstat(descriptor).st_mode, path)
        content = file.read(largest + 1)
    if len(content) > largest:
        limit = largest // MEGABYTE
        raise UnusableFile(f"the file is larger than {limit} MB", path)
    return content


def read_text(path: Path, largest: int = LARGEST) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark. Raises as `read_bytes` does.

    Raises UnicodeDecodeError if the file is not UTF-8. That error holds the content: never show more of it than that.
    """
    return read_bytes(path, largest).decode("utf-8-sig")


def _check_kind(mode: int, path: Path) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "Is a directory", str(path))
    raise UnusableFile("the path is a pipe or a device, not a regular file", path)
