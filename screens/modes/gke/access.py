"""The Access page for GKE: the roles and the identity of each workload."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Region
from textual.widgets import Static

from screens.access import AccessPage
from screens.bridge import Bridge
from screens.modes.gke import reading
from screens.modes.gke.messages import IdentitiesRead
from screens.session import Session
from screens.widgets.choices import Choices
from screens.widgets.field import Field
from screens.widgets.role_field import RolesField
from screens.widgets.static_text import set_text
from wizard.language import _, translated
from wizard.setup.question import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.clouds.errors import CloudError
    from wizard.modes.gke.chosen import ActsAs, Chosen
    from wizard.modes.gke.workload_answers import GkeAnswers, WorkloadAnswers
    from wizard.setup.answers import Answers
    from wizard.setup.granting import Remark


class GkeAccessPage(AccessPage):
    """Asks for the roles of one workload at a time. Several workloads are listed above the questions."""

    page_id: ClassVar[str] = "gke-access"

    _place = 0
    """The index of the current workload, to which the fields belong."""

    @property
    def answers(self) -> Answers:
        """The answers for the current workload."""
        return self._one or self.whole

    @property
    def whole(self) -> GkeAnswers:
        """The answers for all workloads."""
        from wizard.modes.gke.workload_answers import GkeAnswers

        answers = self.session.answers
        assert isinstance(answers, GkeAnswers)  # only this mode has this page
        return answers

    @property
    def _one(self) -> WorkloadAnswers | None:
        """The answers for the current workload; None if there are no workloads."""
        return self.whole.of(self._place) if self._place < len(self.whole.workloads) else None

    def workloads(self) -> dict[str, Answers]:
        """Return the answers of each workload, by its title."""
        return {each.title: self.whole.of(place) for place, each in enumerate(self.whole.workloads)}

    def holder(self) -> str:
        """Return the Kubernetes service account of the current workload."""
        from wizard.modes.gke import granting

        return granting.holder(self._one) if self._one else super().holder()

    def remarks(self) -> list[Remark]:
        """Return remarks on the grants and on the annotation of the current workload."""
        from wizard.modes.gke import granting

        return granting.remarks(self._one) if self._one else super().remarks()

    def compose_body(self) -> ComposeResult:
        """Yield the list of workloads, then the questions."""
        with Vertical(classes="field", id="access-workloads"):
            yield Static("", id="access-of", classes="field-title", markup=False)
            yield VerticalScroll(Choices(()), id="access-rows", can_focus=False)
            yield Static("", id="access-unread", classes="field-note", markup=False)
        yield from super().compose_body()

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self._unread: dict[tuple[str, str], str] = {}
        """Why the current identity of a service account could not be read, by namespace and name."""

    def entered(self) -> None:
        """Read the current identity of each workload, and show the first workload with a missing answer."""
        workloads, cluster = self.whole.workloads, reading.cluster_of(self.bridge)
        if workloads and cluster:
            accounts = [(workload.namespace, workload.service_account) for workload in workloads]
            reading.read_identities(self.bridge, self, cluster, accounts)
        if self._place >= len(self.whole.workloads):
            self._place = 0
        incomplete = self._incomplete()
        if incomplete:
            self._place = incomplete[0]
        super().entered()

    @on(IdentitiesRead)
    def _on_identities(self, event: IdentitiesRead) -> None:
        """Make the current identity of each workload its default, unless the user has left the page."""
        event.stop()
        if not self.display:
            return
        whole = self.whole
        self._unread = {
            account: str(error) for account, error in event.identities.items() if isinstance(error, Exception)
        }
        whole.workloads = tuple(_with_identity(workload, event.identities) for workload in whole.workloads)
        self.refreshed()
        self.post_message(self.Changed(shown_on=self))

    def refreshed(self) -> None:
        """Show the current answers, and the state of each workload."""
        super().refreshed()
        workloads = self.whole.workloads
        several = len(workloads) > 1
        title = _("Which workload?")
        if not several:
            title = workloads[0].title if workloads else _("No workload yet")
        set_text(self.query_one("#access-of", Static), title)
        rows = self.query_one("#access-rows").query_one(Choices)
        self.query_one("#access-rows").display = several
        choices = tuple(self._choice(place) for place in range(len(workloads)))
        if choices != rows.choices:
            rows.choices = choices
            rows.refresh(layout=True)
        rows.value = str(self._place)
        self.call_after_refresh(self._scroll_to_row)
        current = self._one.workload if self._one else None
        problem = self._unread.get((current.namespace, current.service_account), "") if current else ""
        unread = self.query_one("#access-unread", Static)
        set_text(
            unread,
            _("? The wizard could not read the current identity of this workload: {problem}").format(problem=problem),
        )
        unread.display = bool(problem)

    def _scroll_to_row(self) -> None:
        """Scroll the list of workloads until the row of the current one is visible."""
        rows = self.query_one("#access-rows")
        rows.scroll_to_region(Region(0, self._place, 1, 2), animate=False)

    def _choice(self, place: int) -> Choice:
        answers = self.whole.of(place)
        roles = [role.removeprefix("roles/") for role in answers.roles()]
        glyph = "·" if self.whole.missing_of(place, self.page_id) else "✓"
        note = ", ".join(roles) or _("no roles yet")
        if roles and answers.get("access.via") != "direct":
            note = _("{roles}, as {account}").format(roles=note, account=answers.text("access.service_account"))
        return Choice(str(place), f"{glyph} {answers.workload.title}", note)

    @on(Choices.Chosen)
    def _on_workload(self, event: Choices.Chosen) -> None:
        event.stop()
        self._show_workload(int(event.value))

    @on(Choices.Done)
    def _on_workload_done(self, event: Choices.Done) -> None:
        event.stop()
        self._visible()[0].control.focus()

    def _show_workload(self, place: int) -> None:
        self._place = place
        self.query_one(RolesField).picker.clear_filter()
        for field in self.query(Field):
            field.answers, field.touched = self.answers, False
        self.refreshed()
        self.read_lists()

    def _incomplete(self) -> list[int]:
        """Return the indexes of the workloads with missing or invalid answers."""
        whole = self.whole
        return [place for place in range(len(whole.workloads)) if whole.missing_of(place, self.page_id)]

    def problems(self) -> list[str]:
        """Return the problems of all workloads."""
        whole, titles = self.whole, {question.path: translated(question.title) for question in self.questions()}
        if not whole.workloads:
            return [_("Choose at least one workload first.")]
        return [
            f"{workload.title}: {titles[path]} {problem}"
            for place, workload in enumerate(whole.workloads)
            for path, problem in whole.missing_of(place, self.page_id)
        ]

    def show_problem(self) -> None:
        """Focus the first field with a problem, of the current workload or of the first one with a problem."""
        incomplete = self._incomplete()
        if incomplete:
            if self._place not in incomplete:
                self._show_workload(incomplete[0])
            super().show_problem()


def _with_identity(workload: Chosen, identities: Mapping[tuple[str, str], ActsAs | CloudError | None]) -> Chosen:
    """Return the workload with its current identity, or unchanged if that could not be read."""
    identity = identities.get((workload.namespace, workload.service_account), workload.acts_as)
    if isinstance(identity, Exception) or identity == workload.acts_as:
        return workload  # and not an equal one: what is known about its answers still holds
    return replace(workload, acts_as=identity)


PAGE = GkeAccessPage
