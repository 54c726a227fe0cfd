"""Workloads: which of those that run are to have an identity of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from screens.bridge import Bridge, Failed
from screens.form import why
from screens.modes.gke import reading
from screens.modes.gke.messages import RunningSeen
from screens.page import Page
from screens.session import Session
from screens.widgets.pick_list import Pick, PickList

if TYPE_CHECKING:
    from wizard.federation.gke import ClusterName
    from wizard.modes.gke.running import Running, Runs
    from wizard.modes.gke.workload_answers import GkeAnswers
    from wizard.modes.gke.workload_rows import Row


class GkeWorkloadsPage(Page):
    """Rows of what runs, read live; a line to type what does not run yet, or cannot be read."""

    page_id: ClassVar[str] = "gke-workloads"
    title: ClassVar[str] = "Workloads"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "own", "Keep default", id="workloads.own", tooltip="One of its own, or the shared default"),
    ]

    def __init__(self, session: Session, bridge: Bridge) -> None:
        """Nothing was read yet."""
        super().__init__(session, bridge)
        self._read_from: ClusterName | None = None
        self._runs: Running | None = None
        self._shared: set[str] = set()
        """Namespaces whose `default` stays in use."""
        self._rows: list[Row] = []
        self._trouble = ""
        """Why what runs could not be read."""

    @property
    def answers(self) -> GkeAnswers:
        """The answers about all workloads."""
        from wizard.modes.gke.workload_answers import GkeAnswers

        answers = self.session.answers
        assert isinstance(answers, GkeAnswers)  # the page of this mode asks
        return answers

    def compose_body(self) -> ComposeResult:
        """The question, the rows, what the one under the cursor means, and the line."""
        with Vertical(classes="field", id="workloads-list"):
            yield Static("Which workloads get an identity of their own?", classes="field-title", markup=False)
            yield Static(
                "Each has a Kubernetes service account, which its pods name. Choose as many as you like.",
                classes="field-help",
                markup=False,
            )
            yield PickList(id="workloads-rows")
            yield Static("", id="workloads-unread", classes="field-note", markup=False)
            yield Static("", id="workloads-about", classes="field-note", markup=False)
        with Vertical(classes="field"):
            yield Static("One that is not in the list?", classes="field-title", markup=False)
            yield Input(
                compact=True, select_on_focus=False, classes="field-input", placeholder="NAMESPACE/SERVICE-ACCOUNT"
            )
            yield Static("", id="workloads-problem", classes="field-problem", markup=False)

    def entered(self) -> None:
        """Read what runs, unless it was read of this cluster before."""
        cluster = reading.cluster_of(self.bridge)
        if cluster is not None and cluster != self._read_from:
            self._read_from, self._runs, self._trouble = cluster, None, ""
            self._say("reading what runs …")
            reading.read_running(self.bridge, self, cluster)
        self._show()

    @on(RunningSeen)
    def _seen(self, event: RunningSeen) -> None:
        event.stop()
        if event.cluster == self._read_from:
            from wizard.modes.gke import workload_rows

            self._runs = event.running
            answers = self.answers
            self._shared |= {each.namespace for each in answers.workloads if each.service_account == "default"}
            self._show()
            answers.workloads = workload_rows.known(answers.workloads, self._rows)
            self._show()
            if self.display and (self.screen.focused is None or self.screen.focused is self.query_one(Input)):
                self.focus_first()

    @on(Failed)
    def _not_seen(self, event: Failed) -> None:
        event.stop()
        from wizard.clouds.errors import CloudError

        self._read_from = None
        self._show()
        hint = event.error.hint if isinstance(event.error, CloudError) else ""
        self._trouble = "; ".join(filter(None, [f"{why(event.error)}: type it", hint]))
        self._tell()

    # The rows

    def _show(self) -> None:
        from wizard.modes.gke import workload_rows

        answers, seen = self.answers, self._runs
        accounts = [(each.namespace, each.name) for each in seen.accounts] if seen else []
        controllers = seen.controllers if seen else ()
        self._rows = workload_rows.rows(accounts, controllers, answers.workloads, self._shared)
        chosen = {each.title for each in answers.workloads}
        self.query_one(PickList).show([Pick(row.title, self._line(row), row.title in chosen) for row in self._rows])
        unread = self.query_one("#workloads-unread", Static)
        unread.update(Content(_unread(seen)))
        unread.display = bool(_unread(seen))
        if seen is not None or self._rows:
            self._tell()

    def _line(self, row: Row) -> Content:
        space, account = (f"{row.namespace}/", "$text-muted"), (row.service_account, "bold")
        pad = " " * max(1, 24 - len(row.title))
        names = ", ".join(each.short for each in row.controllers)
        if not row.controllers:
            unused = "no use of it seen" if _unread(self._runs) else "nothing runs with it"
            return Content.assemble(space, account, pad, (unused, "$text-muted"))
        now = (" (now default)", "$text-warning") if row.replaces else ""
        return Content.assemble(space, account, pad, names, now)

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        """What choosing the row under the cursor means."""
        row = self._here
        self.refresh_bindings()
        if row is None:
            self._say("Nothing runs there yet: type a name below." if self._runs is not None else self._trouble)
            return
        self._say(self._trouble or "\n".join(self._remarks(row)))

    def _remarks(self, row: Row) -> list[str]:
        there = self._runs.controllers if self._runs else ()
        users = [each for each in there if each.namespace == row.namespace and each.controller in row.controllers]
        said = [_told(each) for each in users]
        if not users:
            said.append(
                "Nothing of what is shown runs with it now." if _unread(self._runs) else "Nothing runs with it."
            )
        if row.replaces:
            said.append(
                f"Now: default, which every pod of {row.namespace} has that names none. It gets one of its own, "
                f"{row.service_account}; the Result page has the patch. Press o to keep default."
            )
        elif row.service_account == "default":
            said.append(
                f"Every pod of {row.namespace} that names no service account gets these roles too. "
                "Press o to give each its own."
            )
        if acts_as := self._acts_as(row):
            said.append(f"It is annotated, and acts as {acts_as} now.")
        return said

    def _acts_as(self, row: Row) -> str:
        accounts = self._runs.accounts if self._runs else ()
        found = (
            each.acts_as for each in accounts if (each.namespace, each.name) == (row.namespace, row.service_account)
        )
        return next(found, "")

    def _say(self, text: str) -> None:
        about = self.query_one("#workloads-about", Static)
        about.update(Content(text))
        about.display = bool(text)

    # Choosing

    @on(PickList.Toggled)
    def _toggled(self, event: PickList.Toggled) -> None:
        event.stop()
        from wizard.modes.gke.chosen import Chosen

        answers = self.answers
        row = next(each for each in self._rows if each.title == event.key)
        rest = tuple(each for each in answers.workloads if each.title != row.title)
        if len(rest) == len(answers.workloads):
            rest = (*rest, Chosen(row.namespace, row.service_account, row.controllers, row.was))
        answers.workloads = rest
        self._show()
        self.post_message(self.Changed())

    @property
    def _here(self) -> Row | None:
        """The row under the cursor."""
        here = self.query_one(PickList).here if self.is_mounted else None
        return next((each for each in self._rows if here and each.title == here.key), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only where `default` is used there is something to keep or to replace."""
        if action == "own":
            return self._here is not None and self._here.was == "default"
        return super().check_action(action, parameters)

    def action_own(self) -> None:
        """What runs in a namespace keeps `default`, or gets one of its own each."""
        row = self._here
        if row is None or row.was != "default":
            return
        self._shared ^= {row.namespace}
        answers = self.answers
        before = {each.title for each in self._rows if each.namespace == row.namespace and each.was == "default"}
        was_chosen = any(each.title in before for each in answers.workloads)
        answers.workloads = tuple(each for each in answers.workloads if each.title not in before)
        self._show()
        after = [each for each in self._rows if each.namespace == row.namespace and each.was == "default"]
        if was_chosen:
            from wizard.modes.gke.chosen import Chosen

            made = (Chosen(each.namespace, each.service_account, each.controllers, each.was) for each in after)
            answers.workloads = (*answers.workloads, *made)
        self._show()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if not text:
            self.post_message(self.Next())
            return
        problem = _problem(text)
        self._complain(problem)
        if not problem:
            from wizard.modes.gke.chosen import Chosen

            namespace, _, account = text.partition("/")
            answers = self.answers
            if text not in {each.title for each in answers.workloads}:
                row = next((each for each in self._rows if each.title == text), None)
                known = (row.controllers, row.was) if row else ((), "")
                answers.workloads = (*answers.workloads, Chosen(namespace, account, *known))
            event.input.clear()
            self._show()
            self.post_message(self.Changed())

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()
        text = event.value.strip()
        self._complain(_problem(text) if "/" in text and not text.endswith("/") else "")

    def _complain(self, problem: str) -> None:
        line = self.query_one("#workloads-problem", Static)
        line.update(Content(f"✗ {problem}" if problem else ""))
        line.display = bool(problem)

    def problems(self) -> list[str]:
        """At least one."""
        if self.query_one(Input).value.strip():
            return ["Press Enter to take over what is typed, or delete it."]
        return [] if self.answers.workloads else ["Choose at least one workload."]

    def show_problem(self) -> None:
        """Where the problem can be mended."""
        typed = self.query_one(Input)
        rows = self.query_one(PickList)
        (typed if typed.value.strip() or not rows.display else rows).focus()


def _told(found: Runs) -> str:
    host = "; on the host's network, where it acts as its node whatever is set up" if found.host_network else ""
    return f"{found.controller.title}, {found.pods}{host}."


def _unread(seen: Running | None) -> str:
    """Which kinds the rows leave out, as they may not be listed."""
    kinds = [f"{kind}s" for kind in seen.unread] if seen else []
    return f"? Not shown, as you may not list them in this cluster: {', '.join(kinds)}." if kinds else ""


def _problem(text: str) -> str:
    """What is wrong with a typed workload, in the words of the headless commands."""
    from wizard.modes.gke import rules

    namespace, slash, account = text.partition("/")
    if not slash:
        return "write NAMESPACE/SERVICE-ACCOUNT, such as anti-fraud/scorer"
    broken = rules.namespace(namespace) or rules.kubernetes_service_account(account)
    return str(broken) if broken else ""


PAGE = GkeWorkloadsPage
