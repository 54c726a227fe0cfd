"""Keys one after the other: what is typed ahead goes where it was meant to.

Textual hands every key at once to whatever has the focus then, and looks for bindings only when the key has come back
to the app: of several keys that arrive together, the later ones would go to the line that the first one leaves.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from textual import events
from textual.dom import DOMNode

from screens.textual_private import HookedApp, is_busy, is_text, wait_until_handled

EFFECT = 1.0
"""Longest time in seconds to wait for the effect of a key before the next one is taken."""

ROUNDS = 5
"""How often messages may cause further messages: from a key to its line, field, page and app, and one to spare."""


class InTurn(HookedApp):
    """An app that takes a key when those before it have had their effect."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key] = deque()
        self._taking: asyncio.Task[None] | None = None

    async def take_key(self, key: events.Key) -> None:
        """A key waits until those before it have had their effect; letters of one text need not."""
        if self._taking is not None and not self._taking.done():
            self._typed.append(key)
        elif is_text(self, key):
            await self.dispatch_key(key)
        else:
            if is_busy(self._around_focus()):
                await self._effect()
            await self.dispatch_key(key)
            self._taking = asyncio.create_task(self._take())

    async def _take(self) -> None:
        """Take what is typed, until a key has had its effect and no other has come."""
        try:
            await self._effect(self)
            while self._typed:
                key = self._typed.popleft()
                await self.dispatch_key(key)
                if not (is_text(self, key) and self._typed and is_text(self, self._typed[0])):
                    await self._effect(self)
        except Exception as error:  # noqa: BLE001 - whatever it is, it ends the wizard as it would in a handler
            self.crash(error)

    async def _effect(self, *also: DOMNode) -> None:
        """Wait until the focused widget and all around it have handled the key, and what it made them send."""
        rests = 0
        with suppress(TimeoutError):  # what was just closed does nothing any more
            async with asyncio.timeout(EFFECT):
                for _ in range(ROUNDS):
                    if rests == 2:
                        return
                    nodes = [*self._around_focus(), *also]
                    rests = 0 if is_busy(nodes) else rests + 1
                    for node in nodes:
                        await wait_until_handled(node)

    def _around_focus(self) -> list[DOMNode]:
        return [node for node in (self.focused or self.screen).ancestors_with_self if node is not self]
