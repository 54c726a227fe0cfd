"""Work in threads of their own: at the end only what must not be broken in two is waited for."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

LASTING = "wif-wizard-lasting"
"""The name of threads that are waited for at the end."""


async def in_thread(work: Callable[[], T], lasting: bool = False) -> T:
    """Await `work()`, done in a thread of its own. Awaiting may be given up; the work goes on."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(act: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            act(value)

    def run() -> None:
        act: Callable[[Any], None] = future.set_result
        value: Any = None
        try:
            value = work()
        except BaseException as error:  # noqa: BLE001 (handed on, whole, to whoever awaits)
            act, value = future.set_exception, error
        unless_closed(loop, lambda: loop.call_soon_threadsafe(settle, act, value))

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name=LASTING if lasting else None, daemon=not lasting).start()
    return await future


def unless_closed(loop: asyncio.AbstractEventLoop, tell: Callable[[], object]) -> None:
    """Tell something to those in the loop; when it is closed, nobody is left to hear it."""
    try:
        tell()
    except RuntimeError:
        if not loop.is_closed():
            raise


def lasting() -> list[threading.Thread]:
    """The threads that must be waited for."""
    return [thread for thread in threading.enumerate() if thread.name == LASTING]


def lingering() -> bool:
    """Whether threads would hold up the end of the process: what asks a cloud starts more of them inside."""
    return any(not thread.daemon and thread is not threading.main_thread() for thread in threading.enumerate())
