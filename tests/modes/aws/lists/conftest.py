"""The clouds of a sandbox world, and answers about it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.setups import answers as no_answers
from wizard.clouds.session import Clouds
from wizard.sandbox.process import Sandbox
from wizard.setup.answers import Answers

WORLD = Path(__file__).with_name("world.yaml")


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The world of world.yaml."""
    with Sandbox(str(WORLD)) as served:
        yield served


@pytest.fixture
def lead_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sandbox], Clouds]:
    """Point the environment at a sandbox; its clouds."""

    def lead(served: Sandbox) -> Clouds:
        for name, value in served.variables.items():
            monkeypatch.setenv(name, value)
        return Clouds("acme-analytics", "ap-northeast-1")

    return lead


@pytest.fixture
def clouds(sandbox: Sandbox, lead_to: Callable[[Sandbox], Clouds]) -> Clouds:
    """The clouds of world.yaml."""
    return lead_to(sandbox)


@pytest.fixture
def answers() -> Answers:
    """What the operator has answered before choosing from lists."""
    made = no_answers()
    made.set("aws.runtime", "batch-fargate")
    made.set("aws.account", "111122223333")
    made.set("aws.region", "ap-northeast-1")
    made.set("google.project", "acme-analytics")
    made.set("google.pool", "aws-prod")
    made.set("access.product", "bigquery")
    return made
