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
from screens.bridge import ActingSeen, Bridge
from screens.session import Session
from screens.widgets.choices import Choices
from screens.widgets.field import Field
from wizard.setup.question import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wizard.clouds.errors import CloudError
    from wizard.modes.gke.chosen import ActsAs, Chosen
    from wizard.setup.answers import Answers


class GkeAccessPage(AccessPage):
    """The same questions as for a workload on AWS, for one workload at a time; above them, whose they are."""

    page_id: ClassVar[str] = "gke-access"

    _place = 0
    """Which of the workloads the fields are about."""

    @property
    def answers(self) -> Answers:
        """The answers about the workload in view."""
        whole = self.session.answers
        return whole.of(self._place) if self._place < len(whole.workloads) else whole

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
        workloads, cluster = self.session.answers.workloads, self.session.cluster
        if workloads and cluster:
            self.bridge.acting(self, cluster, [(each.namespace, each.service_account) for each in workloads])
        if self._place >= len(self.session.answers.workloads):
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
        whole = self.session.answers
        self._unread = {account: str(seen) for account, seen in event.found.items() if isinstance(seen, Exception)}
        whole.workloads = tuple(_knowing(each, event.found) for each in whole.workloads)
        self.refreshed()
        self.post_message(self.Changed())

    def refreshed(self) -> None:
        """Each workload says how it stands."""
        super().refreshed()
        workloads = self.session.answers.workloads
        several = len(workloads) > 1
        title = "Which workload is this about?" if several else workloads[0].title if workloads else "No workload yet"
        self.query_one("#access-of", Static).update(title)
        rows = self.query_one("#access-workloads").query_one(Choices)
        rows.display = several
        rows.choices = tuple(self._choice(place) for place in range(len(workloads)))
        rows.value = str(self._place)
        rows.refresh(layout=True)
        here = self.answers.workload
        why = self._unread.get((here.namespace, here.service_account), "") if here else ""
        unread = self.query_one("#access-unread", Static)
        unread.update(Content(f"? Whom it acts as now could not be read: {why}"))
        unread.display = bool(why)

    def _choice(self, place: int) -> Choice:
        answers = self.session.answers.of(place)
        roles = [role.removeprefix("roles/") for role in answers.roles()]
        glyph = "·" if place in self._lacking() else "✓"
        as_whom = f", as {answers.text('access.service_account')}" if answers.get("access.via") != "direct" else ""
        note = f"{', '.join(roles)}{as_whom}" if roles else "nothing yet"
        title = answers.workload.title if answers.workload else ""
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
        whole = self.session.answers
        return [place for place in range(len(whole.workloads)) if whole.of(place).missing(self.page_id)]

    def problems(self) -> list[str]:
        """Those of every workload."""
        whole, titles = self.session.answers, {each.path: each.title for each in self.questions()}
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
