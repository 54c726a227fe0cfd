"""The wizard: the frame around the pages, the keys, and the way from page to page."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.driver import Driver
from textual.screen import ModalScreen, Screen

import assets
from screens import bridge, crash, pages, themes, threads
from screens.in_turn import InTurn
from screens.page import Page
from screens.session import Session
from screens.textual_private import add_styles, faster_driver, start_with_theme
from screens.widgets.action_bar import ActionBar, Forward
from screens.widgets.footer import Footer
from screens.widgets.header import Header
from screens.widgets.help_panel import HelpPanel
from screens.widgets.rail import Rail

if TYPE_CHECKING:
    from wizard.modes.mode import Mode

INTERRUPTED = 130
TURN = 0.001
"""Seconds for which a thread at work keeps a key waiting, each time that it does."""

FIRST = "welcome"
"""The id of the page that every mode begins with."""

NARROW, WIDE = 80, 100
"""Columns from which on the rail is a column, and from which on the help is beside the page."""

TALL = 32
"""Lines from which on there is room between the parts of a question."""


STYLES = Path(assets.__file__).parent / "styles"
MODES = Path(__file__).parent / "modes"
"""The rooms of the modes' pages, which have their styles beside them."""


class WizardApp(InTurn, inherit_bindings=False):
    """From welcome to a passed token test."""

    TITLE = "wif-wizard"
    CSS_PATH = [STYLES / name for name in ("app.tcss", "first.tcss")]  # noqa: RUF012
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (NARROW, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (TALL, "-tall")]  # noqa: RUF012
    AUTO_FOCUS = None  # a page says itself what it is entered with, and stays at its top
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f8", "next", "Next", id="app.next", key_display="F8", tooltip="Go to the next page", priority=True
        ),  # what is typed after it is for the next page, and waits until that has come
        Binding(
            "escape", "back", "Back", id="app.back", key_display="Esc", tooltip="Go back one page; nothing is lost"
        ),
        Binding("f1", "help", "Help", id="app.help", key_display="F1", tooltip="Show or hide the help for this page"),
        Binding("ctrl+p", "command_palette", "Commands", id="app.commands", tooltip="Everything that can be done here"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", tooltip="Leave the wizard", priority=True),
        Binding(
            "ctrl+c", "help_quit", "Quit?", id="app.help-quit", tooltip="Says how to leave", show=False, system=True
        ),
    ]

    def __init__(self, session: Session, work: bridge.Bridge | None = None) -> None:
        """Begin a sitting on this session; `work` is what does the pages' work, if not a new bridge."""
        super().__init__()
        self.session = session
        self.bridge = work or bridge.Bridge(session)
        self.page: Page | None = None
        self._made: dict[str, Page] = {}
        self._leaving = False
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        start_with_theme(self, themes.DARK.name)

    # The frame

    def compose(self) -> ComposeResult:
        """Header; rail, page and help side by side; keys."""
        yield Header()
        with Horizontal(id="middle"):
            yield Rail(self._rail())
            with Vertical(id="centre"):
                with Container(id="pages"):
                    yield self._page(FIRST)
                yield ActionBar()
            yield HelpPanel()
        yield Footer(self._word)

    def _word(self, binding: Binding) -> str:
        """Going forward is called in the footer what it is called on the button."""
        return self.query_one(ActionBar).forward if binding.action == "next" else binding.description

    def get_driver_class(self) -> type[Driver]:
        """In a terminal, a driver that waits less."""
        return faster_driver(super().get_driver_class())

    def get_default_screen(self) -> Screen[Any]:
        """A screen that is laid out for its size from the first frame on."""
        width, height = self.size
        across, down = self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS
        screen = super().get_default_screen()
        screen.add_class(_breakpoint(width, across), _breakpoint(height, down))
        return screen

    def on_mount(self) -> None:
        """Open the first page."""
        self._enter(self._page(FIRST))
        self.call_after_refresh(self._after_first_frame)

    def _after_first_frame(self) -> None:
        self.read_styles()
        if not gc.isenabled():  # whoever opened the screens wanted the first frame without it
            gc.freeze()
            gc.enable()

    def read_styles(self) -> None:
        """Read the styles of the later pages, which the first frame can do without."""
        add_styles(self, [*sorted(STYLES.glob("*.tcss")), *sorted(MODES.rglob("*.tcss"))])

    def on_resize(self, event: events.Resize) -> None:
        """The rail becomes one line where there is no room for a column; a wide frame shows help and page."""
        for rail in self.query(Rail):
            rail.one_line = event.size.width < NARROW
            self._make_room(event.size.width)

    @on(Page.Changed)
    def _changed(self, event: Page.Changed) -> None:
        """What one page found, the page in view may be showing."""
        del event
        if self.page is not None and self.page.is_attached:  # not while the app is being left
            self.page.refreshed()
            self.refresh_frame()

    def refresh_frame(self) -> None:
        """Show what header and rail say about the session."""
        session, header, rail = self.session, self.query_one(Header), self.query_one(Rail)
        header.mode = session.mode.title
        if session.begun:
            header.project = session.answers.text("google.project")
            header.account = session.answers.text(session.mode.place)
        rail.pages = self._rail()
        header.sandbox = session.sandbox or ""
        rail.here = self.page.page_id if self.page else ""
        rail.done = frozenset(session.done)
        self.query_one(ActionBar).explain([])

    # From page to page

    @property
    def order(self) -> tuple[str, ...]:
        """The ids of the pages in their order, which follows from the mode."""
        return self.session.mode.pages

    def _rail(self) -> tuple[tuple[str, str], ...]:
        return tuple((each.page_id, each.name) for each in pages.entries(self.session.mode))

    async def show_page(self, page_id: str) -> None:
        """Bring a page into view, made if it was not yet."""
        if self.page is not None:
            self.page.left()
            self.page.display = False
        page = self._page(page_id)
        if not page.is_attached:
            self.read_styles()
            await self.query_one("#pages").mount(page)
        self._enter(page)

    def _page(self, page_id: str) -> Page:
        """The page, made if it was not yet."""
        if page_id not in self._made:
            self._made[page_id] = pages.entry(self.session.mode, page_id).make(self.session, self.bridge)
        return self._made[page_id]

    def _enter(self, page: Page) -> None:
        self.page = page
        page.display = True
        self.query_one(ActionBar).offer(page.next_label)
        self.query_one(HelpPanel).show(page.page_id, self.session.mode.name)
        self.close_help()
        page.entered()
        self.refresh_frame()
        self._focus(page)
        self.refresh_bindings()

    def _focus(self, page: Page) -> None:
        """At once, so that the keys already typed are the page's; after a refresh what it was entered without."""
        screen = self.screen_stack[0]
        screen.set_focus(None)
        page.focus_first()
        if screen.focused is None:
            self.call_after_refresh(self._focus_late, page)

    def _focus_late(self, page: Page) -> None:
        if page is self.page and self.screen_stack[0].focused is None:
            page.focus_first()

    async def action_next(self) -> None:
        """Go forward; not from under a dialog."""
        if not isinstance(self.screen, ModalScreen):
            await self.go_forward()

    @on(Page.Next)
    @on(Forward.Pressed)
    async def go_forward(self) -> None:
        """Go forward, or say what is missing and go there."""
        page = self.page
        if page is None:
            return
        if problems := page.problems():
            self.query_one(ActionBar).explain(problems)
            page.show_problem()
            return
        page.leaving()
        order = self.order
        place = order.index(page.page_id)
        to = page.next_page() or order[min(place + 1, len(order) - 1)]
        self.session.done.update(order[place : max(order.index(to), place + 1)])
        if to != page.page_id:
            await self.show_page(to)
        else:
            self.refresh_frame()

    @on(Page.Back)
    async def action_back(self) -> None:
        """Close the help if it covers the page, else go back one page. Never quits."""
        if self.close_help() or self.page is None or self.page.closed():
            return
        place = self.order.index(self.page.page_id)
        if place:
            await self.show_page(self.order[place - 1])

    @on(Page.Open)
    async def _open(self, event: Page.Open) -> None:
        await self.show_page(event.page_id)

    @on(Rail.Chosen)
    async def _chosen(self, event: Rail.Chosen) -> None:
        await self.go_to(event.page_id)

    async def go_to(self, page_id: str) -> None:
        """Open a page that was open before, or the one that follows those done."""
        reached = [each for each in self.order if each in self._made or each in self.session.done]
        last = max(self.order.index(each) for each in reached)
        if self.order.index(page_id) <= last:
            await self.show_page(page_id)

    # Help, commands, leaving

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no way back from the first page, and none forward from the last."""
        del parameters
        if action == "next":
            return bool(self.query_one(ActionBar).forward)
        first = self.page is None or self.page.page_id == FIRST
        return not (action == "back" and first and not self.help_is_open)

    def action_help(self) -> None:
        """Beside the page: show or hide it. Over the page: open or close it."""
        panel = self.query_one(HelpPanel)
        if self.size.width >= WIDE:
            panel.toggle_class("-hidden")
        elif not self.close_help():
            panel.add_class("-open")
            self._make_room(self.size.width)
            self.screen_stack[0].set_focus(panel)
        self.refresh_bindings()

    @property
    def help_is_open(self) -> bool:
        """Whether the help covers the page."""
        return self.query_one(HelpPanel).has_class("-open") and self.size.width < WIDE

    def close_help(self) -> bool:
        """Close the help over the page; answers whether it was open."""
        was_open = self.help_is_open
        self.query_one(HelpPanel).remove_class("-open")
        self._make_room(self.size.width)
        self.refresh_bindings()
        if was_open and self.page is not None:
            self.page.focus_first()
        return was_open

    def _make_room(self, width: int) -> None:
        """Page and help, or one of them: a class of the screen would say it too, but be looked at by all widgets."""
        covered = width < WIDE and self.query_one(HelpPanel).has_class("-open")
        self.query_one("#centre").display = not covered

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette."""
        del screen
        dark = self.theme == themes.DARK.name
        other = "light" if dark else "dark"
        yield SystemCommand(f"Look: {other}", f"Switch to the {other} theme", self.action_other_theme)
        yield SystemCommand("Help", "Show or hide the help for this page", self.action_help)
        for each in pages.entries(self.session.mode):
            if each.page_id in self._made:
                yield SystemCommand(f"Go to {each.name}", "Nothing is lost", lambda to=each.page_id: self.go_to(to))
        yield SystemCommand("Quit", "Leave the wizard", self.action_quit)

    def action_other_theme(self) -> None:
        """From dark to light, and back."""
        self.theme = themes.LIGHT.name if self.theme == themes.DARK.name else themes.DARK.name

    async def action_quit(self) -> None:
        """Leave; while changes are being made, ask."""
        if not self.session.applying:
            self.exit(0)
        elif not isinstance(self.screen, ModalScreen):
            self.push_screen(_leave_dialog(self.session.mode), self._answered)

    def _answered(self, leave: bool | None) -> None:
        if not leave:
            return
        self._leaving = True
        self.session.stop.set()
        if not self.session.applying:
            self.exit(return_code=INTERRUPTED)

    @on(bridge.Applied)
    def _applied(self) -> None:
        if self._leaving:
            self.exit(return_code=INTERRUPTED)

    def crash_report(self, error: Exception) -> str:
        """Keep the traceback in a log, without local variables; return what to tell the user."""
        return crash.write(error, self.session.environ)


def _breakpoint(cells: int, breakpoints: list[tuple[int, str]]) -> str:
    """The class for this many cells."""
    return next(name for least, name in reversed(breakpoints) if cells >= least)


def _leave_dialog(mode: Mode) -> ModalScreen[bool]:
    from screens.widgets.dialogs import YesNoDialog

    stopping = mode.stopping
    return YesNoDialog("Changes are being made", stopping.meaning, stopping.label, "Keep going", dangerous=True)


def main(*, sandbox_title: str | None = None, setup: Path | None = None) -> int:
    """Run the wizard until it is left; answers the exit status.

    What must not be broken in two is waited for. What merely reads is not: outside a sandbox, which ends such reading
    by ending itself, the process may end right here.
    """
    sys.setswitchinterval(TURN)
    app = WizardApp(Session(sandbox_title=sandbox_title, setup=setup))
    answer = app.run()
    code = app.return_code or answer or 0
    app.bridge.stop()
    for thread in threads.lasting():
        print("Finishing what must not be left half done …", file=sys.stderr)
        thread.join()
    if app.session.sandbox is None and threads.lingering():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code
