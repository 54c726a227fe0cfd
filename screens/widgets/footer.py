"""The last line: the keys of this moment, each of which can be clicked."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.visual import VisualType
from textual.widget import Widget

PALETTE = "command_palette"
"""The action whose key goes first where there is no room for all: what it offers has other ways."""


class Key(NamedTuple):
    """A key as it is shown, what it does, and the tooltip that says more."""

    text: Content
    binding: Binding
    tooltip: str


class Footer(Widget, can_focus=False):
    """One widget for all keys: Textual's own is made anew, a widget a key, whenever one of them changes."""

    ALLOW_SELECT = False

    def __init__(self, word: Callable[[Binding], str] | None = None) -> None:
        """`word` says what a binding does, where that is not always the same."""
        super().__init__()
        self._word = word or _description
        self._keys: list[Key] = []

    def on_mount(self) -> None:
        """Show each change of keys."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> VisualType:
        """The keys of this moment, as many as there is room for."""
        self._keys = self._shown()
        while sum(key.text.cell_length for key in self._keys) > self.size.width and len(self._keys) > 1:
            self._keys.remove(next((key for key in self._keys if key.binding.action == PALETTE), self._keys[-1]))
        return Content.assemble(*(key.text for key in self._keys))

    def _shown(self) -> list[Key]:
        """The first key of each action that can be done now."""
        keys: dict[str, Key] = {}
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.show and enabled:
                keys.setdefault(binding.action, Key(self._text(binding), binding, tooltip))
        return list(keys.values())

    def _text(self, binding: Binding) -> Content:
        return Content.assemble((f" {self.app.get_key_display(binding)}", "bold $accent"), f" {self._word(binding)} ")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The tooltip is that of the key under the mouse."""
        key = self._at(event)
        self.tooltip = key.tooltip if key else None

    def on_click(self, event: events.Click) -> None:
        """As by key."""
        event.stop()
        if key := self._at(event):
            self.app.simulate_key(key.binding.key)

    def _at(self, event: events.MouseEvent) -> Key | None:
        end, place = 0, event.get_content_offset(self)
        for key in self._keys:
            end += key.text.cell_length
            if place is not None and place.x < end:
                return key
        return None


def _description(binding: Binding) -> str:
    return binding.description
