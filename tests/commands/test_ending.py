"""A process of the program ends with its exit code, whatever its threads still do."""

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, sys, threading, time
libc = ctypes.CDLL(None)  # its exit handlers are those of the libraries
libc.__cxa_atexit(ctypes.cast(libc.abort, ctypes.c_void_p), None, None)
if {is_busy}:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
sys.argv = ["wif-wizard", "schema", {name!r}]
from wizard.cli import program
program()
"""


def _ended(name: str, is_busy: bool) -> subprocess.CompletedProcess[str]:
    source = PROGRAM.format(is_busy=is_busy, name=name)
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("name", "code", "words"), [("plan", 0, '"$schema"'), ("nothing", 64, "nothing")])
def test_what_a_thread_still_uses_is_not_taken_away(name: str, code: int, words: str) -> None:
    ended = _ended(name, is_busy=True)
    assert ended.returncode == code
    assert words in ended.stdout + ended.stderr


def test_without_such_a_thread_the_process_ends_as_usual() -> None:
    ended = _ended("plan", is_busy=False)
    assert ended.returncode < 0, "the libraries end themselves"
    assert '"$schema"' in ended.stdout
