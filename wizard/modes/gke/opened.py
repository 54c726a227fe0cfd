"""An opened setup of workloads on GKE."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wizard.chain.hop import Outcome
from wizard.clouds import kubernetes
from wizard.clouds.errors import CloudError
from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.clouds.sessions import Sessions
from wizard.engine.journal import Journal
from wizard.engine.resource import Resource
from wizard.federation import gke
from wizard.federation.principals import FederatedIdentity
from wizard.modes import afterwards, observing, probe_jobs
from wizard.modes.gke import consistency, titles
from wizard.modes.gke.blueprint import GkeBlueprint, projects_of_accounts
from wizard.modes.leftover import Leftover
from wizard.modes.opened import UNKNOWN_NUMBER, ExportedFile, Listener, Observed, Opened, Outcomes, Who
from wizard.resources import already

if TYPE_CHECKING:
    from wizard.chain.recorded import Recording
    from wizard.modes.gke.model import GkeSetup, Workload


@dataclass(frozen=True)
class GkeOpened(Opened):
    """An opened setup of workloads on GKE, with its resources."""

    setup: GkeSetup
    blueprint: GkeBlueprint

    @property
    def title(self) -> str:
        cluster, project, count = self.setup.gke.cluster, self.setup.google.project, len(self.setup.workloads)
        template = titles.ONE if count == 1 else titles.SEVERAL
        return template.format(cluster=cluster, count=count, project=project)

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
            kubernetes = (clouds or self.clouds).kubernetes(self.blueprint.cluster)
            return probe_jobs.leftovers(kubernetes, self.blueprint.cluster.name, namespaces, Journal())
        except CloudError:  # without access to the cluster, the plan says so
            return []

    @property
    def likely_place(self) -> str:
        return "task"

    def announce_test(self) -> None:
        from lightkube.resources.core_v1 import ServiceAccount

        kubernetes = self.clouds.kubernetes(self.blueprint.cluster)
        for workload in self.setup.workloads:
            kubernetes.announce(ServiceAccount, workload.service_account, workload.namespace)
            email = self.setup.service_account_email(workload)
            if email:
                self.clouds.google_iam.announce(self.setup.service_account_project(workload), email)

    def test(self, place: str, wait: float, listener: Listener, stop: threading.Event) -> Outcomes:
        from wizard.modes.gke.live import test

        return test.run(self.blueprint, self.clouds, place, wait, listener, stop)

    def probe_request(self) -> dict[str, Any]:
        from wizard.modes.gke.live import test

        return test.printed_request(self.blueprint, self.clouds, self._copied_title)

    def judge(self, recording: Recording, wait: float, listener: Listener) -> Outcomes:
        from wizard.modes.gke.live import test

        recording.check_workload(self._copied_title)
        return test.judge(self.blueprint, self.clouds, recording, wait, listener)

    @property
    def _copied_title(self) -> str:
        """The title in the output of a printed probe: the cluster, and the workload if there is only one."""
        from wizard.modes.gke.live import test

        workloads, cluster = self.setup.workloads, self.setup.gke.cluster
        if len(workloads) != 1:
            return self.title
        return test.TITLE.format(cluster=cluster, workload=workloads[0].title)

    def who(self, workload: str, outcomes: Iterable[Outcome]) -> Who:
        del outcomes
        wanted = next(each for each in self.setup.workloads if each.title == workload)
        subject = gke.subject(wanted.namespace, wanted.service_account)
        attributes = {"kubernetes.cluster": self.setup.cluster_name.issuer}
        identity = FederatedIdentity(self.blueprint.pool, subject, (), attributes)
        return Who(identity, account=self.setup.service_account_email(wanted) or "")

    def observed(self, clouds: Clouds) -> Observed:
        from wizard.modes.gke import risks
        from wizard.modes.gke.live import cluster_checks

        return observing.observed([*cluster_checks.of(self.blueprint, clouds), *risks.checks(self.blueprint, clouds)])

    def afterwards(self) -> dict[str, list[str]]:
        return {workload.title: self._afterwards(workload) for workload in self.setup.workloads}

    def _afterwards(self, workload: Workload) -> list[str]:
        subject = gke.subject(workload.namespace, workload.service_account)
        roles = [role for grant in workload.grants for role in grant.roles]
        notes = afterwards.logs(subject, self.setup.service_account_email(workload), roles)
        replaced = self.setup.replaced(workload)
        return notes + afterwards.keys(self.clouds, *replaced) if replaced else notes

    def probe_jobs(self) -> list[dict[str, Any]]:
        from wizard.modes.gke.live import test

        return test.jobs(self.blueprint, self.clouds)

    def exports(self) -> list[ExportedFile]:
        from wizard.modes.gke import manifests

        return [manifests.exported_accounts(self.blueprint)]


def opened(setup: GkeSetup, text: str, sessions: Sessions, *, ask_google: bool) -> GkeOpened:
    """Open a setup. Raises CloudError."""
    clouds = sessions.clouds(setup.google.project)
    kubernetes.load()
    if not ask_google:
        return GkeOpened(text, clouds, setup, GkeBlueprint(setup, UNKNOWN_NUMBER))
    with ThreadPoolExecutor(max_workers=1) as beside:
        policies = beside.submit(already.read_bindings, clouds, projects_of_accounts(setup))
        number = project_number(clouds, setup.google.project)
    return GkeOpened(text, clouds, setup, GkeBlueprint(setup, number, policies.result()))
