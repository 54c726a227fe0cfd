"""A sandbox for the live tests of workloads on GKE."""

from collections.abc import Iterator

import pytest

from tests.modes.gke.live.gke_world import WORLD as GKE_WORLD
from tests.modes.gke.live.gke_world import GkeWorld
from wizard.sandbox.process import Sandbox


@pytest.fixture(scope="session")
def running_gke() -> Iterator[Sandbox]:
    """One sandbox with clusters for all tests that leave it as it was."""
    with Sandbox(str(GKE_WORLD), ["--steady"]) as sandbox:
        yield sandbox


@pytest.fixture
def gke_world(running_gke: Sandbox, monkeypatch: pytest.MonkeyPatch) -> GkeWorld:
    """The sandbox with clusters, with the operator's environment set to it."""
    for name, value in running_gke.variables.items():
        monkeypatch.setenv(name, value)
    return GkeWorld(running_gke.variables, running_gke.request_log)
