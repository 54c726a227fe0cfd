"""A sandbox process (`sandbox`, and `google` to talk to it), and a world in this process (`cloud`)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.clients import WORLD, Clock, Cloud, Google
from wizard.sandbox.model.world import Settings, World
from wizard.sandbox.process import Sandbox
from wizard.sandbox.scenario import parse
from wizard.sandbox.seeding import operator_token, seed


@pytest.fixture(scope="module")
def scenario_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "world.yaml"
    path.write_text(WORLD)
    return path


@pytest.fixture(scope="module")
def sandbox(scenario_file: Path) -> Iterator[Sandbox]:
    with Sandbox(str(scenario_file)) as running:
        yield running


@pytest.fixture
def google(sandbox: Sandbox) -> Iterator[Google]:
    client = Google(sandbox)
    with client.session:
        yield client


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def cloud(settings: Settings) -> Cloud:
    clock = Clock()
    world = World(settings, clock=clock)
    google = parse("world", WORLD).google
    seed(world, google)
    return Cloud(world, clock, operator_token(world, google))
