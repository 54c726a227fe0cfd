"""Runs work in threads. When the app ends, it waits only for work that must not be interrupted."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

LASTING = "wif-wizard-lasting"
"""The name of threads that the app waits for when it ends."""


async def in_thread(work: Callable[[], T], lasting: bool = False) -> T:
    """Run `work()` in a new thread, and return its result. Raises its error.

    Cancelling the await does not stop the work. The app waits for `lasting` work when it ends.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def resolve(set_outcome: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            set_outcome(value)

    def run() -> None:
        set_outcome: Callable[[Any], None] = future.set_result
        value: Any = None
        try:
            value = work()
        except BaseException as error:  # noqa: BLE001 (the caller that awaits gets it)
            set_outcome, value = future.set_exception, error
        unless_closed(loop, lambda: loop.call_soon_threadsafe(resolve, set_outcome, value))

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name=LASTING if lasting else None, daemon=not lasting).start()
    return await future


def unless_closed(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    """Call a function that uses the loop. Ignores the error that it raises if the loop is closed."""
    try:
        call()
    except RuntimeError:
        if not loop.is_closed():
            raise


def lasting() -> list[threading.Thread]:
    """Return the threads that the app must wait for."""
    return [thread for thread in threading.enumerate() if thread.name == LASTING]


def lingering() -> bool:
    """Return whether threads delay the end of the process. Cloud clients start such threads themselves."""
    return any(not thread.daemon and thread is not threading.main_thread() for thread in threading.enumerate())
