"""Result on GKE: the manifests to commit, and what is to use which service account."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.bridge import Bridge, Failed
from screens.modes.gke import reading
from screens.modes.gke.messages import ClustersSeen, RunningSeen
from screens.result import NOT_OPENED, ResultPage
from screens.session import Session

if TYPE_CHECKING:
    from wizard.modes.gke.manifests import Use
    from wizard.modes.gke.opened import GkeOpened
    from wizard.modes.gke.running import Running

_NOT_PATCHED = (
    "The template of an existing Job cannot be changed: write serviceAccountName into its manifest, delete the Job "
    "and create it again."
)


class GkeResultPage(ResultPage):
    """Everything that the teams need, to copy or save."""

    page_id: ClassVar[str] = "gke-result"
    title: ClassVar[str] = "What to commit"

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """Nothing is known yet."""
        super().__init__(session, bridge)
        self._runs: Running | None = None
        self._unread = ""
        self._mixed = False
        """Whether pods may land on nodes that do not give them their identity."""

    def compose_body(self) -> ComposeResult:
        """What it is about, how each workload's pods stand, and the files."""
        yield Static("", id="result-about", markup=False)
        yield Static("", id="result-uses", markup=False)
        yield Vertical(id="result-snippets")

    def entered(self) -> None:
        """Show what follows from the setup that is open, and read what runs now."""
        opened = self._gke
        self._runs, self._unread = None, ""
        self._show()
        if opened is not None:
            reading.read_running(self.bridge, self, opened.setup.cluster_name)
            reading.read_clusters(self.bridge, self)

    @property
    def _gke(self) -> GkeOpened | None:
        from wizard.modes.gke.opened import GkeOpened

        return self.session.opened if isinstance(self.session.opened, GkeOpened) else None

    @on(ClustersSeen)
    def _clusters_seen(self, event: ClustersSeen) -> None:
        from wizard.modes.gke import uses

        event.stop()
        opened = self._gke
        if opened is not None:
            self._mixed = uses.has_mixed_nodes(event.clusters, opened.setup.gke)
        self._show()

    @on(RunningSeen)
    def _seen(self, event: RunningSeen) -> None:
        event.stop()
        self._runs = event.running
        self._show()

    @on(Failed)
    def _not_seen(self, event: Failed) -> None:
        from screens.error_text import told

        event.stop()
        if event.doing == "list clusters":  # only a remark follows from them
            return
        self._unread = told(event.error).said
        self._show()

    def _show(self) -> None:
        opened = self._gke
        about = self.query_one("#result-about", Static)
        if opened is None:
            about.update(NOT_OPENED)
            return
        about.update(
            "Apply creates the service accounts in the cluster. Commit them too, so that what deploys your manifests "
            "keeps them, with the patches by which your pods use them."
        )
        found = self._uses(opened)
        self.query_one("#result-uses", Static).update(self._of_uses(found))
        if self._runs is not None or self._unread:
            self._fill(opened, found)
            self.call_after_refresh(self._take_focus)

    def _take_focus(self) -> None:
        """There is something to copy and save now: the keys for that work from there."""
        if self.display and (self.screen.focused is None or self not in self.screen.focused.ancestors):
            self.focus_first()

    def _uses(self, opened: GkeOpened) -> list[Use]:
        from wizard.modes.gke import uses
        from wizard.modes.gke.workload_answers import GkeAnswers

        answers = self.session.answers
        chosen = answers.workloads if isinstance(answers, GkeAnswers) else ()
        return uses.uses(opened.setup, chosen, self._runs)

    def _of_uses(self, uses: list[Use]) -> Content:
        lines = [Content.styled("Your workloads", "bold"), *(_line(use) for use in uses)]
        if self._unread:
            lines.append(Content.assemble(("? ", "$text-warning"), f"what runs could not be read: {self._unread}"))
        elif self._runs is None:
            lines.append(Content.styled("… reading what runs", "$text-muted"))
        elif not uses:
            lines.append(
                Content("None uses these service accounts yet: set serviceAccountName in the template of its pods.")
            )
        if self._runs and self._runs.unread:
            names = ", ".join(f"{kind}s" for kind in self._runs.unread)
            lines.append(
                Content.assemble(("? ", "$text-warning"), f"you may not list {names}: those are not told here")
            )
        return Content("\n").join(lines)

    def _fill(self, opened: GkeOpened, uses: list[Use]) -> None:
        from wizard.modes.gke import manifests

        patches = manifests.exported_uses(opened.setup.cluster_name, uses, self._mixed)
        self.show_files("#result-snippets", [*opened.exports(), *patches], open_first=True)


def _line(use: Use) -> Content:
    """How one stands, and what is to be done where no patch does it."""
    if use.in_place:
        return Content.assemble(("✓ ", "$text-success"), use.title, f" uses {use.service_account}")
    now = f" (now {use.now})" if use.now else ""
    said = f" is to use {use.service_account}{now}"
    if not use.kind.patchable:
        said += f". {_NOT_PATCHED}"
    return Content.assemble(("~ ", "$text-warning"), use.title, said)


PAGE = GkeResultPage
