"""Clusters and what runs in them, read from a sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands import gke as worlds
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect import gke
from wizard.detect.gke import NodePoolSeen
from wizard.federation.gke import ClusterName


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clouds]:
    """The operator of a sandbox with a Standard and an Autopilot cluster."""
    folder: Path = tmp_path_factory.mktemp("world")
    with worlds.served(folder, worlds.autopilot("pilot")) as sandbox:
        yield Clouds(worlds.PROJECT, environ=sandbox.environ())


def test_clusters_come_with_their_node_pools(clouds: Clouds) -> None:
    standard, autopilot = gke.clusters(clouds, worlds.PROJECT)
    assert (standard.name, standard.kind, standard.location, standard.pool) == (
        "payments",
        "Standard",
        worlds.LOCATION,
        None,
    )
    assert standard.node_pools == (NodePoolSeen("default-pool", 3, None), NodePoolSeen("batch-pool", 2, None))
    assert autopilot.autopilot and autopilot.pool == worlds.POOL


def test_what_runs_is_of_the_teams_own(clouds: Clouds) -> None:
    found = gke.running(clouds, ClusterName(worlds.PROJECT, worlds.LOCATION, "payments"))
    assert {"anti-fraud", "checkout", "reporting"} <= set(found.namespaces)
    assert not any(each.namespace.startswith("kube-") for each in (*found.accounts, *found.deployments))
    assert [each.name for each in found.users("checkout", "checkout")] == ["checkout"]
    (likely,) = found.likely("anti-fraud", "scorer")
    assert (likely.service_account, likely.replicas, likely.host_network) == ("default", 3, False)


def test_a_project_that_one_may_not_see_is_refused(clouds: Clouds) -> None:
    with pytest.raises(CloudError) as refused:
        gke.clusters(clouds, "somebody-elses")
    assert refused.value.status == 403
