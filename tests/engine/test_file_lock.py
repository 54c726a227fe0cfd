"""Taking turns by a lock file."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from wizard.engine import file_lock


def test_nobody_writes_between_the_read_and_the_write_of_another(tmp_path):
    lock, number = tmp_path / "turn.lock", tmp_path / "number"
    number.write_text("0")

    def add_one(_):
        with file_lock.turn(lock, 20):
            read = int(number.read_text())
            time.sleep(0.005)
            number.write_text(str(read + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(40)))
    assert number.read_text() == "40"
    assert not lock.exists(), "no lock file is left"


def test_who_waits_too_long_goes_on(tmp_path):
    lock = tmp_path / "turn.lock"
    with file_lock.turn(lock, 5):
        waited = []

        def impatient():
            with file_lock.turn(lock, 0.1):
                waited.append(lock.exists())

        other = threading.Thread(target=impatient)
        other.start()
        other.join(5)
        assert waited == [True], "it went on, and the lock of the first is still there"
    assert not lock.exists()


def test_where_there_can_be_no_lock_file_nobody_waits(tmp_path):
    with file_lock.turn(tmp_path / "absent" / "turn.lock", 5):
        assert not list(tmp_path.iterdir())


def test_a_lock_whose_file_cannot_be_deleted_is_released(tmp_path):
    lock = tmp_path / "run.lock"
    descriptor = file_lock.acquire(lock)
    lock.unlink()
    lock.mkdir()  # unlink refuses to delete it
    file_lock.release(lock, descriptor)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
