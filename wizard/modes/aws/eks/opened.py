"""An opened setup of pods on EKS."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.chain.hop import Outcome
from wizard.chain.recorded import Recording
from wizard.clouds.project import project_number
from wizard.clouds.session import Clouds
from wizard.clouds.sessions import Sessions
from wizard.engine.readers import Readers
from wizard.modes.aws import titles
from wizard.modes.aws.eks import cluster, test
from wizard.modes.aws.eks.blueprint import EksBlueprint
from wizard.modes.aws.existing import read_existing
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.opened import AwsOpened
from wizard.modes.opened import UNKNOWN_NUMBER, Listener, Outcomes, Who


@dataclass(frozen=True)
class EksOpened(AwsOpened):
    """An opened setup of pods on EKS, with its resources."""

    blueprint: EksBlueprint

    @property
    def title(self) -> str:
        setup = self.setup
        words = {"cluster": setup.aws.cluster, "account": setup.kubernetes_account, "project": setup.google.project}
        return titles.POD.format(**words)

    @property
    def likely_place(self) -> str:
        return "here"

    @property
    def best_place(self) -> str:
        return "task"

    def test(self, place: str, wait: float, listener: Listener, stop: threading.Event) -> Outcomes:
        return {"": test.run(self.blueprint, self.clouds, place, wait, listener, stop)}

    def who(self, workload: str, outcomes: Iterable[Outcome]) -> Who:
        del workload, outcomes
        return Who(self.blueprint.identity, mapped=False, account=self.setup.service_account_email or "")

    def probe_request(self) -> dict[str, Any]:
        return test.printed_request(self.blueprint, self.clouds, self.title)

    def judge(self, recording: Recording, wait: float, listener: Listener) -> Outcomes:
        recording.check_workload(self.title)
        return {"": test.judge(self.blueprint, self.clouds, recording, wait, listener)}


def opened(setup: AwsSetup, folder: Path, text: str, sessions: Sessions, *, ask_google: bool) -> EksOpened:
    """Open a setup. The issuer is read from AWS, unless the setup names it. Raises CloudError."""
    clouds = sessions.clouds(setup.google.project, setup.aws.region, folder / setup.credential_config_path)
    with Readers(max_workers=2) as beside:
        issuer = beside.submit(_issuer, clouds, setup)
        existing = beside.submit(read_existing, clouds, setup) if ask_google else None
        number = project_number(clouds, setup.pool_project) if ask_google else UNKNOWN_NUMBER
        found = existing.result() if existing else None
        blueprint = EksBlueprint(setup, number, sessions.environ, folder, found, issuer.result())
    return EksOpened(text, clouds, setup, blueprint)


def _issuer(clouds: Clouds, setup: AwsSetup) -> str:
    wanted = setup.aws
    return wanted.issuer or cluster.read(clouds, wanted.cluster or "", wanted.region).issuer
