"""The app: the frame around the pages, the keys, and the navigation between pages."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.driver import Driver
from textual.screen import ModalScreen, Screen

import assets
from screens import bridge, crash, pages, themes
from screens.in_turn import InTurn
from screens.page import Page
from screens.session import Session
from screens.textual_private import (
    add_styles,
    faster_driver,
    show_control_characters,
    start_with_theme,
    wrap_wide_characters,
)
from screens.widgets.action_bar import ActionBar, Forward
from screens.widgets.footer import Footer
from screens.widgets.header import Header
from screens.widgets.help_panel import HelpPanel
from screens.widgets.palette import Palette
from screens.widgets.rail import Rail
from wizard.language import _, translated
from wizard.outside.text import visible

if TYPE_CHECKING:
    from wizard.modes.mode import Mode

INTERRUPTED = 130
"""The exit status after the user stopped running changes."""

GARBAGE = (2_000, 10, 100)
"""The thresholds of Python's garbage collector: small ones, so that a key waits a few milliseconds for it at most."""

FIRST = "welcome"
"""The id of the first page of all modes."""

DOCTOR = "doctor"
RUNS = "runs"
"""The id of the page that finds causes. It belongs to no mode's way, and can be opened at any time."""

NARROW, WIDE = 80, 120
"""Least number of columns at which the rail is a column, and at which the help is beside the page."""

TALL = 32
"""Least number of rows at which there is space between the parts of a question."""


STYLES = Path(assets.__file__).parent / "styles"
MODES = Path(__file__).parent / "modes"
"""The rooms of the modes' pages, which have their styles beside them."""


class WizardApp(InTurn, inherit_bindings=False):
    """The full-screen wizard, from the Welcome page to the live test."""

    TITLE = "wif-wizard"
    CSS_PATH = [STYLES / name for name in ("app.tcss", "first.tcss")]  # noqa: RUF012
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (NARROW, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (TALL, "-tall")]  # noqa: RUF012
    AUTO_FOCUS = None  # a page chooses its first focus, and stays scrolled to its top
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f8", "next", "Next", id="app.next", key_display="F8", tooltip="Go to the next page", priority=True
        ),  # keys typed after it wait until the next page is shown
        Binding(
            "escape", "back", "Back", id="app.back", key_display="Esc", tooltip="Go back one page and keep all answers"
        ),
        Binding("f1", "help", "Help", id="app.help", key_display="F1", tooltip="Show or hide the help for this page"),
        Binding(
            "question_mark",
            "help",
            "Help",
            id="app.help-too",
            tooltip="Show or hide the help for this page",
            show=False,
        ),  # a text field takes this key
        Binding("ctrl+p", "command_palette", "Palette", id="app.commands", tooltip="Search all actions"),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", tooltip="Quit the wizard", priority=True),
        Binding(
            "ctrl+c", "help_quit", "Quit?", id="app.help-quit", tooltip="Show how to quit", show=False, system=True
        ),
    ]

    def __init__(self, session: Session, work: bridge.Bridge | None = None) -> None:
        """`session` is the state to show and change; `work` does the work of the pages, by default a new Bridge."""
        super().__init__()
        self.animation_level = "none"  # a key's effect is there at once, also in a slow terminal
        show_control_characters()
        wrap_wide_characters()
        self.session = session
        self.bridge = work or bridge.Bridge(session)
        self.page: Page | None = None
        self._pages: dict[str, Page] = {}
        self._quitting = False
        self._goes_on = False
        """Whether to go forward as soon as the page has read what it needs."""
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        start_with_theme(self, themes.DARK.name)

    # The frame

    def compose(self) -> ComposeResult:
        """Yield the header; rail, page and help side by side; and the footer."""
        yield Header()
        with Horizontal(id="middle"):
            yield Rail(self._rail())
            with Vertical(id="centre"):
                with Container(id="pages"):
                    yield self._page(FIRST)
                yield ActionBar()
            yield HelpPanel()
        yield Footer(self._key_label)

    def _key_label(self, binding: Binding) -> str:
        """Return the label of a key in the footer. F8 has the label of the button that goes forward."""
        return self.query_one(ActionBar).forward if binding.action == "next" else translated(binding.description)

    def copy_to_clipboard(self, text: str) -> None:
        """Send a text to the terminal's clipboard. Control characters in it are visible there too."""
        super().copy_to_clipboard(visible(text))

    def get_driver_class(self) -> type[Driver]:
        """Return a driver that reacts faster, in a terminal."""
        return faster_driver(super().get_driver_class())

    def get_default_screen(self) -> Screen[Any]:
        """Return a screen with the style classes for its size, so that the first frame has the right layout."""
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
        if self.session.to_diagnose:
            self.run_worker(self.show_page(DOCTOR))
        if not gc.isenabled():  # the caller disabled it for the first frame
            gc.freeze()
            gc.set_threshold(*GARBAGE)
            gc.enable()

    def read_styles(self) -> None:
        """Read the styles of the later pages, which the first frame does not need."""
        add_styles(self, [*sorted(STYLES.glob("*.tcss")), *sorted(MODES.rglob("*.tcss"))])

    def on_resize(self, event: events.Resize) -> None:
        """Show the rail as one line if there is no room for a column, and the help beside the page if there is."""
        for rail in self.query(Rail):
            rail.one_line = event.size.width < NARROW
            self._show_page_or_help(event.size.width)

    @on(Page.Changed)
    async def _on_page_changed(self, event: Page.Changed) -> None:
        """Update the page that is shown, which can depend on the page that changed. Go forward if F8 waited for it."""
        if self.page is not None and self.page.is_attached:  # not while the app ends
            if self.page is not event.shown_on:
                self.page.refreshed()
            self.refresh_frame()
            bar = self.query_one(ActionBar)
            if self._goes_on:
                await self._go_on(self.page)
                return
            # A problem that is explained stays so, also when a list arrives meanwhile, for as long as it is there.
            bar.explain(self.page.problems() if bar.explains else [])

    async def _go_on(self, page: Page) -> None:
        """Go forward once the page has read what F8 waited for."""
        if not page.waits_for() and not isinstance(self.screen, ModalScreen):
            self._goes_on = False
            await self.go_forward()

    def refresh_frame(self) -> None:
        """Update header and rail from the session."""
        session, header, rail = self.session, self.query_one(Header), self.query_one(Rail)
        header.mode = session.mode.title
        if session.has_answers:
            header.project = session.answers.text("google.project")
            header.account = session.answers.text(session.mode.place)
        rail.pages = self._rail()
        header.sandbox = translated(session.sandbox or "")
        rail.here = self.page.page_id if self.page else ""
        rail.done = frozenset(session.done)

    # Navigation

    @property
    def order(self) -> tuple[str, ...]:
        """The ids of the pages of the current mode, in order."""
        return self.session.mode.pages

    def _rail(self) -> tuple[tuple[str, str], ...]:
        return tuple((entry.page_id, translated(entry.name)) for entry in pages.entries(self.session.mode))

    async def show_page(self, page_id: str) -> None:
        """Show a page. Creates it when it is first shown."""
        if self.page is not None:
            self.page.left()
            self.page.display = False
        page = self._page(page_id)
        if not page.is_attached:
            self.read_styles()
            await self.query_one("#pages").mount(page)
        self._enter(page)

    def _page(self, page_id: str) -> Page:
        """Return the page with this id. Creates it on first use."""
        if page_id not in self._pages:
            self._pages[page_id] = pages.entry(self.session.mode, page_id).create(self.session, self.bridge)
        return self._pages[page_id]

    def _enter(self, page: Page) -> None:
        self.page = page
        self._goes_on = False
        page.display = True
        self.query_one(ActionBar).offer(translated(page.next_label))
        self.query_one(HelpPanel).show(page.page_id, self.session.mode.name)
        self.close_help()
        page.entered()
        self.refresh_frame()
        self.query_one(ActionBar).explain([])
        self._focus(page)
        self.refresh_bindings()

    def _focus(self, page: Page) -> None:
        """Focus the first widget at once, so that typed keys go to the page; or later, if there is none yet."""
        screen = self.screen_stack[0]
        screen.set_focus(None)
        page.focus_first()
        if screen.focused is None:
            self.call_after_refresh(self._focus_late, page)

    def _focus_late(self, page: Page) -> None:
        if page is self.page and self.screen_stack[0].focused is None:
            page.focus_first()

    async def action_next(self) -> None:
        """Go forward, unless a dialog is open."""
        if not isinstance(self.screen, ModalScreen):
            await self.go_forward()

    @on(Page.Next)
    @on(Forward.Pressed)
    async def go_forward(self) -> None:
        """Go forward; or show the page's problems, and focus the first field that has one."""
        page = self.page
        if page is None or page.takes_forward():
            return
        problems = page.problems()
        waits_for = page.waits_for() if problems else ""
        self._goes_on = bool(waits_for)
        self.query_one(ActionBar).explain([waits_for] if waits_for else problems)
        if waits_for:
            return
        if problems:
            page.show_problem()
            return
        page.leaving()
        order = self.order
        place = order.index(page.page_id)
        next_id = page.next_page() or order[min(place + 1, len(order) - 1)]
        if next_id not in order:
            await self.show_page(next_id)
            return
        self.session.done.update(order[place : max(order.index(next_id), place + 1)])
        if next_id != page.page_id:
            await self.show_page(next_id)
        else:
            self.refresh_frame()

    @on(Page.Back)
    async def action_back(self) -> None:
        """Close the help if it covers the page; otherwise go back one page. Never quits."""
        if self.close_help() or self.page is None or self.page.closed():
            return
        if self.page.page_id not in self.order:
            await self.show_page(FIRST)
            return
        place = self.order.index(self.page.page_id)
        if place:
            await self.show_page(self.order[place - 1])

    @on(Page.Open)
    async def _on_page_open(self, event: Page.Open) -> None:
        await self.show_page(event.page_id)

    @on(Rail.Chosen)
    async def _on_page_chosen(self, event: Rail.Chosen) -> None:
        await self.go_to(event.page_id)

    async def go_to(self, page_id: str) -> None:
        """Show a page, if the user has opened it or completed the pages before it; otherwise do nothing."""
        reached = [other for other in self.order if other in self._pages or other in self.session.done]
        last = max(self.order.index(other) for other in reached)
        if self.order.index(page_id) <= last:
            await self.show_page(page_id)

    # Help, palette, quitting

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer Back except on the first page, and Next except on the last."""
        del parameters
        if action == "next":
            return bool(self.query_one(ActionBar).forward)
        first = self.page is None or self.page.page_id == FIRST
        return not (action == "back" and first and not self.help_is_open)

    def action_command_palette(self) -> None:
        """Open the palette."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(self.get_system_commands(self.screen)), self._run_command)

    def _run_command(self, command: SystemCommand | None) -> None:
        """Run the command that the user has chosen in the palette."""
        if command is not None:
            self.call_later(command.callback)

    def action_help(self) -> None:
        """Show or hide the help, beside the page or, on narrow screens, over it."""
        panel = self.query_one(HelpPanel)
        if self.size.width >= WIDE:
            panel.toggle_class("-hidden")
        elif not self.close_help():
            panel.add_class("-open")
            self._show_page_or_help(self.size.width)
            self.screen_stack[0].set_focus(panel)
        self.refresh_bindings()

    @property
    def help_is_open(self) -> bool:
        """Whether the help covers the page."""
        return self.query_one(HelpPanel).has_class("-open") and self.size.width < WIDE

    def close_help(self) -> bool:
        """Close the help if it covers the page. Returns whether it was open."""
        was_open = self.help_is_open
        self.query_one(HelpPanel).remove_class("-open")
        self._show_page_or_help(self.size.width)
        self.refresh_bindings()
        if was_open and self.page is not None:
            self.page.focus_first()
        return was_open

    def _show_page_or_help(self, width: int) -> None:
        """Hide the page while the help covers it."""
        # A class of the screen could do this too, but then all widgets would check their styles.
        covered = width < WIDE and self.query_one(HelpPanel).has_class("-open")
        self.query_one("#centre").display = not covered

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield the entries of the palette."""
        del screen
        switch = _("Switch to light theme") if self.theme == themes.DARK.name else _("Switch to dark theme")
        yield SystemCommand(switch, _("Change the theme"), self.action_other_theme)
        yield SystemCommand(_("Help"), _("Show or hide the help for this page"), self.action_help)
        for entry in pages.entries(self.session.mode):
            if entry.page_id in self._pages:
                open_page = partial(self.go_to, entry.page_id)
                yield SystemCommand(
                    _("Go to {name}").format(name=translated(entry.name)),
                    _("Show this page and keep all answers"),
                    open_page,
                )
        diagnose = partial(self.show_page, DOCTOR)
        yield SystemCommand(_("Find out why access fails"), _("Start with an error, file or resource name"), diagnose)
        runs = partial(self.show_page, RUNS)
        yield SystemCommand(_("Resume or revert a run"), _("Show the runs in the journal"), runs)
        if self.session.demo is not None and self.session.demo.scenario:
            yield SystemCommand(_("Break it"), _("Break the sandbox setup, and find the cause"), self.action_break_it)
        if self.session.has_answers:
            test = partial(self.show_page, self.order[-1])
            yield SystemCommand(_("Run the live test"), _("Test before or after you apply changes"), test)
        yield SystemCommand(_("Quit"), _("Quit the wizard"), self.action_quit)

    def action_break_it(self) -> None:
        """Break the setup in the sandbox of the demo."""
        if self.page is not None and not self.session.applying:
            self.notify(_("The wizard is applying the setup. Then the sandbox will break the setup …"), markup=False)
            self.bridge.break_setup(self.page)

    @on(bridge.SetupBroken)
    async def _on_setup_broken(self, event: bridge.SetupBroken) -> None:
        """Look for the cause."""
        self.notify(
            _("The sandbox broke the setup: {title}").format(title=translated(event.title)), timeout=20, markup=False
        )
        self.session.forget_clouds()
        self.session.to_diagnose = event.setup
        await self.show_page(DOCTOR)

    @on(bridge.Failed)
    def _on_failed(self, event: bridge.Failed) -> None:
        if event.doing == "break":
            self.notify(str(event.error), severity="error", markup=False)

    def action_other_theme(self) -> None:
        """Switch between the dark and the light theme."""
        self.theme = themes.LIGHT.name if self.theme == themes.DARK.name else themes.DARK.name

    async def action_quit(self) -> None:
        """Quit. Asks first while changes are being applied."""
        if not self.session.applying:
            self.exit(0)
        elif not isinstance(self.screen, ModalScreen):
            self.push_screen(_quit_dialog(self.session.mode), self._on_quit_answered)

    def _on_quit_answered(self, quit_now: bool | None) -> None:
        if not quit_now:
            return
        self._quitting = True
        self.session.stop.set()
        if not self.session.applying:
            self.exit(return_code=INTERRUPTED)

    @on(bridge.Applied)
    def _on_applied(self) -> None:
        if self._quitting:
            self.exit(return_code=INTERRUPTED)

    def crash_report(self, error: Exception) -> str:
        """Write the traceback to a log, without local variables. Returns the message for the user."""
        return crash.write(error, self.session.environ)


def _breakpoint(cells: int, breakpoints: list[tuple[int, str]]) -> str:
    """Return the style class for this number of cells."""
    return next(name for least, name in reversed(breakpoints) if cells >= least)


def _quit_dialog(mode: Mode) -> ModalScreen[bool]:
    from screens.widgets.dialogs import YesNoDialog

    stopping = mode.stopping
    return YesNoDialog(
        _("Changes are still running"),
        translated(stopping.meaning),
        translated(stopping.label),
        _("Continue"),
        dangerous=True,
    )
