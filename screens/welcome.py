"""The Welcome page: shows your identity in each cloud, and asks what you want to do."""

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
from screens.session import SETUP_FILE, Session, newest_draft
from screens.widgets.choices import Choices
from screens.widgets.facts import Fact, FactList
from wizard.language import _, translated
from wizard.modes.mode import operators, table
from wizard.outside.text import one_line
from wizard.setup.question import Choice

if TYPE_CHECKING:
    from textual.widgets import Input

    from wizard.modes.mode import Mode

_INTRO = "Give your workload access to Google Cloud without a service account key, and test the access live."
_FILE = "file"
_DOCTOR = "doctor"
_RUNS = "runs"
_UNFINISHED = "Run {run} ({age}) did not finish: {about}. To resume or revert the run, choose the last row."
_ASKING = "checking …"
_READING = "The wizard is reading {path}, and will then continue."


class WelcomePage(Page):
    """Detects defaults, and asks whether to start a new setup or to open a setup file."""

    page_id: ClassVar[str] = "welcome"
    title: ClassVar[str] = "Google Cloud without a key"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+r", "detect_again", "Detect again", id="welcome.again", tooltip="Detect credentials again", show=False
        ),
    ]

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self._operators = operators()
        self._identities = self._unknown()
        """What is known about the operator, by cloud."""
        self._file: Loaded | None = None
        self._file_problems: list[str] = []
        self._given: Path | None = None
        """The setup file to propose."""
        self._credential_changes = session.credential_changes

    def compose_body(self) -> ComposeResult:
        """Yield the introduction, the choice, the file, and what was detected."""
        yield Static(_(_INTRO), classes="intro", markup=False)
        yield Static("", id="welcome-unfinished", markup=False)
        with Vertical(classes="field"):
            yield Static(_("What do you want to do?"), classes="field-title", markup=False)
            yield Choices(_choices(), self.session.mode.name)
        with Vertical(classes="field", id="setup-field"):
            yield Static(_("Which setup file?"), classes="field-title", markup=False)
            yield Static("", id="setup-status", markup=False)
        yield FactList()

    async def on_mount(self) -> None:
        """Propose a setup file, and start to detect after the first frame."""
        in_folder = Path(SETUP_FILE) if Path(SETUP_FILE).is_file() else newest_draft(Path())
        self._given = self.session.to_open or in_folder
        self.query_one(FactList).facts = tuple(self._identities.values())  # nothing is detected before the first frame
        if self._given is not None:
            self.query_one(Choices).value = _FILE
        await self._show_file()
        self.call_after_refresh(self.bridge.detect, self)
        self.call_after_refresh(self.bridge.read_unfinished, self)

    @on(bridge.RunsRead)
    def _on_runs(self, event: bridge.RunsRead) -> None:
        """Say which run did not end, so that it can be resumed."""
        from wizard.work.run_text import about, age

        event.stop()
        for run in event.runs:
            text = _(_UNFINISHED).format(run=run.run.id, age=age(run.run.started), about=about(run))
            notice = self.query_one("#welcome-unfinished", Static)
            notice.update(Content.styled(one_line(text), "$text-warning"))
            notice.display = True
        if self._wants_file:
            self._scroll_to_file()

    # Your identity

    def entered(self) -> None:
        """Identify the operator again, if a later page has changed the credentials."""
        if self.session.credential_changes != self._credential_changes:
            self._credential_changes = self.session.credential_changes
            self.action_detect_again()

    def _unknown(self) -> dict[str, Fact]:
        return {
            operator.cloud: Fact(translated(operator.label), "…", _(_ASKING)) for operator in self._operators.values()
        }

    def action_detect_again(self) -> None:
        """Detect again, for example after you have signed in elsewhere."""
        self._identities = self._unknown()
        self._show_facts()
        self.bridge.detect(self)

    @on(bridge.Detected)
    def _on_detected(self, event: bridge.Detected) -> None:
        event.stop()
        self.session.detect(event.found)
        for operator in self._operators.values():
            self.bridge.recognise(self, operator)
        self._show_changes()

    @on(bridge.Recognised)
    def _on_recognised(self, event: bridge.Recognised) -> None:
        event.stop()
        identity = event.identity
        label = translated(self._operators[event.cloud].label)
        self._identities[event.cloud] = Fact(label, "✓", identity.who or _("signed in"), identity.source)
        for mode in table().values():
            self.session.detect(mode.found_with(event.cloud, identity))
        self._show_changes()

    def _show_changes(self) -> None:
        self._show_facts()
        self.post_message(self.Changed())

    def refreshed(self) -> None:
        """Show what was detected."""
        self._show_facts()

    def _show_facts(self) -> None:
        answers = self.session.answers
        mode = self.session.mode
        clouds = [operator.cloud for operator in mode.operators()]
        rows = [fact for cloud, fact in self._identities.items() if cloud in clouds]
        for path, label in mode.facts:
            default = answers.found(path)
            if default:
                rows.append(Fact(translated(label), " ", str(default.value), default.source))
            elif answers.text(path):
                rows.append(Fact(translated(label), " ", answers.text(path), _("your answer")))
        if any(fact.glyph == "✗" for fact in rows):
            rows.append(Fact("", "·", _("Press Ctrl-R to detect credentials again")))
        self.query_one(FactList).facts = tuple(rows)

    # An existing file

    @on(Choices.Chosen)
    async def _on_choice(self, event: Choices.Chosen) -> None:
        event.stop()
        self._set_mode(table().get(event.value))
        await self._show_file()

    def _set_mode(self, mode: Mode | None) -> None:
        """Change the mode, whose pages the rail shows. Ignores None: the setup file then names the mode."""
        if mode is None or mode == self.session.mode:
            return
        self.session.mode = mode
        self.session.done -= {"review", "apply", "test"}
        self._show_changes()

    @on(Choices.Done)
    def _on_choice_done(self, event: Choices.Done) -> None:
        event.stop()
        if self._wants_file:
            self._input.focus()
        else:
            self.post_message(self.Next())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go forward on Enter in the name of the file."""
        event.stop()
        self.post_message(self.Next())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Read the file of this name."""
        event.stop()
        self._read_file()

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
            await self._create_input()
            self.call_after_refresh(self._read_file)

    async def _create_input(self) -> None:
        """Create the input when it is first needed, because its styles would delay the first frame."""
        from textual.widgets import Input

        if not self.query(Input):
            file_input = Input(str(self._given or ""), compact=True, select_on_focus=False, placeholder=SETUP_FILE)
            file_input.add_class("field-input")
            with file_input.prevent(Input.Changed):
                await self.query_one("#setup-field").mount(file_input, before="#setup-status")

    def _read_file(self) -> None:
        self._file, self._file_problems = None, []
        self._show_file_status(Content.styled(_("reading …"), "$text-muted"))
        self.bridge.load(self, self._path)

    def _scroll_to_file(self) -> None:
        self.call_after_refresh(self.scroll_to_widget, self.query_one("#setup-field"), animate=False)

    def _show_file_status(self, text: Content) -> None:
        self.query_one("#setup-status", Static).update(text)

    @on(bridge.Loaded)
    def _on_loaded(self, event: bridge.Loaded) -> None:
        event.stop()
        if self._wants_file and event.path == self._path:
            self._file = event
            self._scroll_to_file()
            self._set_mode(event.mode)
            about = event.mode.about(event.answers)
            self._show_file_status(Content(f"✓ {about} -> {event.answers.text('google.project')}"))
            self.post_message(self.Changed())

    @on(bridge.Failed)
    def _on_failed(self, event: bridge.Failed) -> None:
        event.stop()
        if self._wants_file and event.doing == f"load {self._path}":
            self._file_problems = _problems(event.error)
            lines = "\n".join(f"✗ {problem}" for problem in self._file_problems)
            self._show_file_status(Content.styled(lines, "$text-error"))
            self.post_message(self.Changed())
            self._scroll_to_file()
        cloud = event.doing.removeprefix("recognise ")
        if cloud in self._operators:
            self._identities[cloud] = Fact(
                translated(self._operators[cloud].label), "✗", *_problem_and_fix(event.error)
            )
            self._show_changes()

    # Forward

    def problems(self) -> list[str]:
        """Return why the setup file cannot be opened."""
        if not self._wants_file or self._file:
            return []
        return self._file_problems or [_(_READING).format(path=self._path)]

    def waits_for(self) -> str:
        """Return that the setup file is still read, if it is."""
        is_read = self._file or self._file_problems or not self._wants_file
        return "" if is_read else _(_READING).format(path=self._path)

    def show_problem(self) -> None:
        """Focus the name of the file."""
        self._input.focus()

    def leaving(self) -> None:
        """Take the answers of the file, which determine the next pages."""
        self.left()

    def left(self) -> None:
        """Take the answers of the file."""
        if self._wants_file and self._file and self.session.source != self._file.path:
            self.session.take(self._file.mode, self._file.answers)
            self.session.source = self._file.path

    def next_page(self) -> str | None:
        """Go to Review after opening a file, because it has all answers; or to the Doctor, or to the runs.

        A demo shows the answers first.
        """
        chosen = self.query_one(Choices).value
        if chosen in (_DOCTOR, _RUNS):
            return chosen
        demo = self.session.demo
        tells_all = demo is not None and not demo.is_broken
        return "review" if self._wants_file and not tells_all else None


def _choices() -> tuple[Choice, ...]:
    """Return a choice for each mode, one for a token that fails, one for a setup file, and one for earlier runs."""
    note = _("answer questions, then review the changes before you apply them")
    new = [Choice(mode.name, translated(mode.invitation), note) for mode in table().values()]
    doctor = Choice(
        _DOCTOR, _("Find out why access fails"), _("paste an error, or type the name of a file or workload")
    )
    file = Choice(_FILE, _("Open a setup file"), _("continue with answers that you saved before"))
    return (*new, doctor, file, Choice(_RUNS, _("Resume or revert a run"), _("see what earlier runs changed")))


def _problems(error: Exception) -> list[str]:
    """Return all problems of a setup file, each with its line."""
    from wizard.setup.problems import SetupError

    return [str(problem) for problem in error.problems] if isinstance(error, SetupError) else [str(error)]


def _problem_and_fix(error: Exception) -> tuple[str, str]:
    """Return why a cloud could not identify the operator, and the fix, in a few words each."""
    from screens.error_text import explain
    from wizard.clouds.errors import ExpiredCredentials, NoCredentials, RefusedCredentials, Unreachable

    explained = explain(error)
    if isinstance(error, ExpiredCredentials):
        return _("the credentials have expired"), explained.fix
    if isinstance(error, RefusedCredentials):
        return _("the cloud did not accept the credentials"), explained.fix
    if isinstance(error, NoCredentials):
        return _("no valid credentials found"), explained.fix
    if isinstance(error, Unreachable):
        return _("{service} did not answer").format(service=error.service), explained.fix
    return explained.cause or explained.error, explained.fix


PAGE = WelcomePage
