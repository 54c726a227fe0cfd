"""The welcome page: who you are to the clouds, and what to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens import bridge
from screens.bridge import Bridge, Loaded
from screens.page import Page
from screens.session import SETUP_FILE, Session
from screens.widgets.choices import Choices
from screens.widgets.facts import Fact, Facts
from wizard.modes.mode import operators, table
from wizard.setup.question import Choice

if TYPE_CHECKING:
    from textual.widgets import Input

    from wizard.modes.mode import Mode

_INTRO = "Your workload uses Google Cloud without a service account key, and you see it work."
_FILE = "file"
_ASKING = "asking …"


class WelcomePage(Page):
    """Detects, and asks one thing: a new setup, or an existing file."""

    page_id: ClassVar[str] = "welcome"
    title: ClassVar[str] = "Into Google Cloud without a key"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "look_again", "Look again", id="welcome.again", tooltip="Ask again who you are", show=False),
    ]

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """Nothing is known yet."""
        super().__init__(session, bridge)
        self._operators = operators()
        self._who = self._unknown()
        self._file: Loaded | None = None
        self._trouble: list[str] = []
        self._given: Path | None = None
        self._asked = session.operators_asked_for

    def compose_body(self) -> ComposeResult:
        """Introduction, the choice, the file, and what was found, which may grow."""
        yield Static(_INTRO, classes="intro", markup=False)
        with Vertical(classes="field"):
            yield Static("What do you want to do?", classes="field-title", markup=False)
            yield Choices(_choices(), self.session.mode.name)
        with Vertical(classes="field", id="setup-field"):
            yield Static("Which file?", classes="field-title", markup=False)
            yield Static("", id="setup-said", markup=False)
        yield Facts()

    async def on_mount(self) -> None:
        """Look around, off the first frame."""
        self._given = self.session.to_open or (Path(SETUP_FILE) if Path(SETUP_FILE).is_file() else None)
        self.query_one(Facts).facts = tuple(self._who.values())  # nothing else is known before the first frame
        if self._given is not None:
            self.query_one(Choices).value = _FILE
        await self._show_file()
        self.call_after_refresh(self.bridge.detect, self)

    # Who you are

    def entered(self) -> None:
        """With other credentials, chosen on a later page, you are somebody else."""
        if self.session.operators_asked_for != self._asked:
            self._asked = self.session.operators_asked_for
            self.action_look_again()

    def _unknown(self) -> dict[str, Fact]:
        return {each.cloud: Fact(each.label, "…", _ASKING) for each in self._operators.values()}

    def action_look_again(self) -> None:
        """Ask again, after signing in elsewhere for instance."""
        self._who = self._unknown()
        self._show()
        self.bridge.detect(self)

    @on(bridge.Detected)
    def _detected(self, event: bridge.Detected) -> None:
        event.stop()
        self.session.detect(event.found)
        for operator in self._operators.values():
            self.bridge.recognise(self, operator)
        self._tell()

    @on(bridge.Recognised)
    def _recognised(self, event: bridge.Recognised) -> None:
        event.stop()
        identity = event.identity
        self._who[event.cloud] = Fact(
            self._operators[event.cloud].label, "✓", identity.who or "signed in", identity.source
        )
        for mode in table().values():
            self.session.detect(mode.found_with(event.cloud, identity))
        self._tell()

    def _tell(self) -> None:
        self._show()
        self.post_message(self.Changed())

    def refreshed(self) -> None:
        """Show what was found."""
        self._show()

    def _show(self) -> None:
        answers = self.session.answers
        mode = self.session.mode
        clouds = [each.cloud for each in mode.operators()]
        rows = [fact for cloud, fact in self._who.items() if cloud in clouds]
        for path, label in mode.facts:
            found = answers.found(path)
            if found:
                rows.append(Fact(label, " ", str(found.value), found.source))
            elif answers.text(path):
                rows.append(Fact(label, " ", answers.text(path), "your answer"))
        if any(fact.glyph == "✗" for fact in rows):
            rows.append(Fact("", "·", "ctrl+r asks again"))
        self.query_one(Facts).facts = tuple(rows)

    # An existing file

    @on(Choices.Chosen)
    async def _way_chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        self._turn_to(table().get(event.value))
        await self._show_file()

    def _turn_to(self, mode: Mode | None) -> None:
        """Go on in this mode, of which the rail shows the pages; None where a file is to say it."""
        if mode is None or mode == self.session.mode:
            return
        self.session.mode = mode
        self.session.done -= {"review", "apply", "test"}
        self._tell()

    @on(Choices.Done)
    def _way_done(self, event: Choices.Done) -> None:
        event.stop()
        if self._wants_file:
            self._input.focus()
        else:
            self.post_message(self.Next())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the file's name goes forward."""
        event.stop()
        self.post_message(self.Next())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Read what the name says now."""
        event.stop()
        self._read()

    @property
    def _wants_file(self) -> bool:
        return self.query_one(Choices).value == _FILE

    @property
    def _input(self) -> Input:
        from textual.widgets import Input

        return self.query_one(Input)

    @property
    def _path(self) -> Path:
        return Path(self._input.value.strip() or SETUP_FILE).expanduser()

    async def _show_file(self) -> None:
        self.query_one("#setup-field").display = self._wants_file
        if self._wants_file:
            await self._make_input()
            self.call_after_refresh(self._read)

    async def _make_input(self) -> None:
        """Only now: an input's styles would hold up the first frame."""
        from textual.widgets import Input

        if not self.query(Input):
            made = Input(str(self._given or ""), compact=True, select_on_focus=False, placeholder=SETUP_FILE)
            made.add_class("field-input")
            with made.prevent(Input.Changed):
                await self.query_one("#setup-field").mount(made, before="#setup-said")

    def _read(self) -> None:
        self._file, self._trouble = None, []
        self._say(Content.styled("reading …", "$text-muted"))
        self.bridge.load(self, self._path)

    def _reveal(self) -> None:
        """Bring what is said of the file into view."""
        self.call_after_refresh(self.scroll_to_widget, self.query_one("#setup-field"), animate=False)

    def _say(self, text: Content) -> None:
        self.query_one("#setup-said", Static).update(text)

    @on(bridge.Loaded)
    def _loaded(self, event: bridge.Loaded) -> None:
        event.stop()
        if self._wants_file and event.path == self._path:
            self._file = event
            self._reveal()
            self._turn_to(event.mode)
            about = event.mode.about(event.answers)
            self._say(Content(f"✓ {about} -> {event.answers.text('google.project')}"))

    @on(bridge.Failed)
    def _failed(self, event: bridge.Failed) -> None:
        event.stop()
        if self._wants_file and event.doing == f"load {self._path}":
            self._trouble = _problems(event.error)
            self._say(Content.styled("\n".join(f"✗ {each}" for each in self._trouble), "$text-error"))
            self._reveal()
        cloud = event.doing.removeprefix("recognise ")
        if cloud in self._operators:
            self._who[cloud] = Fact(self._operators[cloud].label, "✗", *_short(event.error))
            self._tell()

    # Forward

    def problems(self) -> list[str]:
        """A file that is to be picked up must be one."""
        if not self._wants_file or self._file:
            return []
        return self._trouble or [f"{self._path} is still being read"]

    def show_problem(self) -> None:
        """The file's name is what can be corrected here."""
        self._input.focus()

    def leaving(self) -> None:
        """The file says which pages follow."""
        self.left()

    def left(self) -> None:
        """Take over what the file says."""
        if self._wants_file and self._file and self.session.source != self._file.path:
            self.session.take(self._file.mode, self._file.answers)
            self.session.source = self._file.path

    def next_page(self) -> str | None:
        """A file has answered the questions already."""
        return "review" if self._wants_file else None


def _choices() -> tuple[Choice, ...]:
    """One for each mode, and the way on from a file."""
    note = "questions first; nothing changes before you review it"
    new = [Choice(mode.name, mode.invitation, note) for mode in table().values()]
    return (*new, Choice(_FILE, "Open a setup file", "one that was saved before, finished or not"))


def _problems(error: Exception) -> list[str]:
    """Every problem of a setup file, each with its line."""
    from wizard.setup.problems import SetupError

    return [str(each) for each in error.problems] if isinstance(error, SetupError) else [str(error)]


def _short(error: Exception) -> tuple[str, str]:
    """Why a cloud does not know the operator, and what to do, in a few words each."""
    from screens.error_text import told
    from wizard.clouds.errors import NoCredentials, Unreachable

    said = told(error)
    if isinstance(error, NoCredentials):
        return "no valid credentials found", said.to_do
    if isinstance(error, Unreachable):
        return f"no answer from {error.service}", said.to_do
    return said.means or said.said, said.to_do


PAGE = WelcomePage
