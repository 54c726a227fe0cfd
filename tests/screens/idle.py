"""Waiting until Textual has done all that it has to do. Uses more than Textual's documented API.

Textual's own tests wait until the process uses little CPU time. On a busy machine a process uses little because
others run, so a frame is taken before it is drawn; on an idle machine every key costs 40 ms.
"""

import asyncio
from time import monotonic
from typing import Any

from textual.app import App
from textual.message_pump import MessagePump

LONGEST = 0.5
"""Seconds after which an app that is never idle, such as one that shows progress, is taken as it is."""

TURNS = 10
"""Turns of the event loop in a row without work: what a widget that is at work posts is seen in one of them."""


async def until_idle(app: App[Any]) -> None:
    """Wait until no message is queued, nothing waits for a layout, and the screen is drawn; at most LONGEST seconds."""
    deadline = monotonic() + LONGEST
    idle_turns = 0
    while idle_turns < TURNS and app.is_running and monotonic() < deadline:
        await asyncio.sleep(0)
        if _is_idle(app):
            idle_turns += 1
        else:
            idle_turns = 0
            _draw(app)
            await asyncio.sleep(0.002)  # for the threads and the processes that the app waits for
    _draw(app)


def _draw(app: App[Any]) -> None:
    """Draw now what Textual would draw up to 1/60 s later."""
    if app.screen_stack:
        app.screen._on_timer_update()


def _pumps(app: App[Any]) -> list[MessagePump]:
    screens = [*app.screen_stack] if app.screen_stack else []
    return [app, *(node for screen in screens for node in screen.walk_children(with_self=True))]


def _is_idle(app: App[Any]) -> bool:
    if not app.screen_stack:
        return True
    if app._resize_timer is not None:  # Textual collects changes of the size for 1/120 s
        return False
    screen = app.screen
    # Not whether something is to be painted again: where a page shows progress, that is always so.
    unplaced = screen._layout_required or screen._scroll_required or screen._recompose_required or screen._callbacks
    return not unplaced and all(_has_nothing(pump) for pump in _pumps(app))


def _has_nothing(pump: MessagePump) -> bool:
    return pump._message_queue.empty() and not pump._next_callbacks
