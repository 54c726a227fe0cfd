"""Keys one after the other: what is typed ahead goes where it was meant to.

Textual hands every key at once to whatever has the focus then, and looks for bindings only when the key has come back
to the app: of several keys that arrive together, the later ones would go to the line that the first one leaves.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from textual import events
from textual.app import App
from textual.dom import DOMNode

EFFECT = 1.0
"""Seconds that the effect of a key is waited for at most before the next one is taken."""

TELLINGS = 5
"""How often one may tell another: a key its line, that its field, that its page, that the app, and one to spare."""


class InTurn(App[int]):
    """An app that takes a key when those before it have had their effect."""

    def __init__(self) -> None:
        """Nothing is typed yet."""
        super().__init__()
        self._typed: deque[events.Key] = deque()
        self._taking: asyncio.Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        """A key waits until those before it have had their effect; letters of one text need not."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._taking is not None and not self._taking.done():
            self._typed.append(event)
        elif self._is_text(event):
            await super().on_event(event)
        else:
            if any(node.message_queue_size for node in self._around_focus()):
                await self._effect()
            await super().on_event(event)
            self._taking = asyncio.create_task(self._take())

    async def _take(self) -> None:
        """Take what is typed, until a key has had its effect and no other has come."""
        try:
            await self._effect(self)
            while self._typed:
                key = self._typed.popleft()
                await super().on_event(key)
                if not (self._is_text(key) and self._typed and self._is_text(self._typed[0])):
                    await self._effect(self)
        except Exception as error:  # noqa: BLE001 - whatever it is, it ends the wizard as it would in a handler
            self._handle_exception(error)

    async def _effect(self, *also: DOMNode) -> None:
        """Wait until the focused widget and all around it have done with it: as often as one may tell another."""
        rests = 0
        with suppress(TimeoutError):  # what was just closed does nothing any more
            async with asyncio.timeout(EFFECT):
                for _ in range(TELLINGS):
                    if rests == 2:
                        return
                    nodes = [*self._around_focus(), *also]
                    rests = 0 if any(node.message_queue_size for node in nodes) else rests + 1
                    for node in nodes:
                        reached = asyncio.Event()
                        if node.call_later(reached.set):
                            await reached.wait()

    def _is_text(self, key: events.Key) -> bool:
        return self.focused is not None and self.focused.check_consume_key(key.key, key.character)

    def _around_focus(self) -> list[DOMNode]:
        return [node for node in (self.focused or self.screen).ancestors_with_self if node is not self]
