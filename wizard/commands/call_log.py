"""--debug and --log FILE: a line for each cloud call, on stderr or at the end of a file."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from wizard.clouds.calls import LOGGER, WAITING
from wizard.commands import output
from wizard.language import _
from wizard.outside.text import one_line
from wizard.setup.problems import BadInput

_NOT_LOGGED = "the wizard cannot write to {file}: {error}; the wizard will not log any further API calls"
_NOT_WRITABLE = "--log: the wizard cannot write to {file}: {error}; choose another file"


@contextmanager
def listening(debug: bool, file: str | None) -> Iterator[None]:
    """Write a line for each call that is made inside: to stderr if `debug`, to a file if there is one.

    Raises BadInput if the file cannot be opened. A line that cannot be written disturbs no call.
    """
    with ExitStack() as opened:
        if debug:
            opened.enter_context(_heard(output.complain))
        if file is not None:
            opened.enter_context(_heard(_Appending(opened.enter_context(_private(file)), file).write))
        yield


class _Appending:
    """Writes lines to a file until one cannot be written."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name, self._failed = file, name, False

    def write(self, line: str) -> None:
        """Append a line, so that it is in the file at once."""
        if self._failed:
            return
        try:
            self._file.write(f"{line}\n".encode())
        except OSError as error:
            self._failed = True
            said = _(_NOT_LOGGED).format(file=self._name, error=error.strerror)
            output.complain(f"wif-wizard: {said}")


class _Handler(logging.Handler):
    """Gives each line to a function."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self._write = write
        formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(message)s", "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self._write(one_line(self.format(record)))


@contextmanager
def waiting() -> Iterator[None]:
    """Say on stderr which host does not answer, once for each, while the calls inside wait for it."""
    said: set[str] = set()

    def say(line: str) -> None:
        if line not in said:
            said.add(line)
            output.complain(f"wif-wizard: {line} ...")

    handler = _Handler(say)
    handler.setFormatter(None)
    WAITING.setLevel(logging.INFO)
    WAITING.addHandler(handler)
    try:
        yield
    finally:
        WAITING.removeHandler(handler)
        WAITING.setLevel(logging.NOTSET)


@contextmanager
def _heard(write: Callable[[str], None]) -> Iterator[None]:
    handler = _Handler(write)
    LOGGER.setLevel(logging.INFO)
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(logging.NOTSET)


def _private(name: str) -> BinaryIO:
    """A file to append to, which only its owner can read if it is made here."""
    try:
        descriptor = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise BadInput(_(_NOT_WRITABLE).format(file=name, error=error.strerror)) from error
    return os.fdopen(descriptor, "ab", buffering=0)
