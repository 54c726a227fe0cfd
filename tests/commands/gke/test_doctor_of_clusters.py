"""The doctor on clusters that no plan can change: in the pool of another project, and in the fleet of one."""

import json
import subprocess

import pytest

from tests.bench import world
from tests.bench.worlds import POOL, GkeWorld
from wizard.clouds import clusters
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.gke import ClusterName
from wizard.resources.cluster_pool import ClusterPool

OTHER = "acme-fleet-0.svc.id.goog"


def test_a_cluster_in_the_pool_of_another_project_has_one_cause() -> None:
    large = GkeWorld(done=True)
    scenario = large.scenario.replace(f'"workload_pool": "{POOL}"', f'"workload_pool": "{OTHER}"')
    with world.made(scenario, large.setup) as measured:
        command = [*world.WIZARD, "doctor", str(measured.setup), "--json"]
        answer = subprocess.run(command, env=dict(measured.environ), capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    (cause,) = [each for each in json.loads(answer.stdout)["findings"] if each["severity"] == "broken"]
    assert f"is in the workload identity pool {OTHER}, not in {POOL}" in cause["evidence"][0]
    assert cause["fix"] == f"set up the cluster's workloads in the project of the pool {OTHER}"


@pytest.mark.parametrize(
    ("fleet", "reason"),
    [({}, "OTHER_POOL"), ({"project": "acme-payments"}, "OTHER_POOL"), ({"project": "x"}, "FLEET_POOL")],
)
def test_a_fleet_of_another_project_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, fleet: dict[str, str], reason: str
) -> None:
    document = {"workloadIdentityConfig": {"workloadPool": OTHER}, "fleet": fleet}
    monkeypatch.setattr(clusters, "read", lambda *_: document)
    pool = ClusterPool(ClusterName("acme-payments", "asia-northeast1", "payments"))
    with pytest.raises(CloudError) as refused:
        pool.read(Clouds("acme-payments", environ={}))
    assert refused.value.reason == reason
