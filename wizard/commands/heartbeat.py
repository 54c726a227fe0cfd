"""Says on stderr, while a command is silent for long, that it still works."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wizard.commands import output
from wizard.language import _

SILENCE = 9.0
"""Seconds without a line after which the command says that it still works."""
_CHECK = 0.5

_WORKING = "wif-wizard is still waiting. Nothing has changed for {seconds} s ..."


@contextmanager
def heartbeat(silence: Callable[[], float] = output.silence, check: float = _CHECK) -> Iterator[None]:
    """Say a line each time that the work inside is silent for SILENCE seconds. `check` is in seconds."""
    over = threading.Event()
    since = 0.0

    def watch() -> None:
        nonlocal since
        while not over.wait(check):
            quiet = silence()
            if quiet < since:  # something else was said
                since = 0.0
            if quiet - since >= SILENCE:
                since = quiet
                output.complain(_(_WORKING).format(seconds=round(quiet)), is_news=False)

    watching = threading.Thread(target=watch, name="heartbeat", daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
