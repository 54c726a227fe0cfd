"""Test on GKE: the way of each workload's credential, from here and in a one-off pod."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from screens import chain_titles
from screens.modes.aws.test import BUSY, TestPage
from screens.widgets.chain_picture import ChainPicture
from screens.widgets.dialogs import YesNoDialog
from screens.widgets.hop_details import HopDetails
from screens.widgets.trouble import Trouble
from screens.widgets.walk import Walk

if TYPE_CHECKING:
    from wizard.modes.gke.model import GkeSetup, Workload

_PASSED = Content.assemble(
    ("✓ The token test passed.", "bold $text-success"),
    " Each workload gets a token of its own, and may do what was granted.\n\n",
    ("What now  ", "bold"),
    "Commit what Result shows, and roll it out. Then take these roles from the nodes' service account, "
    "and delete keys that pods have mounted.",
)
_PASSED_FROM_HERE = Content.assemble(
    ("✓ The token test passed, from here.", "bold $text-success"),
    " Each workload gets a token of its own, and may do what was granted.\n\n",
    ("What now  ", "bold"),
    "The nodes' part was not tested: press t to test in one-off pods too.",
)


class GkeTestPage(TestPage):
    """Asks before it starts pods; what can be tested from here needs none."""

    page_id: ClassVar[str] = "gke-test"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "from_here", "From here", id="test.here", tooltip="Test without starting a pod"),
    ]

    _walked: tuple[str, ...] = ()
    _in_pods = True
    """Whether the last test was one in pods, too."""

    def compose_body(self) -> ComposeResult:
        """Where from, the buttons, the verdict, and each workload's walk."""
        yield Static("", id="test-about", markup=False)
        with Horizontal(id="test-start"):
            yield Button("Test", id="test-button", compact=True)
            yield Button("From here only", id="test-here", compact=True)
            yield Static("", id="test-now", markup=False)
        yield Trouble(id="test-trouble")
        yield Static("", id="test-verdict", markup=False)
        yield Vertical(id="test-walks")

    def entered(self) -> None:
        """Draw the chains of this setup; what was walked for another is forgotten."""
        if self.state not in BUSY:
            self._draw()
        super().entered()

    def _draw(self) -> None:
        """A walk for each workload."""
        setup = self._gke
        workloads = setup.workloads if setup else ()
        wanted = tuple(str(each) for each in workloads)
        if setup is None or wanted == self._walked:
            return
        self._walked = wanted
        walks = self.query_one("#test-walks")
        walks.remove_children()
        walks.mount_all([Walk(each.title, chain_titles.of_workload(setup, each)) for each in workloads])

    def chain(self, workload: str = "") -> tuple[ChainPicture, HopDetails]:
        """Where the chain of a workload is shown."""
        walk = [each for each in self.query(Walk) if each.workload == workload][-1]  # those before are going away
        return walk.picture, walk.hops

    def _forget(self) -> None:
        for walk in self.query(Walk):
            if walk.is_mounted:
                walk.reset()
        self.query_one(Trouble).clear()
        self._say("")
        self._conclude(Content(""))

    @property
    def _gke(self) -> GkeSetup | None:
        from wizard.setup.problems import SetupError

        if self.session.gke is not None:
            return self.session.gke.setup
        try:
            setup = self.session.answers.to_setup()
        except SetupError:
            return None
        return setup if setup.mode == "gke" else None

    def _about(self) -> Content:
        setup = self._gke
        if setup is None:
            return Content("The answers do not make a setup yet: go back and complete them.")
        return Content.assemble(
            "The test runs from ",
            ("here", "bold"),
            " with a token of each workload's Kubernetes service account, and then in a ",
            ("one-off pod", "bold"),
            ", where the workload stands. It leaves nothing behind.",
        )

    @property
    def passed_says(self) -> Content:
        """The verdict on a test that has passed."""
        return _PASSED if self._in_pods else _PASSED_FROM_HERE

    # The walk

    def action_test(self) -> None:
        """Ask whether pods may be started, then walk every chain."""
        setup = self._gke
        if self.state in BUSY or setup is None:
            return
        self._turn("asking")
        many = len(setup.workloads) > 1
        dialog = YesNoDialog(
            "May one-off pods be started?" if many else "May a one-off pod be started?",
            _question(setup),
            "Start and remove them" if many else "Start and remove it",
            "No",
            dangerous=True,
        )
        self.app.push_screen(dialog, self._answered)

    def _answered(self, yes: bool | None) -> None:
        if yes:
            self._go(in_pods=True)
            return
        self._turn("ready")
        self._say("No pod was started, and nothing was tested. Press h to test from here only.")

    def action_from_here(self) -> None:
        """Walk every chain up to the pod."""
        if self.state not in BUSY and self._gke is not None:
            self._go(in_pods=False)

    @on(Button.Pressed, "#test-here")
    def _here_pressed(self) -> None:
        self.action_from_here()

    def _go(self, in_pods: bool) -> None:
        self._forget()
        self._in_pods = in_pods
        for walk in self.query(Walk):
            walk.picture.start()
        self._stop = threading.Event()
        self._turn("running")
        self._say("reading what the test is to know")
        self.bridge.test_workloads(self, in_pods, self._stop)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that can do nothing now are not offered."""
        if action == "from_here":
            return self.state not in BUSY
        return super().check_action(action, parameters)

    def _turn(self, state: str) -> None:
        super()._turn(state)
        self.query_one("#test-here").display = state not in BUSY
        self.query_one("#test-about").display = state not in ("passed", "failed")  # what came of it takes the room


def _question(setup: GkeSetup) -> Content:
    from wizard.modes.gke.live.facts import IMAGE

    many = len(setup.workloads) > 1
    pods = "For each of these a pod is started" if many else "A pod is started"
    return Content.assemble(
        f"{pods} in {setup.gke.cluster}, with the workload's Kubernetes service account. "
        "It asks for a token as the workload does, and tries the permission that was granted:\n",
        (_listed(setup.workloads), "bold"),
        f"\n\nIt runs {setup.probe.image or IMAGE}, without any privilege, ends by itself after some minutes at the "
        "latest, and is removed at the end. Nothing that runs now is touched.\n\n"
        "Without it everything but the node's part can be tested: answer No, and press h.",
    )


def _listed(workloads: tuple[Workload, ...]) -> str:
    return "\n".join(f"  {each.title}" for each in workloads)
