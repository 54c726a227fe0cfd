"""The command palette: all actions in one list, which typing narrows.

Textual's own palette searches in the background and draws in several rounds, which takes longer than a key may take
here; its words are not in our catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from screens.textual_private import StillBehind
from wizard.language import _


class Palette(StillBehind[SystemCommand | None]):
    """Shows the commands below an input, which keeps the focus. Its result is the chosen command, None for none."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", id="palette.close", tooltip="Close the palette"),
        Binding("down", "list('cursor_down')", "Next command", id="palette.down", show=False),
        Binding("up", "list('cursor_up')", "Previous command", id="palette.up", show=False),
        Binding("pagedown", "list('page_down')", "Next page", id="palette.page-down", show=False),
        Binding("pageup", "list('page_up')", "Previous page", id="palette.page-up", show=False),
    ]

    def __init__(self, commands: Iterable[SystemCommand]) -> None:
        """`commands` are shown in this order until the user types."""
        super().__init__()
        self._commands = list(commands)
        self._shown = self._commands

    def compose(self) -> ComposeResult:
        """Yield the input, and the list of all commands."""
        with Vertical(classes="palette"):
            yield Input(placeholder=_("Search for commands"), compact=True)
            rows = OptionList(*self._rows(), compact=True)
            rows.can_focus = False
            rows.highlighted = 0
            yield rows

    def _rows(self) -> Iterable[Option]:
        """Yield a row for each command that is shown: its title, and what it does in a second column."""
        width = max(cell_len(command.title) for command in self._commands)
        for command in self._shown:
            title = command.title + " " * (width - cell_len(command.title))
            yield Option(Content.assemble((title, "bold"), "  ", (command.help, "$text-muted")))

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        event.stop()
        self._shown = matching(self._commands, event.value.strip())
        rows = self.query_one(OptionList)
        rows.set_options(self._rows())
        if self._shown:
            rows.highlighted = 0
        else:
            rows.add_option(Option(_("No command matches the text"), disabled=True))

    def action_list(self, action: str) -> None:
        """Pass an action on to the list."""
        getattr(self.query_one(OptionList), f"action_{action}")()

    @on(Input.Submitted)
    def _choose_highlighted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._shown[event.option_index])

    def on_click(self, event: events.Click) -> None:
        """Close the palette on a click beside it."""
        if event.widget is self:
            self.dismiss()


def matching(commands: Sequence[SystemCommand], text: str) -> list[SystemCommand]:
    """Return the commands whose title has the characters of the text in this order; the best match first."""
    from textual.fuzzy import Matcher

    if not text:
        return list(commands)
    match = Matcher(text).match
    scored = [(match(command.title), command) for command in commands]
    found = [(score, command) for score, command in scored if score > 0]
    return [command for _score, command in sorted(found, key=lambda scored: scored[0], reverse=True)]
