"""A file of somebody else is read only if it is a regular file of a sane size, and nothing waits for it."""

import os
from pathlib import Path

import pytest

from wizard.outside import files


def test_a_regular_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"\xef\xbb\xbftext")
    assert files.read_text(file) == "text"
    link = tmp_path / "link"
    link.symlink_to(file)
    assert files.read_bytes(link) == b"\xef\xbb\xbftext"


def test_a_pipe_that_nobody_writes_to_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(files.UnusableFile) as error:
        files.read_bytes(pipe)
    assert error.value.strerror == "the path is a pipe or a device, not a regular file"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/tty", "/dev/null"])
def test_a_link_to_a_device_is_refused(tmp_path: Path, device: str) -> None:
    link = tmp_path / "link"
    link.symlink_to(device)
    with pytest.raises(OSError):
        files.read_bytes(link)


def test_a_large_file_is_refused_by_its_size(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with file.open("wb") as written:
        written.truncate(20 * files.MEGABYTE)
    with pytest.raises(files.UnusableFile, match="the file is larger than 4 MB"):
        files.read_bytes(file)


def test_a_folder_and_a_file_that_is_not_there_are_named_as_ever(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        files.read_bytes(tmp_path)
    with pytest.raises(FileNotFoundError):
        files.read_bytes(tmp_path / "none")
    with pytest.raises(files.UnusableFile, match="not a valid file name"):
        files.read_bytes(Path("a\0b"))
