"""Result on GKE: the manifests to commit, and what is to use which service account."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.bridge import Bridge, ClustersSeen, Failed, RunningSeen
from screens.page import Page
from screens.saving import save
from screens.session import Session
from screens.widgets.code_pane import CodePane

if TYPE_CHECKING:
    from wizard.modes.gke.manifests import Use
    from wizard.modes.gke.running import Running
    from wizard.work.opened import GkeOpened

_NOT_PATCHED = (
    "The template of a Job that is there cannot be changed: write serviceAccountName into its manifest, delete the Job "
    "and create it again."
)


class GkeResultPage(Page):
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
        opened = self.session.gke
        self._runs, self._unread = None, ""
        self._show()
        if opened is not None:
            self.bridge.running(self, opened.setup.cluster_name)
            self.bridge.clusters(self)

    @on(ClustersSeen)
    def _clusters_seen(self, event: ClustersSeen) -> None:
        event.stop()
        opened = self.session.gke
        wanted = opened.setup.gke if opened else None
        for each in event.clusters:
            if wanted and (each.name, each.location) == (wanted.cluster, wanted.location):
                others = (pool for pool in each.node_pools if pool.name not in wanted.node_pools)
                self._mixed = not each.autopilot and any(not pool.switched for pool in others)
        self._show()

    @on(RunningSeen)
    def _seen(self, event: RunningSeen) -> None:
        event.stop()
        self._runs = event.running
        self._show()

    @on(Failed)
    def _not_seen(self, event: Failed) -> None:
        from screens.telling import told

        event.stop()
        if event.doing == "list clusters":  # only a remark follows from them
            return
        self._unread = told(event.error).said
        self._show()

    def _show(self) -> None:
        opened = self.session.gke
        about = self.query_one("#result-about", Static)
        if opened is None:
            about.update("Nothing yet: the review opens the setup.")
            return
        about.update(
            "Apply makes the service accounts in the cluster. Commit them too, so that what deploys your manifests "
            "keeps them, with the patches by which your pods use them."
        )
        uses = self._uses(opened)
        self.query_one("#result-uses", Static).update(self._of_uses(uses))
        if self._runs is not None or self._unread:
            self._fill(opened, uses)
            self.call_after_refresh(self._take_focus)

    def _take_focus(self) -> None:
        """There is something to copy and save now: the keys for that work from there."""
        if self.display and (self.screen.focused is None or self not in self.screen.focused.ancestors):
            self.focus_first()

    def _uses(self, opened: GkeOpened) -> list[Use]:
        """What was chosen, what uses the service accounts already, and what is likely meant to."""
        from wizard.modes.gke.manifests import Use

        chosen = {each.title: each for each in self.session.answers.workloads}
        found: list[Use] = []
        for workload in opened.setup.workloads:
            namespace, account = workload.namespace, workload.service_account
            before = chosen.get(workload.title)
            now = dict.fromkeys(before.controllers, before.was) if before else {}
            if self._runs:
                seen = (*self._runs.users(namespace, account), *self._runs.likely(namespace, account))
                now |= {each.controller: each.service_account for each in seen}
            found += [Use(namespace, controller, account, was) for controller, was in now.items()]
        return found

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
        from wizard.resources.kubernetes_service_account import KubernetesServiceAccount

        setup = opened.setup
        accounts = [each for each in opened.blueprint.inside() if isinstance(each, KubernetesServiceAccount)]
        snippets = self.query_one("#result-snippets")
        snippets.remove_children()
        panes = [
            CodePane(
                manifests.ACCOUNTS_FILE,
                "The Kubernetes service accounts, with whom each acts as.",
                manifests.service_accounts(accounts),
                "yaml",
                manifests.ACCOUNTS_FILE,
                open=True,
            )
        ]
        for use in uses:
            if use.patched:
                when = "Its pods are made anew." if use.kind.rolls_out else "It holds from the next run on."
                why = f"serviceAccountName for {use.title}: a patch for kubectl and kustomize. {when}"
                pinned = self._mixed and not use.kind.on_each_node
                if pinned:
                    why += " The nodeSelector keeps them from the node pools that stay as they are."
                elif self._mixed:
                    why += " Those on node pools that stay as they are go on acting as their nodes."
                text = manifests.patch(use, pinned)
                panes.append(CodePane(use.file, why, text, "yaml", use.file, open=len(uses) == 1))
        by_hand = "\n".join(manifests.commands(setup.cluster_name, uses)) + "\n"
        why = "The same with kubectl, once the files are saved (s)."
        panes.append(CodePane("kubectl commands", why, by_hand, "bash", "commands.sh"))
        snippets.mount_all(panes)

    @on(CodePane.Save)
    def _save(self, event: CodePane.Save) -> None:
        save(self, self.session.folder / event.file, event.text)


def _line(use: Use) -> Content:
    """How one stands, and what is to be done where no patch does it."""
    if use.in_place:
        return Content.assemble(("✓ ", "$text-success"), use.title, f" uses {use.service_account}")
    now = f" (now {use.now})" if use.now else ""
    said = f" is to use {use.service_account}{now}"
    if not use.kind.patchable:
        said += f". {_NOT_PATCHED}"
    return Content.assemble(("~ ", "$text-warning"), use.title, said)
