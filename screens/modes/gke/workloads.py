"""The Workloads page for GKE: the running workloads that get their own identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from screens.bridge import Bridge, Failed
from screens.form import READING_LIST, list_problem
from screens.modes.gke import reading
from screens.modes.gke.messages import RunningRead
from screens.page import Page
from screens.session import Session
from screens.widgets.pick_list import Pick, PickList
from screens.widgets.static_text import set_text
from wizard.language import _
from wizard.phrases import full_stop

if TYPE_CHECKING:
    from wizard.federation.gke import ClusterName
    from wizard.modes.gke.running import Running, Runs
    from wizard.modes.gke.workload_answers import GkeAnswers
    from wizard.modes.gke.workload_rows import Row


class GkeWorkloadsPage(Page):
    """Shows the running workloads as rows, and a line to type others."""

    page_id: ClassVar[str] = "gke-workloads"
    title: ClassVar[str] = "Workloads"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "o",
            "own",
            "Keep default",
            id="workloads.own",
            tooltip="Switch between the workloads' own accounts and the shared default account",
        ),
    ]

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """`session` and `bridge` are those of the app."""
        super().__init__(session, bridge)
        self._read_from: ClusterName | None = None
        self._runs: Running | None = None
        self._shared: set[str] = set()
        """The namespaces whose workloads keep the service account `default`."""
        self._rows: list[Row] = []
        self._problem = ""
        """Why the running workloads could not be read."""

    @property
    def answers(self) -> GkeAnswers:
        """The answers for all workloads."""
        from wizard.modes.gke.workload_answers import GkeAnswers

        answers = self.session.answers
        assert isinstance(answers, GkeAnswers)  # only this mode has this page
        return answers

    def compose_body(self) -> ComposeResult:
        """Yield the question, the rows, the effect of the current row, and the line."""
        with Vertical(classes="field", id="workloads-list"):
            yield Static(_("Which workloads get their own identity?"), classes="field-title", markup=False)
            yield Static(
                _("Each workload gets a Kubernetes service account, which its pods use. Choose one or more workloads."),
                classes="field-help",
                markup=False,
            )
            yield PickList(id="workloads-rows")
            yield Static("", id="workloads-unread", classes="field-note", markup=False)
            yield Static("", id="workloads-about", classes="field-note", markup=False)
        with Vertical(classes="field"):
            yield Static(
                _("If your workload is not in the list, type the workload's name."),
                classes="field-title",
                markup=False,
            )
            yield Input(
                compact=True, select_on_focus=False, classes="field-input", placeholder="NAMESPACE/SERVICE_ACCOUNT"
            )
            yield Static("", id="workloads-problem", classes="field-problem", markup=False)

    def entered(self) -> None:
        """Read the running workloads, unless those of this cluster were read before."""
        cluster = reading.cluster_of(self.bridge)
        if cluster is not None and cluster != self._read_from:
            self._read_from, self._runs, self._problem = cluster, None, ""
            self._show_about(_("reading the running workloads …"))
            reading.read_running(self.bridge, self, cluster)
        self._show()

    @on(RunningRead)
    def _on_running(self, event: RunningRead) -> None:
        event.stop()
        if event.cluster == self._read_from:
            from wizard.modes.gke import workload_rows

            self._runs = event.running
            answers = self.answers
            self._shared |= {
                workload.namespace for workload in answers.workloads if workload.service_account == "default"
            }
            self._show()
            answers.workloads = workload_rows.known(answers.workloads, self._rows)
            self._show()
            if self.display and (self.screen.focused is None or self.screen.focused is self.query_one(Input)):
                self.focus_first()
            self.post_message(self.Changed())

    @on(Failed)
    def _on_failed(self, event: Failed) -> None:
        event.stop()
        from wizard.clouds.errors import CloudError

        self._read_from = None
        self._show()
        hint = event.error.hint if isinstance(event.error, CloudError) else ""
        problem = list_problem(event.error)
        self._problem = f"{problem}; {hint}" if hint else problem
        self._show_effect()
        self.post_message(self.Changed())

    # The rows

    def _show(self) -> None:
        from wizard.modes.gke import workload_rows

        answers, running = self.answers, self._runs
        accounts = [(account.namespace, account.name) for account in running.accounts] if running else []
        controllers = running.controllers if running else ()
        self._rows = workload_rows.rows(accounts, controllers, answers.workloads, self._shared)
        chosen = {workload.title for workload in answers.workloads}
        self.query_one(PickList).show([Pick(row.title, self._line(row), row.title in chosen) for row in self._rows])
        unread = self.query_one("#workloads-unread", Static)
        set_text(unread, _unread(running))
        unread.display = bool(_unread(running))
        if running is not None or self._rows:
            self._show_effect()

    def _line(self, row: Row) -> Content:
        space, account = (f"{row.namespace}/", "$text-muted"), (row.service_account, "bold")
        pad = " " * max(1, 24 - len(row.title))
        names = ", ".join(controller.short for controller in row.controllers)
        if not row.controllers:
            unused = _("no workload found") if _unread(self._runs) else _("not used")
            return Content.assemble(space, account, pad, (unused, "$text-muted"))
        now = (" " + _("(now default)"), "$text-warning") if row.replaces else ""
        return Content.assemble(space, account, pad, names, now)

    @on(OptionList.OptionHighlighted)
    def _on_moved(self) -> None:
        self._show_effect()

    def _show_effect(self) -> None:
        """Show what choosing the current row means."""
        row = self._current
        self.refresh_bindings()
        if row is None:
            nothing = _("No workload runs in this cluster yet: type a name below.")
            self._show_about(nothing if self._runs is not None else self._problem)
            return
        self._show_about(self._problem or "\n".join(self._remarks(row)))

    def _remarks(self, row: Row) -> list[str]:
        remarks = []
        for runs in self._runs.controllers if self._runs else ():
            if runs.namespace == row.namespace and runs.controller in row.controllers:
                remarks.append(_describe(runs))
        if not remarks and _unread(self._runs):
            remarks.append(_("None of the workloads on this page uses this service account now."))
        elif not remarks:
            remarks.append(_("No workload uses this service account."))
        if row.replaces:
            remarks.append(
                _(
                    "This workload currently uses the default service account, like all pods in {namespace} that do "
                    "not specify an account. The patch on the Result page gives the workload its own account, "
                    "{service_account}. To keep the default account, press o."
                ).format(namespace=row.namespace, service_account=row.service_account)
            )
        elif row.service_account == "default":
            remarks.append(
                _(
                    "All pods in {namespace} that do not specify a service account get these roles too. "
                    "Press o to give each workload its own account."
                ).format(namespace=row.namespace)
            )
        acts_as = self._acts_as(row)
        if acts_as:
            from wizard.federation import annotation

            email = annotation.shown(acts_as)
            remarks.append(
                _("The annotation of this service account currently makes pods impersonate {email}.").format(
                    email=email
                )
            )
        return remarks

    def _acts_as(self, row: Row) -> str:
        for account in self._runs.accounts if self._runs else ():
            if (account.namespace, account.name) == (row.namespace, row.service_account):
                return account.acts_as
        return ""

    def _show_about(self, text: str) -> None:
        about = self.query_one("#workloads-about", Static)
        set_text(about, text)
        about.display = bool(text)

    # Choosing

    @on(PickList.Toggled)
    def _on_toggled(self, event: PickList.Toggled) -> None:
        event.stop()
        from wizard.modes.gke.chosen import Chosen

        answers = self.answers
        row = {row.title: row for row in self._rows}[event.key]
        rest = tuple(workload for workload in answers.workloads if workload.title != row.title)
        if len(rest) == len(answers.workloads):
            rest = (*rest, Chosen(row.namespace, row.service_account, row.controllers, row.was))
        answers.workloads = rest
        self._show()
        self.post_message(self.Changed())

    @property
    def _current(self) -> Row | None:
        """The row under the cursor; None if there are no rows."""
        pick = self.query_one(PickList).here if self.is_mounted else None
        return {row.title: row for row in self._rows}.get(pick.key) if pick else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer Keep default only for workloads that use `default`."""
        if action == "own":
            return self._current is not None and self._current.was == "default"
        return super().check_action(action, parameters)

    def action_own(self) -> None:
        """Switch between the shared `default` and own accounts for the workloads of a namespace."""
        row = self._current
        if row is None or row.was != "default":
            return
        self._shared ^= {row.namespace}
        answers = self.answers
        titles = {other.title for other in self._using_default(row.namespace)}
        was_chosen = any(workload.title in titles for workload in answers.workloads)
        answers.workloads = tuple(workload for workload in answers.workloads if workload.title not in titles)
        self._show()
        if was_chosen:
            from wizard.modes.gke.chosen import Chosen

            for other in self._using_default(row.namespace):
                chosen = Chosen(other.namespace, other.service_account, other.controllers, other.was)
                answers.workloads = (*answers.workloads, chosen)
        self._show()
        self.post_message(self.Changed())

    def _using_default(self, namespace: str) -> list[Row]:
        """Return the rows of a namespace whose workloads use `default` now."""
        return [row for row in self._rows if row.namespace == namespace and row.was == "default"]

    @on(Input.Submitted)
    def _on_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if not text:
            self.post_message(self.Next())
            return
        problem = _problem(text)
        self._show_problem(problem)
        if not problem:
            from wizard.modes.gke.chosen import Chosen

            namespace, _, account = text.partition("/")
            answers = self.answers
            if text not in {workload.title for workload in answers.workloads}:
                row = {row.title: row for row in self._rows}.get(text)
                controllers, was = (row.controllers, row.was) if row else ((), "")
                answers.workloads = (*answers.workloads, Chosen(namespace, account, controllers, was))
            event.input.clear()
            self._show()
            self.post_message(self.Changed())

    @on(Input.Changed)
    def _on_typing(self, event: Input.Changed) -> None:
        event.stop()
        text = event.value.strip()
        self._show_problem(_problem(text) if "/" in text and not text.endswith("/") else "")

    def _show_problem(self, problem: str) -> None:
        line = self.query_one("#workloads-problem", Static)
        set_text(line, f"✗ {problem}" if problem else "")
        line.display = bool(problem)

    def problems(self) -> list[str]:
        """Return why the workloads are not complete."""
        if self.query_one(Input).value.strip():
            return [_("Press Enter to add the name that you typed, or delete the name.")]
        return [] if self.answers.workloads else [_("Choose at least one workload.")]

    def waits_for(self) -> str:
        """Return that the running workloads are still read, if they are."""
        return READING_LIST if self._read_from is not None and self._runs is None else ""

    def show_problem(self) -> None:
        """Focus the widget in which the user can correct the problem."""
        typed = self.query_one(Input)
        rows = self.query_one(PickList)
        (typed if typed.value.strip() or not rows.display else rows).focus()


def _describe(runs: Runs) -> str:
    if runs.host_network:
        return _(
            "{title}, {pods}. The workload uses the host network, so GKE gives the workload the identity of its node."
        ).format(title=runs.controller.title, pods=runs.pods)
    return full_stop(f"{runs.controller.title}, {runs.pods}")


def _unread(running: Running | None) -> str:
    """Return a note on the kinds that could not be listed; empty if all could."""
    kinds = [f"{kind}s" for kind in running.unread] if running else []
    if not kinds:
        return ""
    names = ", ".join(kinds)
    return _(
        "? You do not have permission to list some kinds of workloads, so the page does not show these kinds: {names}."
    ).format(names=names)


def _problem(text: str) -> str:
    """Return the problem of a typed workload, in the words of the headless commands; empty if there is none."""
    from wizard.modes.gke import rules

    namespace, slash, account = text.partition("/")
    if not slash:
        return _("type NAMESPACE/SERVICE_ACCOUNT, such as anti-fraud/scorer")
    broken = rules.namespace(namespace) or rules.kubernetes_service_account(account)
    return str(broken) if broken else ""


PAGE = GkeWorkloadsPage
