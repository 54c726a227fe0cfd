"""What the benchmark computes and prints, without measuring anything."""

from pathlib import Path

import pytest
import yaml

from tests.bench import bounds
from tests.bench.setups import AWS, GKE, Kind
from tests.bench.timing import Row, percentile_95
from tests.bench.worlds import GkeWorld
from tests.setups import loads
from wizard.sandbox import scenario


@pytest.mark.parametrize(("kind", "fewest", "longest"), [(AWS, 25, 15), (GKE, 53, 22)])
def test_the_bound_of_a_setup_is_the_sum_and_the_longest_chain_of_its_steps(
    kind: Kind, fewest: int, longest: int
) -> None:
    world = scenario.load(kind.scenario)
    assert kind.bound(loads(kind.setup or world.setup), dict(world.google)) == bounds.Bound(fewest, longest)


def test_more_node_pools_take_more_calls_but_no_longer_chain() -> None:
    one, two = (GkeWorld(node_pools=count) for count in (1, 2))
    google = yaml.safe_load(one.scenario)["google"]
    few, many = (bounds.gke(loads(world.setup), google) for world in (one, two))
    assert (many.fewest - few.fewest, many.longest - few.longest) == (bounds.WITH_OPERATION, 0)


def test_a_row_whose_budget_is_missed_is_marked() -> None:
    assert str(Row("what", "3 calls", "limit: 2 calls", 1.5, 1)).endswith("| 1.50 | ≤ 1 **missed** |")
    assert str(Row("what", "2 calls", "limit: 2 calls", 1.0, 1)).endswith("| 1.00 | ≤ 1 |")


def test_the_95th_percentile_leaves_the_slowest_times_out() -> None:
    assert percentile_95([1.0] * 99 + [100.0]) == 1.0
    assert percentile_95([1.0] * 90 + [100.0] * 10) == 100.0


def test_the_readme_names_the_setups_that_are_measured() -> None:
    table = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")
    for kind in (AWS, GKE):
        for latency in (0, 100):
            assert f"| time to {kind.title}, {latency} ms of delay for each call |" in table
