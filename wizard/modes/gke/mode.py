"""The mode of workloads on GKE."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from wizard.language import _
from wizard.modes.gke import titles
from wizard.modes.mode import GOOGLE, Mode, Operator, Reader, Stopping

if TYPE_CHECKING:
    from wizard.clouds.session import Clouds
    from wizard.clouds.sessions import Sessions
    from wizard.modes.gke.model import GkeSetup
    from wizard.modes.gke.opened import GkeOpened
    from wizard.modes.gke.workload_answers import GkeAnswers
    from wizard.modes.opened import FoundSetup, Inventory, InventoryRow
    from wizard.setup.answers import Answers
    from wizard.setup.document import Path as Place
    from wizard.setup.problems import SetupProblem
    from wizard.setup.question import Found, Question
    from wizard.setup.replacing import KeyFound
    from wizard.setup.rules import Broken


class GkeMode(Mode):
    """Sets up Kubernetes service accounts to use Google Cloud through the cluster's workload identity pool."""

    name = "gke"
    title = "GKE -> Google Cloud"
    invitation = "Set up workloads on GKE"
    halves = ("google", "kubernetes")
    pages = (
        "welcome",
        "gke-cluster",
        "gke-workloads",
        "gke-access",
        "review",
        "apply",
        "gke-result",
        "gke-test",
    )
    facts = (("google.project", "Google project"), ("gke.cluster", "GKE cluster"))
    place = "gke.cluster"
    inventories: ClassVar[re.Pattern[str]] = re.compile(r"clusters?/(?P<name>[a-z0-9-]+)")
    lists_follow = ("google.project", "access.on")
    setup_titles = titles.ALL
    stopping = Stopping(
        "Stop here",
        "GKE will finish the running change to a cluster or node pool, and the next run will wait for this change. "
        "Other running changes will finish, and no other change will start. The journal contains every finished "
        "change.",
    )

    @property
    def questions(self) -> tuple[Question, ...]:
        from wizard.modes.gke.questions import QUESTIONS

        return QUESTIONS

    def answers(self, detected: Mapping[str, Found] | None = None) -> GkeAnswers:
        from wizard.modes.gke.workload_answers import GkeAnswers

        return GkeAnswers(self, detected)

    def answers_of(self, setup: GkeSetup, detected: Mapping[str, Found] | None = None) -> GkeAnswers:
        from wizard.modes.gke import answers

        filled = self.answers(detected)
        answers.fill(filled, setup)
        return filled

    def data(self, answers: GkeAnswers) -> dict[str, Any]:
        from wizard.modes.gke.answers import data

        return data(answers)

    def about(self, answers: GkeAnswers) -> str:
        cluster, workloads = answers.text("gke.cluster"), answers.workloads
        if len(workloads) == 1:
            return _("{workload} in {cluster}").format(workload=workloads[0].title, cluster=cluster)
        return _("{count} workloads in {cluster}").format(count=len(workloads), cluster=cluster)

    def model(self) -> type[GkeSetup]:
        from wizard.modes.gke.model import GkeSetup

        return GkeSetup

    def clashes(self, data: Any) -> Iterable[tuple[Place, Broken]]:
        from wizard.modes.gke.model import clashes

        return clashes(data)

    def problems(self, setup: GkeSetup) -> list[SetupProblem]:
        from wizard.modes.gke import consistency

        return consistency.problems(setup)

    def operators(self) -> tuple[Operator, ...]:
        return (GOOGLE,)

    def defaults(self, environ: Mapping[str, str]) -> dict[str, Found]:
        from wizard.detect.machine import google_defaults

        return google_defaults(environ)

    def readers(self) -> Mapping[str, Reader]:
        from wizard.detect import google_lists

        return google_lists.READERS

    def find_setup(self, given: str, environ: Mapping[str, str]) -> FoundSetup | None:
        from wizard.modes.gke.found_setup import find

        return find(given, environ)

    def inventory(self, given: str, environ: Mapping[str, str]) -> Inventory | None:
        from wizard.modes.gke.inventory import inventory

        return inventory(given, environ)

    def answers_from(
        self, inventory: Inventory, rows: Iterable[InventoryRow], detected: Mapping[str, Found] | None = None
    ) -> GkeAnswers:
        from wizard.modes.gke import workload_rows
        from wizard.modes.gke.workload_answers import GkeAnswers

        answers = super().answers_from(inventory, rows, detected)
        assert isinstance(answers, GkeAnswers)
        answers.workloads = workload_rows.chosen((row.key, row.start["controllers"]) for row in rows)
        return answers

    def keys_of(self, answers: Answers, clouds: Clouds) -> dict[str, KeyFound]:
        from wizard.modes.gke.own_key import find
        from wizard.modes.gke.workload_answers import GkeAnswers

        assert isinstance(answers, GkeAnswers)
        return find(clouds, answers)

    def open(self, setup: GkeSetup, folder: Path, text: str, sessions: Sessions, *, ask_google: bool) -> GkeOpened:
        from wizard.modes.gke.opened import opened

        del folder  # this mode writes no file on this machine
        return opened(setup, text, sessions, ask_google=ask_google)

    def chains(self, setup: GkeSetup) -> dict[str, dict[str, str]]:
        from wizard.modes.gke import chain_titles

        return {workload.title: chain_titles.of_workload(setup, workload) for workload in setup.workloads}


MODE = GkeMode()
