"""Sandboxes with clusters: one whose operations end at once, and one whose operations take a moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resources.gke.gke_world import EVERY_KIND, Team, TeamOf, cluster, scenario
from wizard.sandbox.process import Sandbox


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Every kind of cluster; each test leaves the others' alone."""
    file = tmp_path_factory.mktemp("scenario") / "clusters.yaml"
    file.write_text(scenario(EVERY_KIND), encoding="utf-8")
    with Sandbox(str(file)) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def slow_clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Clusters with a workload pool, whose operations take a second."""
    file = tmp_path_factory.mktemp("scenario") / "slow.yaml"
    pool = {"workload_pool": "acme-payments.svc.id.goog"}
    clusters = [cluster(name, **pool) for name in ("closed", "endless", "two-pools")]
    clusters.append(cluster("upgrading", **pool, node_pools=[{"name": "default-pool", "mode": "GCE_METADATA"}]))
    fault = {"service": "container.googleapis.com", "call": "operation UPDATE_CLUSTER", "status": 8}
    text = scenario([*clusters, cluster("failing")], faults=[fault | {"message": "There is no more room."}])
    file.write_text(text, encoding="utf-8")
    with Sandbox(str(file), ["--operation-time", "1s"]) as sandbox:
        yield sandbox


@pytest.fixture
def team(clusters: Sandbox, tmp_path: Path) -> TeamOf:
    """A setup on one of the clusters: `team("payments", workloads=[...])`."""
    return lambda name, **more: Team(clusters, tmp_path, name, **more)


@pytest.fixture
def slow_team(slow_clusters: Sandbox, tmp_path: Path) -> TeamOf:
    """A setup on one of the clusters whose operations take a second."""
    return lambda name, **more: Team(slow_clusters, tmp_path, name, **more)
