"""The Trust page: asks which AWS roles Google accepts, and shows a live preview of how Google sees the workload."""

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
from screens.modes.aws.principal_preview import PrincipalPreview, explain_mistake
from screens.threads import in_thread
from screens.widgets.chain_drawing import HopState
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.field import Field, MultilineField
from wizard.language import N_, _, translated
from wizard.modes.aws import admission, chain_titles
from wizard.modes.aws.admission import CONDITION, Admission, Workload
from wizard.modes.aws.runtimes import RUNTIMES

if TYPE_CHECKING:
    from wizard.engine.resource import State
    from wizard.modes.aws.eks.admission import PodWorkload
    from wizard.setup.question import Question

TYPING_PAUSE = 0.15
"""Seconds without typing after which the expressions are evaluated."""

NUMBER = "PROJECT_NUMBER"
"""The placeholder for the number of the pool's project until it is known."""

_NEEDED = ("aws.account", "aws.region", "aws.runtime", "google.pool")
_NEEDED_BY = {"role": ("aws.role",), "service account": ("aws.cluster", "aws.namespace", "aws.service_account")}
"""What a workload is to Google -> the questions about it."""
_EXPRESSIONS = ("google.attribute_condition", "google.attribute_mapping")

_NAMES = {CONDITION: N_("condition")}
"""The names of expressions on this page, if they are not their keys."""


class PreviewComputed(Message):
    """The preview for `workload` was computed."""

    def __init__(self, workload: Workload | PodWorkload, result: Admission) -> None:
        super().__init__()
        self.workload = workload
        self.result = result


class NumberRead(Message):
    """The number of a project was read."""

    def __init__(self, project: str, number: str) -> None:
        super().__init__()
        self.project = project
        self.number = number


class ProviderRead(Message):
    """The provider with this name was read; its state is None if it does not exist."""

    def __init__(self, name: str, state: State | None) -> None:
        super().__init__()
        self.name = name
        self.state = state


class ExpressionField(MultilineField):
    """Several lines for expressions. Shows a mistake in its line, with a caret under it, when the user stops typing."""

    _problem = ""

    def compose(self) -> ComposeResult:
        """Yield the widgets of a field, and a line for mistakes below them."""
        yield from super().compose()
        yield Static("", classes="field-place", markup=False)

    def update_answer(self) -> None:
        """Show the current value, its source, and its problem. Does not check a default, because that would be slow."""
        if self.question.path in self.answers.explicit():
            super().update_answer()
            return
        if not self.control.has_focus:
            self.show_value(self.answers.get(self.question.path))
        self._show_line("field-note", self._note())
        self._show_line("field-problem", "")
        self.set_class(False, "wrong")

    def show_mistakes(self, result: Admission | None) -> None:
        """Show each mistake in this field's expressions in its line, or as a problem if its place is not known."""
        in_condition = self.question.path.endswith("condition")
        placed = []
        for mistake in result.mistakes if result else ():
            if (mistake.key == CONDITION) is in_condition and mistake.line is not None:
                placed.append(mistake)
        super()._show_line("field-problem", "" if placed else self._problem)
        place = self.query_one(".field-place", Static)
        width = max(20, self.content_size.width - 3)
        texts = (
            f"✗ {translated(_NAMES.get(mistake.key, mistake.key))}, {explain_mistake(mistake, width)}"
            for mistake in placed
        )
        place.update(Content("\n".join(texts)))
        place.display = bool(placed)

    def _show_line(self, name: str, text: str) -> None:
        if name == "field-problem":
            self._problem = text
        else:
            super()._show_line(name, text)


class TrustPage(FormPage):
    """Asks which AWS roles Google accepts."""

    page_id: ClassVar[str] = "aws-trust"
    title: ClassVar[str] = "Trust"

    _timer: Timer | None = None
    _wanted: Workload | PodWorkload | None = None
    _computing: bool = False
    _confirmed_account: str = ""
    """The account for which the user has confirmed that all its roles are accepted."""

    def on_mount(self) -> None:
        """Start without any project numbers."""
        self._numbers: dict[str, str] = {}
        """The numbers of projects, by project id."""
        self._number_problems: dict[str, str] = {}
        """Why the number of a project is not known, by project id."""
        self._providers: dict[str, State | None] = {}
        """The providers that were read, by name."""

    def create_field(self, question: Question) -> Field:
        """Return the field for a question. Expressions have a field that shows mistakes in their line."""
        if question.path in _EXPRESSIONS:
            return ExpressionField(question, self.session.answers)
        return super().create_field(question)

    def compose_after(self) -> ComposeResult:
        """Yield the preview, and the credential chain with the step that it is about."""
        yield PrincipalPreview()
        yield ChainPicture({}, boxes=False, id="trust-chain")

    def entered(self) -> None:
        """Compute the preview again, because it depends on answers of other pages."""
        super().entered()
        answers = self.session.answers
        if self.session.source and not self._confirmed_account and answers.get("trust.who") == "account":
            self._confirmed_account = answers.text("aws.account")  # the setup file has this answer already
        self._read_number()
        self._read_provider()
        self.update_preview()

    def refreshed(self) -> None:
        """Show the current answers; with the details open, show the values of the preview in full."""
        super().refreshed()
        if self._wanted is None:
            self.update_preview()
        self.query_one(PrincipalPreview).show_whole(any(fold.open for fold in self.query(Fold)))

    def answered(self, path: str) -> None:
        """Compute the preview; for expressions, when the user stops typing."""
        if self._timer is not None:
            self._timer.stop()
        if path in _EXPRESSIONS:
            self._timer = self.set_timer(TYPING_PAUSE, self.update_preview)
        else:
            self.update_preview()

    # The preview

    def update_preview(self) -> None:
        """Compute the preview, or show what is missing for it."""
        preview = self.query_one(PrincipalPreview)
        if missing := self._missing():
            self._wanted = None
            preview.show_sentence(missing)
            self.query_one(ChainPicture).display = False
            self._show_mistakes(None)
            return
        self._wanted = self._workload()
        if not self._computing:
            self._computing = True
            self.run_worker(self._compute(), name="preview")

    async def _compute(self) -> None:
        """Compute until the preview is that of the current answers."""
        done: Workload | PodWorkload | None = None
        while (wanted := self._wanted) is not None and wanted != done:
            result = await in_thread(partial(_admission, wanted))
            self.post_message(PreviewComputed(wanted, result))
            done = wanted
        self._computing = False

    @on(PreviewComputed)
    def _on_preview(self, event: PreviewComputed) -> None:
        event.stop()
        if event.workload != self._wanted:
            return
        note = ""
        if event.workload.number == NUMBER:
            project = self._pool_project()
            note = self._number_problems.get(project) or _(
                "reading the project number of {project} ({number}) …"
            ).format(number=NUMBER, project=project)
        self.query_one(PrincipalPreview).show(event.result, note)
        self._draw_chain(event.result)
        self._show_mistakes(event.result)

    def _draw_chain(self, result: Admission) -> None:
        """Draw the credential chain with the outcome at the provider. A later page asks for the access."""
        answers, picture = self.session.answers, self.query_one(ChainPicture)
        account = answers.text("access.service_account") if answers.text("access.via") == "service-account" else ""
        picture.reset(chain_titles.of_credential(answers.text("aws.runtime"), account.partition("@")[0]))
        picture.put("principal", *_at_provider(result))
        picture.display = True

    def _show_mistakes(self, result: Admission | None) -> None:
        for field in self.query(ExpressionField):
            field.show_mistakes(result)
            if field.control.has_focus:  # its size may have changed: keep the caret visible
                self.call_after_refresh(self.scroll_to_widget, field, animate=False)

    def _missing(self) -> str:
        answers = self.session.answers
        runtime = RUNTIMES.get(answers.text("aws.runtime"))
        identity = runtime.workload_identity if runtime else "role"
        for path in (*_NEEDED, *_NEEDED_BY[identity]):
            question = answers.question(path)
            if problem := question.check(answers.get(path), answers):
                return _("To see the preview, answer this question first: {title} ({problem})").format(
                    title=translated(question.title), problem=problem
                )
        return ""

    def _workload(self) -> Workload | PodWorkload:
        from wizard.modes.aws import derived

        answers = self.session.answers
        if RUNTIMES[answers.text("aws.runtime")].workload_identity == "service account":
            return self._pod_workload()
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
            provider=answers.text("google.provider"),
            existing=self._providers.get(self._provider_name()),
        )

    def _pod_workload(self) -> PodWorkload:
        from wizard.modes.aws.eks.admission import PodWorkload

        answers = self.session.answers
        return PodWorkload(
            cluster=answers.text("aws.cluster"),
            namespace=answers.text("aws.namespace"),
            service_account=answers.text("aws.service_account"),
            pool=answers.text("google.pool"),
            number=self._number(),
            provider=answers.text("google.provider"),
            existing=self._providers.get(self._provider_name()),
        )

    # The number of the pool's project, which the principal names

    def _pool_project(self) -> str:
        return self.session.answers.text("google.pool_project") or self.session.answers.text("google.project")

    def _number(self) -> str:
        return self._numbers.get(self._pool_project(), NUMBER)

    def _read_number(self) -> None:
        project = self._pool_project()
        if not project or project in self._numbers:
            return

        def work(post: Callable[[Message], None]) -> None:
            from wizard.clouds.project import project_number

            post(NumberRead(project, project_number(self.session.clouds(), project)))

        self.bridge.start(self, "number", work)

    @on(NumberRead)
    def _on_number(self, event: NumberRead) -> None:
        event.stop()
        self._numbers[event.project] = event.number
        self.update_preview()

    @on(bridge.Failed)
    def _on_number_failed(self, event: bridge.Failed) -> None:
        if event.doing == "provider":
            event.stop()  # the review reads the provider again, and shows why it cannot
        if event.doing != "number":
            return
        event.stop()
        project, hint = self._pool_project(), _hint(event.error)
        self._number_problems[project] = _(
            "the project number of {project} is not known yet, so the preview shows {number} instead: {hint}"
        ).format(project=project, number=NUMBER, hint=hint)
        self.update_preview()

    # The provider that exists, which other workloads can share

    def _provider_name(self) -> str:
        pool, provider = (self.session.answers.text(f"google.{name}") for name in ("pool", "provider"))
        return f"projects/{self._pool_project()}/locations/global/workloadIdentityPools/{pool}/providers/{provider}"

    def _read_provider(self) -> None:
        """Read the provider on each visit, because others can change it."""
        name = self._provider_name()

        def work(post: Callable[[Message], None]) -> None:
            from wizard.resources.provider import read_provider

            post(ProviderRead(name, read_provider(self.session.clouds(), name)))

        self.bridge.start(self, "provider", work)

    @on(ProviderRead)
    def _on_provider(self, event: ProviderRead) -> None:
        event.stop()
        self._providers[event.name] = event.state
        self.update_preview()

    # Confirmation of a wide trust

    def problems(self) -> list[str]:
        """Return the problems of the answers, or that the user must confirm a wide trust."""
        problems = super().problems()
        if problems or self._is_confirmed():
            return problems
        return [_("Every role in the account will be able to get a token: confirm this choice first.")]

    def show_problem(self) -> None:
        """Focus the first field with a problem, or ask the user to confirm a wide trust."""
        if self.session.answers.missing(self.page_id) or self._is_confirmed():
            super().show_problem()
            return
        account = self.session.answers.text("aws.account")
        text = _(
            "Every role in the AWS account {account}, including future roles, will be able to get a Google token. "
            "Only your workload's AWS role will have the Google Cloud roles. For your workload, accepting only its "
            "own role is enough."
        ).format(account=account)
        dialog = YesNoDialog(
            _("Accept every role in the account?"), text, _("Accept every role"), _("Cancel"), dangerous=True
        )
        self.app.push_screen(dialog, self._on_wide_answered)

    def _is_confirmed(self) -> bool:
        answers = self.session.answers
        return answers.get("trust.who") != "account" or self._confirmed_account == answers.text("aws.account")

    def _on_wide_answered(self, yes: bool | None) -> None:
        if yes:
            self._confirmed_account = self.session.answers.text("aws.account")
            self.post_message(self.Next())
        else:
            self.field("trust.who").control.focus()


def _admission(workload: Workload | PodWorkload) -> Admission:
    """Return the admission. Also imports the module that going forward needs, which takes time."""
    import wizard.modes.aws.consistency  # noqa: F401

    if isinstance(workload, Workload):
        return admission.admission(workload)
    from wizard.modes.aws.eks import admission as pod_admission

    return pod_admission.admission(workload)


def _at_provider(result: Admission) -> tuple[HopState, str]:
    """Return the state of the hop at the provider, and its note in the picture."""
    if result.mistakes:
        return "failed", "mistake"
    if result.admitted is None:
        return "not_proven", _("not known")
    return ("ok", "accepted") if result.admitted else ("failed", "refused")


def _hint(error: Exception) -> str:
    from wizard.clouds.errors import CloudError

    return (error.hint or error.message) if isinstance(error, CloudError) else str(error)


PAGE = TrustPage
