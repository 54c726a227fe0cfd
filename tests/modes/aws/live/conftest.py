"""A sandbox for the live tests of workloads on AWS."""

from collections.abc import Iterator

import pytest

from tests.chain.conftest import cloud  # noqa: F401 (a fixture)
from tests.modes.aws.live.sandbox_world import WORLD, World
from wizard.sandbox.process import Sandbox


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
