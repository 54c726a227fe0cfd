"""Several setups of workloads in one cluster: the cluster is read once."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import Answer, World
from tests.commands.gke import worlds as gke
from wizard.sandbox.process import Sandbox

TEN = range(10)


@pytest.fixture
def cluster(
    tmp_path: Path,
    lead_here: Callable[[Sandbox], None],
    wif: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """The GKE scenario, with a folder of ten setups: each with a workload in a namespace of its own."""
    (tmp_path / "setups").mkdir()
    for index in TEN:
        through = f"runner-{index}" if index % 2 else None
        text = gke.setup_of(gke.workload(f"team-{index}", "scorer", through=through))
        (tmp_path / "setups" / f"{index}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with gke.served(tmp_path, gke.joined, gke.all_services) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


def asked(world: World, *arguments: str) -> tuple[Answer, Counter[str]]:
    """What a command answers, and how often it asked for each path."""
    before = len(world.requests())
    answer = world.wif(*arguments)
    return answer, Counter(f"{each['method']} {each['path']}" for each in world.requests()[before:])


def test_a_plan_of_ten_setups_of_one_cluster_makes_about_as_many_calls_as_one(cluster: World) -> None:
    _, alone = asked(cluster, "plan", "setups/1.yaml")
    answer, together = asked(cluster, "plan", "setups")
    assert answer.code == 2
    assert answer.out.count("to change; other identities lose access") == 10
    assert answer.out.count("loses the access to Google Cloud that its pods have") == 3  # the same for all ten
    assert ", ".join(f"setups/{index}.yaml" for index in TEN) + ":" in answer.out.splitlines()
    assert together.total() <= alone.total() + 4
    assert together["GET /api/v1/pods"] == together["GET /api/v1/serviceaccounts"] == 1
    assert [path for path in together if "/namespaces/" in path or "/serviceAccounts/" in path] == []


def test_a_test_of_setups_of_one_cluster_reads_the_cluster_once(cluster: World) -> None:
    few = [f"setups/{index}.yaml" for index in (0, 1, 3)]
    for file in few:
        assert cluster.wif("apply", file, "--yes", "--accept-loss").code == 0
    answer, together = asked(cluster, "test", *few, "--from", "here")
    assert answer.code == 0
    assert answer.out.count("passed, results not proven: 1") == 3
    of_cluster = {path: count for path, count in together.items() if path.startswith(("GET /api", "GET /v1/projects/"))}
    assert of_cluster.pop("GET /apis/batch/v1/jobs") == 2  # those of the test's own label, and those of all
    assert set(of_cluster.values()) == {1}
    assert together["POST /v1/token"] == 3
    assert cluster.wif("test", *few, "--from", "here", "--strict").code == 1
    answer, alone = asked(cluster, "doctor", few[0])
    assert answer.code == 0
    answer, together = asked(cluster, "doctor", *few)
    assert answer.code == 0
    assert together.total() < alone.total() * 2
