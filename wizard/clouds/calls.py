"""A line for each call to a cloud: which client, what, where, what was answered, and how long that took.

The clients log here, and whoever wants the lines adds a handler. Lines are made of the parts below and of nothing else:
no headers, no bodies, and of a query only the names, so that no line can have a secret in it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

from wizard.clouds.errors import CloudError

LOGGER = logging.getLogger("wizard.clouds.calls")
"""Every call, at the level INFO."""
LOGGER.propagate = False

WAITING = logging.getLogger("wizard.clouds.waiting")
"""What is waited for longer than usual, at the level INFO."""
WAITING.propagate = False
_UNUSUAL = 5.0
"""Seconds."""

NO_ANSWER = "no-answer"
"""What stands for a status where there was no answer."""


def log(client: str, operation: str, where: str, status: int | str, started: float) -> None:
    """Log a call. `operation` is a method or an operation's name; `started` is of time.monotonic()."""
    LOGGER.info("%-10s %s %s %s %.3f s", client, operation, where, status, time.monotonic() - started)


def place(url: str) -> str:
    """Host, port and path of a URL, and the names in its query without their values."""
    parts = urlsplit(url)
    names = dict.fromkeys(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    host = parts.netloc.rpartition("@")[2]
    return f"{host}{parts.path}?{'&'.join(names)}" if names else f"{host}{parts.path}"


@contextmanager
def logged(client: str, operation: str, where: str) -> Iterator[None]:
    """Log a call that is made inside; one that is refused raises CloudError."""
    started = time.monotonic()
    try:
        yield
    except CloudError as error:
        log(client, operation, where, error.status or error.reason, started)
        raise
    log(client, operation, where, "ok", started)


@contextmanager
def awaited(host: str) -> Iterator[None]:
    """Log that an answer of the host is waited for, if the call that is made inside takes longer than usual."""
    if not WAITING.isEnabledFor(logging.INFO):
        yield
        return
    timer = threading.Timer(_UNUSUAL, WAITING.info, ("still waiting for a response of %s", host))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
