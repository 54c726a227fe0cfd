"""Long operations: progress, one that is under way is gone on with, one that is in the way is waited for by name."""

from dataclasses import dataclass

from tests.resources.gke.gke_world import Team, TeamOf
from wizard.engine.patience import Time
from wizard.resources import container_operations

MODE = {"workloadMetadataConfig": {"mode": "GKE_METADATA"}}
OLD_MODE = {"workloadMetadataConfig": {"mode": "GCE_METADATA"}}


@dataclass
class Hasty:
    """A clock on which every pause takes an hour."""

    now: float = 0.0

    def pause(self, _seconds: float) -> None:
        self.now += 3600.0


def puts(setup: Team) -> list[int]:
    """The answers to what was asked of the cluster's node pools."""
    return [each["status"] for each in setup.writes(f"clusters/{setup.cluster}/nodePools/")]


def operations(setup: Team) -> list[str | None]:
    """The operations that the journal names, in the order of the writes, of every run."""
    writes = [write for run in reversed(setup.journal.runs()) for write in setup.journal.writes(run.id)]
    return [write.operation and write.operation.rsplit("/", 1)[1] for write in writes if "nodePools" in write.name]


def test_a_wizard_that_was_closed_finds_its_operation_and_goes_on(slow_team: TeamOf) -> None:
    setup = slow_team("closed")
    assert slow_team("closed").apply_all_but_node_pools().ok
    begun = setup.put("/nodePools/default-pool", MODE)
    result = setup.apply()
    assert result.ok, [failure.error for failure in result.failures]
    assert puts(setup) == [200], "nothing is asked for a second time"
    assert operations(setup) == [begun]
    assert any(f"{begun} (UPGRADE_NODES), already running: 1 of 3 nodes" in text for text in setup.told("progress"))
    assert setup.plan().empty


def test_an_operation_in_the_way_is_waited_for_by_its_name(slow_team: TeamOf) -> None:
    setup = slow_team("upgrading")
    assert slow_team("upgrading").apply_all_but_node_pools().ok
    reviewed = setup.plan()
    other = setup.put("/nodePools/default-pool", OLD_MODE)
    result = setup.apply(reviewed)
    assert result.ok, [failure.error for failure in result.failures]
    assert puts(setup) == [200, 200]
    assert f"{other}, which was already running, has ended" in setup.told("settling")
    first, own = operations(setup)
    assert first == other
    assert own not in (None, other)


def test_node_pools_of_one_plan_wait_for_each_other(slow_team: TeamOf) -> None:
    setup = slow_team("two-pools", node_pools=("default-pool", "batch-pool"))
    result = setup.apply()
    assert result.ok, [failure.error for failure in result.failures]
    assert sorted(puts(setup)) == [200, 200, 400]
    assert setup.plan().empty


def test_an_operation_that_does_not_end_is_a_refusal_with_its_name(slow_team: TeamOf) -> None:
    setup = slow_team("endless")
    assert slow_team("endless").apply_all_but_node_pools().ok
    other = setup.put("/nodePools/default-pool", MODE)
    hasty = Hasty()
    (failure,) = setup.apply(time=Time(lambda: hasty.now, hasty.pause)).failures
    assert failure.error.message.endswith(f"operations/{other} did not finish within 3600 s")
    assert puts(setup) == [200]


def test_an_operation_that_fails_says_why_and_nothing_is_done_after_it(slow_team: TeamOf) -> None:
    setup = slow_team("failing")
    result = setup.apply()
    (failure,) = result.failures
    assert failure.error.message == "There is no more room."
    skipped = {change.resource.kind for change in result.skipped}
    assert {"Kubernetes service account", "node pool's metadata mode"} <= skipped
    assert puts(setup) == []


def test_progress_is_told_as_recorded_metrics_count_it() -> None:
    stages = {"CLUSTER_CONFIGURING": "9", "CLUSTER_DEPLOYING": "13", "CLUSTER_HEALTHCHECKING": "1"}
    totals = {"CLUSTER_CONFIGURING_TOTAL": "9", "CLUSTER_DEPLOYING_TOTAL": "13", "CLUSTER_HEALTHCHECKING_TOTAL": "2"}
    metrics = [{"name": name, "intValue": value} for name, value in (stages | totals).items()]
    assert container_operations.progress({"progress": {"metrics": metrics}}) == "23 of 24 steps"
    assert container_operations.progress({"progress": {"metrics": [{"name": "NODES_TOTAL", "intValue": "0"}]}}) is None
    assert container_operations.progress({}) is None
