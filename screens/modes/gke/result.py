"""The Result page for GKE: the manifests to commit, and the service account that each workload must use."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.bridge import Bridge, Failed
from screens.modes.gke import reading
from screens.modes.gke.messages import ClustersRead, RunningRead
from screens.result import NOT_OPENED, ResultPage
from screens.session import Session
from screens.widgets.long_text import LongText
from wizard.language import _

if TYPE_CHECKING:
    from wizard.modes.gke.manifests import Use
    from wizard.modes.gke.opened import GkeOpened
    from wizard.modes.gke.running import Running

_NOT_PATCHED = (
    "Kubernetes does not allow changing the service account of an existing Job: set serviceAccountName in the Job's "
    "manifest, and recreate the Job."
)


class GkeResultPage(ResultPage):
    """Shows what the teams of the workloads need, to copy or save."""

    page_id: ClassVar[str] = "gke-result"
    title: ClassVar[str] = "Files to commit"
    exports: ClassVar[tuple[str, ...]] = ("terraform", "script", "manifests", "report")

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self._runs: Running | None = None
        self._unread = ""
        self._mixed = False
        """Whether pods can run on nodes that do not give them their own identity."""

    def compose_application(self) -> ComposeResult:
        """Yield the introduction, the state of each workload, and the files."""
        yield Static("", id="result-about", markup=False)
        yield LongText(Content(""), id="result-uses")
        yield Vertical(id="result-snippets")

    def entered(self) -> None:
        """Show the files of the setup, and read the running workloads."""
        self.show_verdict()
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

    @on(ClustersRead)
    def _on_clusters(self, event: ClustersRead) -> None:
        from wizard.modes.gke import uses

        event.stop()
        opened = self._gke
        mixed = opened is not None and uses.has_mixed_nodes(event.clusters, opened.setup.gke)
        if mixed != self._mixed:
            self._mixed = mixed
            self._show()

    @on(RunningRead)
    def _on_running(self, event: RunningRead) -> None:
        event.stop()
        self._runs = event.running
        self._show()

    @on(Failed)
    def _on_failed(self, event: Failed) -> None:
        from screens.error_text import explain

        if event.doing == "export":  # the base class shows it
            return
        event.stop()
        if event.doing == "list clusters":  # only one remark depends on them
            return
        self._unread = explain(event.error).error
        self._show()

    def _show(self) -> None:
        opened = self._gke
        about = self.query_one("#result-about", Static)
        if opened is None:
            about.update(NOT_OPENED)
            return
        about.update(
            _(
                "Apply creates the service accounts in the cluster. Commit the service account manifests and the pod "
                "patches, so that your next deployment keeps the service accounts and the patches."
            )
        )
        uses = self._uses(opened)
        self.query_one("#result-uses", LongText).show(self._state_of(uses))
        if self._runs is not None or self._unread:
            self._fill(opened, uses)
            self.call_after_refresh(self._take_focus)

    def _take_focus(self) -> None:
        """Focus the first file if nothing in the page has the focus, so that the keys for files work."""
        if self.display and (self.screen.focused is None or self not in self.screen.focused.ancestors):
            self.focus_first()

    def _uses(self, opened: GkeOpened) -> list[Use]:
        from wizard.modes.gke import uses
        from wizard.modes.gke.workload_answers import GkeAnswers

        answers = self.session.answers
        chosen = answers.workloads if isinstance(answers, GkeAnswers) else ()
        return uses.uses(opened.setup, chosen, self._runs)

    def _state_of(self, uses: list[Use]) -> Content:
        lines = [Content.styled(_("Your workloads"), "bold"), *(_line(use) for use in uses)]
        if self._unread:
            lines.append(
                Content.assemble(
                    ("? ", "$text-warning"),
                    _("the wizard could not read the running workloads: {unread}").format(unread=self._unread),
                )
            )
        elif self._runs is None:
            lines.append(Content.styled(_("… reading the running workloads"), "$text-muted"))
        elif not uses:
            lines.append(
                Content(_("No workload uses these service accounts yet: set serviceAccountName in the pod templates."))
            )
        if self._runs and self._runs.unread:
            names = ", ".join(f"{kind}s" for kind in self._runs.unread)
            text = _("you do not have permission to list {names}, so the page does not show these workloads").format(
                names=names
            )
            lines.append(Content.assemble(("? ", "$text-warning"), text))
        return Content("\n").join(lines)

    def _fill(self, opened: GkeOpened, uses: list[Use]) -> None:
        from wizard.modes.gke import manifests

        patches = manifests.exported_uses(opened.setup.cluster_name, uses, self._mixed)
        self.show_files("#result-snippets", [*opened.exports(), *patches], open_first=True)


def _line(use: Use) -> Content:
    """Return the state of one workload, and what to do if it cannot be patched."""
    if use.in_place:
        return Content.assemble(
            ("✓ ", "$text-success"), _("{title} uses {account}").format(title=use.title, account=use.service_account)
        )
    text = _("{title} must use {service_account}.").format(title=use.title, service_account=use.service_account)
    if use.now:
        text = _("{title} must use the service account {service_account} instead of {now}.").format(
            title=use.title, service_account=use.service_account, now=use.now
        )
    if use.kind.patchable:
        return Content.assemble(("~ ", "$text-warning"), text)
    return Content.assemble(("~ ", "$text-warning"), f"{text} {_(_NOT_PATCHED)}")


PAGE = GkeResultPage
