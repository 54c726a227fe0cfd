"""Tests of workloads on GKE in a sandbox: what each of them is told."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wizard.chain.hop import Outcome, Progress
from wizard.chain.one_off_pod import WaitLimits
from wizard.chain.target import Target, WantedRole
from wizard.clouds import endpoints
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName
from wizard.modes.gke.live import walk as gke
from wizard.modes.gke.live.facts import GkeTest

WORLD = Path(__file__).with_name("gke_world.yaml")
PROJECT, NUMBER, POOL = "acme-payments", "210987654321", "acme-payments.svc.id.goog"
NODES = f"gke-nodes@{PROJECT}.iam.gserviceaccount.com"
GSA = f"scorer@{PROJECT}.iam.gserviceaccount.com"
WRITE, USER = "spanner.databases.write", "roles/spanner.databaseUser"
_APIS = {"sts": "sts", "iamcredentials": "iamcredentials", "resource_manager": "cloudresourcemanager"}

STANDARD = ClusterName(PROJECT, "asia-northeast1", "payments")
AUTOPILOT = ClusterName(PROJECT, "europe-west1", "pilot")
DARK = ClusterName(PROJECT, "asia-northeast1-a", "dark")
MIXED = ClusterName(PROJECT, "asia-northeast1", "mixed")


@dataclass(frozen=True)
class GkeWorld:
    """A running sandbox, by the variables that lead to it."""

    variables: dict[str, str]
    request_log: Path

    @property
    def clouds(self) -> Clouds:
        """The operator's sessions."""
        return Clouds(PROJECT, environ=dict(os.environ))

    def test(self, account: str = "scorer", namespace: str = "anti-fraud", **more: Any) -> GkeTest:
        """A test that wants to write to Spanner directly, and gives up soon."""
        base = GkeTest(
            STANDARD,
            NUMBER,
            namespace,
            account,
            targets=(Target(PROJECT, (WantedRole(USER, (WRITE,)),)),),
            endpoints={name: endpoints.google(api, self.variables) for name, api in _APIS.items()},
            limits=WaitLimits(node=20, fitting_node=0.5, metadata_server=4),
        )
        return replace(base, **more)

    def walk(self, test: GkeTest, events: list[Progress] | None = None) -> list[Outcome]:
        """Walk the chain."""
        return gke.run(test, self.clouds, on_event=([] if events is None else events).append)

    def writes(self) -> list[dict[str, Any]]:
        """What was written to the clusters so far."""
        lines = [json.loads(line) for line in self.request_log.read_text().splitlines()]
        return [line for line in lines if line["kind"] == "write"]

    def pods(self, test: GkeTest) -> list[str]:
        """The one-off pods that are there."""
        from lightkube.resources.core_v1 import Pod

        found = self.clouds.kubernetes(test.cluster).list_objects(Pod, "*")
        return [str(each.metadata.name) for each in found if each.metadata and "wif-wizard" in str(each.metadata.name)]


def failed_at(outcomes: list[Outcome], hop: str) -> Outcome:
    """The outcome of the hop, which is the only one that failed; all after it are skipped."""
    found = [outcome for outcome in outcomes if outcome.status == "failed"]
    assert [outcome.hop.id for outcome in found] == [hop], [(each.hop.id, each.reason) for each in found]
    after = outcomes[outcomes.index(found[0]) + 1 :]
    assert {outcome.status for outcome in after} <= {"skipped"}
    return found[0]
