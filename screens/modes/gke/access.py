"""Access on GKE: for each workload what it may do, and as whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.access import AccessPage
from screens.bridge import Bridge
from screens.modes.gke import reading
from screens.modes.gke.messages import ActingSeen
from screens.session import Session
from screens.widgets.choices import Choices
from screens.widgets.field import Field
from wizard.setup.question import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.clouds.errors import CloudError
    from wizard.modes.gke.chosen import ActsAs, Chosen
    from wizard.modes.gke.workload_answers import GkeAnswers, WorkloadAnswers
    from wizard.setup.answers import Answers
    from wizard.setup.granting import Remark


class GkeAccessPage(AccessPage):
    """The same questions as for a workload on AWS, for one workload at a time; above them, whose they are."""

    page_id: ClassVar[str] = "gke-access"

    _place = 0
    """Which of the workloads the fields are about."""

    @property
    def answers(self) -> Answers:
        """The answers about the workload in view."""
        return self._one or self.whole

    @property
    def whole(self) -> GkeAnswers:
        """The answers about all workloads."""
        from wizard.modes.gke.workload_answers import GkeAnswers

        answers = self.session.answers
        assert isinstance(answers, GkeAnswers)  # the page of this mode asks
        return answers

    @property
    def _one(self) -> WorkloadAnswers | None:
        """The answers about the workload in view, if there is one."""
        return self.whole.of(self._place) if self._place < len(self.whole.workloads) else None

    def holder(self) -> str:
        """The Kubernetes service account in view."""
        from wizard.modes.gke import granting

        return granting.holder(self._one) if self._one else super().holder()

    def remarks(self) -> list[Remark]:
        """What to know about the grants, and about its annotation."""
        from wizard.modes.gke import granting

        return granting.remarks(self._one) if self._one else super().remarks()

    def compose_body(self) -> ComposeResult:
        """The workloads, then the questions about one."""
        with Vertical(classes="field", id="access-workloads"):
            yield Static("", id="access-of", classes="field-title", markup=False)
            yield Choices(())
            yield Static("", id="access-unread", classes="field-note", markup=False)
        yield from super().compose_body()

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """Nothing was read yet."""
        super().__init__(session, bridge)
        self._unread: dict[tuple[str, str], str] = {}
        """Workloads of which it is not known whom they act as, and why."""

    def entered(self) -> None:
        """The workloads may be others now; begin with the first that lacks something."""
        workloads, cluster = self.whole.workloads, reading.cluster_of(self.bridge)
        if workloads and cluster:
            accounts = [(each.namespace, each.service_account) for each in workloads]
            reading.read_acting(self.bridge, self, cluster, accounts)
        if self._place >= len(self.whole.workloads):
            self._place = 0
        if places := self._lacking():
            self._place = places[0]
        super().entered()

    @on(ActingSeen)
    def _acting_seen(self, event: ActingSeen) -> None:
        """What a workload acts as now is its default; not behind the back of one who has gone on."""
        event.stop()
        if not self.display:
            return
        whole = self.whole
        self._unread = {account: str(seen) for account, seen in event.found.items() if isinstance(seen, Exception)}
        whole.workloads = tuple(_knowing(each, event.found) for each in whole.workloads)
        self.refreshed()
        self.post_message(self.Changed())

    def refreshed(self) -> None:
        """Each workload says how it stands."""
        super().refreshed()
        workloads = self.whole.workloads
        several = len(workloads) > 1
        title = "Which workload is this about?" if several else workloads[0].title if workloads else "No workload yet"
        self.query_one("#access-of", Static).update(title)
        rows = self.query_one("#access-workloads").query_one(Choices)
        rows.display = several
        rows.choices = tuple(self._choice(place) for place in range(len(workloads)))
        rows.value = str(self._place)
        rows.refresh(layout=True)
        here = self._one.workload if self._one else None
        why = self._unread.get((here.namespace, here.service_account), "") if here else ""
        unread = self.query_one("#access-unread", Static)
        unread.update(Content(f"? Whom it acts as now could not be read: {why}"))
        unread.display = bool(why)

    def _choice(self, place: int) -> Choice:
        answers = self.whole.of(place)
        roles = [role.removeprefix("roles/") for role in answers.roles()]
        glyph = "·" if place in self._lacking() else "✓"
        as_whom = f", as {answers.text('access.service_account')}" if answers.get("access.via") != "direct" else ""
        note = f"{', '.join(roles)}{as_whom}" if roles else "nothing yet"
        title = answers.workload.title
        return Choice(str(place), f"{glyph} {title}", note)

    @on(Choices.Chosen)
    def _another(self, event: Choices.Chosen) -> None:
        event.stop()
        self._turn_to(int(event.value))

    @on(Choices.Done)
    def _on_to_fields(self, event: Choices.Done) -> None:
        event.stop()
        self._visible()[0].control.focus()

    def _turn_to(self, place: int) -> None:
        self._place = place
        for field in self.query(Field):
            field.answers, field.touched = self.answers, False
        self.refreshed()
        self.read_lists()

    def _lacking(self) -> list[int]:
        """The places of the workloads whose questions need another answer."""
        whole = self.whole
        return [place for place in range(len(whole.workloads)) if whole.of(place).missing(self.page_id)]

    def problems(self) -> list[str]:
        """Those of every workload."""
        whole, titles = self.whole, {each.path: each.title for each in self.questions()}
        if not whole.workloads:
            return ["Choose at least one workload first."]
        return [
            f"{each.title}: {titles[path]} {problem}"
            for place, each in enumerate(whole.workloads)
            for path, problem in whole.of(place).missing(self.page_id)
        ]

    def show_problem(self) -> None:
        """Go to the first workload that lacks something, and there to the field in question."""
        if places := self._lacking():
            if self._place not in places:
                self._turn_to(places[0])
            super().show_problem()


def _knowing(workload: Chosen, found: Mapping[tuple[str, str], ActsAs | CloudError | None]) -> Chosen:
    """A workload with what was read of it; what could not be read leaves it as it is."""
    seen = found.get((workload.namespace, workload.service_account), workload.acts_as)
    return workload if isinstance(seen, Exception) else replace(workload, acts_as=seen)


PAGE = GkeAccessPage
