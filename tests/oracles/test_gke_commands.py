"""The commands that a plan shows beside each change, typed into gcloud and kubectl, bring about the same."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oracles.programs import LIMIT, need
from tests.resources.gke.gke_world import Team, cluster, scenario, workload
from wizard.sandbox.process import Sandbox


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with one cluster."""
    need("gcloud")
    need("kubectl")
    file = tmp_path_factory.mktemp("scenario") / "clusters.yaml"
    file.write_text(scenario([cluster("payments")]), encoding="utf-8")
    with Sandbox(str(file)) as running:
        yield running


def type_in(setup: Team) -> None:
    """Run the plan's commands one after the other."""
    environ = setup.sandbox.environ()
    for change in setup.plan().pending:
        for command in change.resource.commands(change):
            done = subprocess.run(command, shell=True, env=environ, capture_output=True, text=True, timeout=LIMIT)
            assert done.returncode == 0, (command, done.stderr)


def test_what_is_typed_by_hand_leaves_nothing_to_do(sandbox: Sandbox, tmp_path: Path) -> None:
    """One workload goes through a service account; of the other, direct, a leftover annotation is in the way."""
    setup = Team(
        sandbox, tmp_path, "payments", [workload("new", "scorer", "scorer-runner"), workload("checkout", "api")]
    )
    assert len(setup.plan().pending) == 9, "every kind but the namespace that is there"
    type_in(setup)
    assert setup.plan().empty
