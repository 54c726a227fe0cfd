"""The last line of the screen: the keys that work now, each of which can be clicked."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.visual import VisualType
from textual.widget import Widget

from wizard.language import translated

PALETTE = "command_palette"
"""The action whose key is left out first if the line is too short: all it offers has other keys."""


class Key(NamedTuple):
    """A key: its text in the footer, its binding, and its tooltip."""

    text: Content
    binding: Binding
    tooltip: str


class Footer(Widget, can_focus=False):
    """Draws all keys in one widget. Textual's footer recreates one widget per key whenever a key changes."""

    ALLOW_SELECT = False

    def __init__(self, word: Callable[[Binding], str] | None = None) -> None:
        """`word` returns the text for a binding, if that changes over time; by default its description."""
        super().__init__()
        self._word = word or _description
        self._keys: list[Key] = []

    def on_mount(self) -> None:
        """Redraw whenever the keys change."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> VisualType:
        """Return the keys that work now, as many as fit."""
        self._keys = self._shown()
        while sum(key.text.cell_length for key in self._keys) > self.size.width and len(self._keys) > 1:
            self._keys.remove(next((key for key in self._keys if key.binding.action == PALETTE), self._keys[-1]))
        return Content.assemble(*(key.text for key in self._keys))

    def _shown(self) -> list[Key]:
        """Return the first key of each action that works now."""
        keys: dict[str, Key] = {}
        for _, binding, enabled, tooltip in self.screen.active_bindings.values():
            if binding.show and enabled:
                keys.setdefault(binding.action, Key(self._text(binding), binding, tooltip))
        return list(keys.values())

    def _text(self, binding: Binding) -> Content:
        return Content.assemble((f" {self.app.get_key_display(binding)}", "bold $accent"), f" {self._word(binding)} ")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show the tooltip of the key under the mouse."""
        key = self._at(event)
        self.tooltip = translated(key.tooltip) if key else None

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
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
    return translated(binding.description)
