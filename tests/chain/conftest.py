"""Fixtures of the chain's tests."""

from collections.abc import Iterator

import pytest

from tests.chain.fakes import FakeCloud, fake_cloud, working
from tests.chain.gke_world import WORLD as GKE_WORLD
from tests.chain.gke_world import GkeWorld
from tests.chain.sandbox_world import WORLD, World
from wizard.sandbox.process import Sandbox


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    """A fake cloud where every call succeeds."""
    with fake_cloud() as found:
        working(found)
        yield found


@pytest.fixture(scope="session")
def running() -> Iterator[dict[str, str]]:
    """One sandbox for all tests that leave it as it was: the variables that lead to it."""
    with Sandbox(str(WORLD), ["--steady"]) as sandbox:
        yield sandbox.variables


@pytest.fixture
def world(running: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    """The sandbox, with the operator's environment set to it."""
    for name, value in running.items():
        monkeypatch.setenv(name, value)
    return World(running)


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
