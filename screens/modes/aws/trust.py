"""Trust: who may enter, and live below it what Google will make of the workload."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from screens import bridge
from screens.form import Fold, FormPage
from screens.modes.aws.principal_preview import PrincipalPreview, pointed
from screens.threads import in_thread
from screens.widgets.chain_drawing import State
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.field import Field, MultilineField
from wizard.modes.aws import admission, chain_titles
from wizard.modes.aws.admission import CONDITION, Admission, Workload

if TYPE_CHECKING:
    from wizard.setup.question import Question

PAUSE = 0.15
"""How long typing rests, in seconds, before the expressions are tried."""

NUMBER = "PROJECT_NUMBER"
"""Stands for the number of the pool's project while it is not known."""

_NEEDED = ("aws.account", "aws.region", "aws.runtime", "aws.role", "google.pool")
_EXPRESSIONS = ("google.attribute_condition", "google.attribute_mapping")

_NAMES = {CONDITION: "condition"}
"""What an expression is called here, if not by its key."""


class Foreseen(Message):
    """The sample was let in or not; `workload` is what it was computed from."""

    def __init__(self, workload: Workload, found: Admission) -> None:
        super().__init__()
        self.workload = workload
        self.found = found


class Numbered(Message):
    """The number of a project was read."""

    def __init__(self, project: str, number: str) -> None:
        super().__init__()
        self.project = project
        self.number = number


class ExpressionField(MultilineField):
    """Expressions to type; instead of the plain problem, a mistake is shown in its line, with a caret under it.

    That takes a moment, so a problem is shown when typing rests.
    """

    _problem = ""

    def compose(self) -> ComposeResult:
        """As every field, and the place of the mistake below."""
        yield from super().compose()
        yield Static("", classes="field-place", markup=False)

    def update_answer(self) -> None:
        """A default needs no check; the first check loads much, and here would hold up the keys."""
        if self.question.path in self.answers.explicit():
            super().update_answer()
            return
        if not self.control.has_focus:
            self.show_value(self.answers.get(self.question.path))
        self._show_line("field-note", self._note())
        self._show_line("field-problem", "")
        self.set_class(False, "wrong")

    def show_mistakes(self, found: Admission | None) -> None:
        """Show the line of each mistake in this field's expressions, and where in it; else the plain problem."""
        of_condition = self.question.path.endswith("condition")
        mistakes = found.mistakes if found else ()
        placed = [each for each in mistakes if (each.key == CONDITION) is of_condition and each.line is not None]
        super()._show_line("field-problem", "" if placed else self._problem)
        place = self.query_one(".field-place", Static)
        width = max(20, self.content_size.width - 3)
        said = (f"✗ {_NAMES.get(each.key, each.key)}, {pointed(each, width)}" for each in placed)
        place.update(Content("\n".join(said)))
        place.display = bool(placed)

    def _show_line(self, name: str, text: str) -> None:
        if name == "field-problem":
            self._problem = text
        else:
            super()._show_line(name, text)


class TrustPage(FormPage):
    """Who may enter."""

    page_id: ClassVar[str] = "aws-trust"
    title: ClassVar[str] = "Trust"

    _timer: Timer | None = None
    _wanted: Workload | None = None
    _computing: bool = False
    _consent: str = ""
    """The account of which every role may enter, as was said in so many words."""

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self._numbers: dict[str, str] = {}
        self._unnumbered: dict[str, str] = {}

    def make_field(self, question: Question) -> Field:
        """Expressions have a field that shows where a mistake is."""
        if question.path in _EXPRESSIONS:
            return ExpressionField(question, self.session.answers)
        return super().make_field(question)

    def compose_after(self) -> ComposeResult:
        """The preview, and its place in the way of the credential."""
        yield PrincipalPreview()
        yield ChainPicture({}, boxes=False, id="trust-way")

    def entered(self) -> None:
        """Earlier answers may have changed what Google will see."""
        super().entered()
        answers = self.session.answers
        if self.session.source and not self._consent and answers.get("trust.who") == "account":
            self._consent = answers.text("aws.account")  # the setup file says so already
        self._ask_number()
        self.foresee()

    def refreshed(self) -> None:
        """With the details open, nothing of the preview is left out; what was missing may have been found."""
        super().refreshed()
        if self._wanted is None:
            self.foresee()
        self.query_one(PrincipalPreview).leave_nothing_out(any(fold.open for fold in self.query(Fold)))

    def answered(self, path: str) -> None:
        """Try the expressions as soon as typing rests."""
        if self._timer is not None:
            self._timer.stop()
        if path in _EXPRESSIONS:
            self._timer = self.set_timer(PAUSE, self.foresee)
        else:
            self.foresee()

    # What Google will make of it

    def foresee(self) -> None:
        """Compute the preview, or say what is missing for it."""
        preview = self.query_one(PrincipalPreview)
        if missing := self._missing():
            self._wanted = None
            preview.say(missing)
            self.query_one(ChainPicture).display = False
            self._show_mistakes(None)
            return
        self._wanted = self._workload()
        if not self._computing:
            self._computing = True
            self.run_worker(self._compute(), name="foresee")

    async def _compute(self) -> None:
        """One computation at a time; what is typed meanwhile is computed after it."""
        done: Workload | None = None
        while (wanted := self._wanted) is not None and wanted != done:
            found = await in_thread(partial(_admission, wanted))
            self.post_message(Foreseen(wanted, found))
            done = wanted
        self._computing = False

    @on(Foreseen)
    def _foreseen(self, event: Foreseen) -> None:
        event.stop()
        if event.workload != self._wanted:
            return
        note = ""
        if event.workload.number == NUMBER:
            project = self._pool_project()
            note = self._unnumbered.get(project) or f"{NUMBER} is being read: the number of {project}"
        self.query_one(PrincipalPreview).show(event.found, note)
        self._draw_way(event.found)
        self._show_mistakes(event.found)

    def _draw_way(self, found: Admission) -> None:
        """The way of the credential, as far as it can be foreseen; what access is like is asked on a later page."""
        answers, picture = self.session.answers, self.query_one(ChainPicture)
        account = answers.text("access.service_account") if answers.text("access.via") == "service-account" else ""
        picture.reset(chain_titles.of_credential(answers.text("aws.runtime"), account.partition("@")[0]))
        picture.put("principal", *_at_provider(found))
        picture.display = True

    def _show_mistakes(self, found: Admission | None) -> None:
        for field in self.query(ExpressionField):
            field.show_mistakes(found)
            if field.control.has_focus:  # it has grown or shrunk: the caret is to be in view
                self.call_after_refresh(self.scroll_to_widget, field, animate=False)

    def _missing(self) -> str:
        answers = self.session.answers
        for path in _NEEDED:
            asked = answers.question(path)
            if problem := asked.check(answers.get(path), answers):
                return f"What Google will see can be shown when this is answered: {asked.title} ({problem})"
        return ""

    def _workload(self) -> Workload:
        from wizard.modes.aws import derived

        answers = self.session.answers
        mapping = answers.explicit().get("google.attribute_mapping")
        who, account, region = (answers.text(path) for path in ("trust.who", "aws.account", "aws.region"))
        conditions = {
            "account": derived.account_condition(account, region),
            "own": answers.text("google.attribute_condition"),
        }
        return Workload(
            account=account,
            role=answers.text("aws.role"),
            runtime=answers.text("aws.runtime"),
            region=region,
            pool=answers.text("google.pool"),
            number=self._number(),
            mapping=derived.mapping_of(str(mapping)) if mapping else None,
            condition=conditions.get(who),
        )

    # The number of the pool's project, which the principal names

    def _pool_project(self) -> str:
        return self.session.answers.text("google.pool_project") or self.session.answers.text("google.project")

    def _number(self) -> str:
        return self._numbers.get(self._pool_project(), NUMBER)

    def _ask_number(self) -> None:
        project = self._pool_project()
        if not project or project in self._numbers:
            return

        def work(post: Callable[[Message], None]) -> None:
            from wizard.clouds.project import project_number

            post(Numbered(project, project_number(self.session.clouds(), project)))

        self.bridge.start(self, "number", work)

    @on(Numbered)
    def _numbered(self, event: Numbered) -> None:
        event.stop()
        self._numbers[event.project] = event.number
        self.foresee()

    @on(bridge.Failed)
    def _not_numbered(self, event: bridge.Failed) -> None:
        if event.doing != "number":
            return
        event.stop()
        project = self._pool_project()
        self._unnumbered[project] = f"{NUMBER} is the number of {project}: it is not known yet ({_why(event.error)})"
        self.foresee()

    # A wider choice is asked about

    def problems(self) -> list[str]:
        """Letting a whole account in takes a yes."""
        return super().problems() or ([] if self._consented() else ["Every role of the account may enter: is that so?"])

    def show_problem(self) -> None:
        """Go to the field, or ask."""
        if self.session.answers.missing(self.page_id) or self._consented():
            super().show_problem()
            return
        account = self.session.answers.text("aws.account")
        text = (
            f"Every role of the AWS account {account}, those made later included, could get a Google token. Roles on "
            "Google Cloud would still go to your workload's role alone. One workload needs only its own role."
        )
        dialog = YesNoDialog("Let every role of the account in?", text, "Every role", "Go back", dangerous=True)
        self.app.push_screen(dialog, self._decided)

    def _consented(self) -> bool:
        answers = self.session.answers
        return answers.get("trust.who") != "account" or self._consent == answers.text("aws.account")

    def _decided(self, every: bool | None) -> None:
        if every:
            self._consent = self.session.answers.text("aws.account")
            self.post_message(self.Next())
        else:
            self.field("trust.who").control.focus()


def _admission(workload: Workload) -> Admission:
    """Compute, and load in passing what going forward checks with."""
    import wizard.modes.aws.consistency  # noqa: F401

    return admission.admission(workload)


def _at_provider(found: Admission) -> tuple[State, str]:
    """What becomes of the credential at the provider, and the word for it in the picture."""
    if found.mistakes:
        return "failed", "mistake"
    if found.admitted is None:
        return "unsure", "not known"
    return ("ok", "mapped") if found.admitted else ("failed", "turned away")


def _why(error: Exception) -> str:
    from wizard.clouds.errors import CloudError

    return (error.hint or error.message) if isinstance(error, CloudError) else str(error)


PAGE = TrustPage
