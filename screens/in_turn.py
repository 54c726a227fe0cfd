"""Handles keys one after the other, so that keys typed ahead go to the widget for which they are meant.

Textual sends each key at once to the widget that has the focus, and looks for bindings only when the key comes back to
the app. Of several keys that arrive together, the later ones would go to the field that the first one leaves.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from textual import events
from textual.dom import DOMNode

from screens.textual_private import HookedApp, is_busy, is_text, wait_until_handled

EFFECT = 1.0
"""Longest time in seconds to wait for the effect of a key before the next key is handled."""

ROUNDS = 5
"""How often messages can cause other messages: from a key to its line, field, page and app, and one more."""


class InTurn(HookedApp):
    """An app that handles a key after the keys before it have taken effect."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key] = deque()
        self._taking: asyncio.Task[None] | None = None

    async def take_key(self, key: events.Key) -> None:
        """Handle a key after those before it have taken effect. Letters of the same text do not wait."""
        if self._taking is not None and not self._taking.done():
            self._typed.append(key)
        elif is_text(self, key):
            await self.dispatch_key(key)
        else:
            if is_busy(self._around_focus()):
                await self._wait_for_effect()
            await self.dispatch_key(key)
            self._taking = asyncio.create_task(self._handle_typed())

    async def _handle_typed(self) -> None:
        """Handle the typed keys until the last one has taken effect."""
        try:
            await self._wait_for_effect(self)
            while self._typed:
                key = self._typed.popleft()
                await self.dispatch_key(key)
                if not (is_text(self, key) and self._typed and is_text(self, self._typed[0])):
                    await self._wait_for_effect(self)
        except Exception as error:  # noqa: BLE001 - any error ends the wizard, as in a message handler
            self.crash(error)

    async def _wait_for_effect(self, *also: DOMNode) -> None:
        """Wait until the focused widget and its ancestors have handled the key, and the messages that it caused."""
        rests = 0
        with suppress(TimeoutError):  # a widget that was just closed handles nothing
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
