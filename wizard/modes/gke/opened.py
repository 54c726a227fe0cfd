"""An opened setup of workloads on GKE."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.chain.recorded import Recording
from wizard.clouds.errors import CloudError
from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.engine.resource import Resource
from wizard.federation import gke
from wizard.modes import afterwards, observing, probe_jobs
from wizard.modes.gke import consistency, manifests, risks
from wizard.modes.gke.blueprint import GkeBlueprint, projects_of_accounts
from wizard.modes.gke.live import cluster_checks, test
from wizard.modes.leftover import Leftover
from wizard.modes.opened import UNKNOWN_NUMBER, ExportedFile, Listener, Observed, Opened, Outcomes
from wizard.resources import already

if TYPE_CHECKING:
    from wizard.modes.gke.model import GkeSetup, Workload


@dataclass(frozen=True)
class GkeOpened(Opened):
    """An opened setup of workloads on GKE, with its resources."""

    setup: GkeSetup
    blueprint: GkeBlueprint

    @property
    def title(self) -> str:
        cluster, project, count = self.setup.gke.cluster, self.setup.google.project, len(self.setup.workloads)
        if count == 1:
            return f"GKE cluster {cluster}, 1 workload -> Google Cloud {project}"
        return f"GKE cluster {cluster}, {count} workloads -> Google Cloud {project}"

    @property
    def notes(self) -> list[str]:
        return consistency.notes(self.setup)

    def resources(self, only: str | None = None) -> list[Resource]:
        if only is None:
            return self.blueprint.resources()
        return self.blueprint.resources("google" if only == "google" else "kubernetes")

    def leftovers(self, only: str | None = None, clouds: Clouds | None = None) -> list[Leftover]:
        if only == "google":
            return []
        namespaces = {workload.namespace for workload in self.setup.workloads}
        try:
            return probe_jobs.leftovers((clouds or self.clouds).kubernetes(self.blueprint.cluster), namespaces)
        except CloudError:  # without access to the cluster, the plan says so
            return []

    @property
    def likely_place(self) -> str:
        return "task"

    def test(self, place: str, wait: float, listener: Listener, stop: threading.Event) -> Outcomes:
        return test.run(self.blueprint, self.clouds, place, wait, listener, stop)

    def probe_request(self) -> dict[str, Any]:
        return test.printed_request(self.blueprint, self.clouds, self._copied_title)

    def judge(self, recording: Recording, wait: float, listener: Listener) -> Outcomes:
        recording.check_workload(self._copied_title)
        return test.judge(self.blueprint, self.clouds, recording, wait, listener)

    @property
    def _copied_title(self) -> str:
        """The title in the output of a printed probe: the cluster, and the workload if there is only one."""
        workloads, cluster = self.setup.workloads, self.setup.gke.cluster
        return f"GKE cluster {cluster}, {workloads[0].title}" if len(workloads) == 1 else self.title

    def observed(self, clouds: Clouds) -> Observed:
        return observing.observed([*cluster_checks.of(self.blueprint, clouds), *risks.checks(self.blueprint, clouds)])

    def afterwards(self) -> dict[str, list[str]]:
        return {workload.title: self._afterwards(workload) for workload in self.setup.workloads}

    def _afterwards(self, workload: Workload) -> list[str]:
        subject = gke.subject(workload.namespace, workload.service_account)
        roles = [role for grant in workload.grants for role in grant.roles]
        notes = afterwards.logs(subject, self.setup.service_account_email(workload), roles)
        replaced = self.setup.replaced(workload)
        return notes + afterwards.keys(self.clouds, *replaced) if replaced else notes

    def exports(self) -> list[ExportedFile]:
        return [manifests.exported_accounts(self.blueprint)]


def opened(setup: GkeSetup, text: str, environ: Mapping[str, str], *, ask_google: bool) -> GkeOpened:
    """Open a setup. Raises CloudError."""
    clouds = Clouds(setup.google.project, environ=environ)
    if not ask_google:
        return GkeOpened(text, clouds, setup, GkeBlueprint(setup, UNKNOWN_NUMBER))
    with ThreadPoolExecutor(max_workers=1) as beside:
        policies = beside.submit(already.read_bindings, clouds, projects_of_accounts(setup))
        number = project_number(clouds, setup.google.project)
    return GkeOpened(text, clouds, setup, GkeBlueprint(setup, number, policies.result()))
