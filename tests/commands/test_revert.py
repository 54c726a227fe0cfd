"""Revert of a run on AWS: the world is as it was before, apart from what others have changed since."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands.conftest import Answer, World
from tests.oracles.by_hand import aws_worlds as worlds
from tests.oracles.by_hand.worlds import chosen
from tests.whole_world import changed, dump
from wizard.sandbox.process import Sandbox

Json = dict[str, Any]
OTHERS = "user:alice@acme.example"
PLACE = ("--location=global", f"--project={worlds.PROJECT}")
CONTAINER: Json = {
    **worlds.JOB_DEFINITION["containerProperties"],
    "environment": [{"name": "DB_PASSWORD", "value": "correct-horse-battery"}],
}


class Reverting(World):
    """A world whose scenario is known, to look at all of it."""

    scenario: Json

    def look(self) -> Json:
        """Everything that is there."""
        return dump(self.scenario, *self.folder.glob("*.json"), self.config)


Open = Callable[..., Any]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wif: Callable[..., Answer]) -> Open:
    """Start a sandbox with a scenario: `with opened(scenario) as world`."""

    @contextmanager
    def serve(scenario: Json | None = None) -> Iterator[Reverting]:
        scenario = scenario or worlds.scenario(worlds.IAM_ON)
        path = tmp_path / "world.yaml"
        path.write_text(yaml.safe_dump(scenario), encoding="utf-8")
        with Sandbox(str(path), ["--steady"]) as sandbox:
            for name, value in sandbox.variables.items():
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
            world = Reverting(tmp_path, sandbox, wif)
            object.__setattr__(world, "scenario", scenario)
            yield world

    return serve


def applied(world: World, text: str) -> str:
    """Apply a setup. Its file."""
    setup = world.setup(text)
    answer = world.wif("apply", setup, "--yes", "--accept-loss")
    assert answer.code == 0, answer.out + answer.err
    return setup


def reverted(world: World, *more: str) -> Answer:
    answer = world.wif("revert", "--yes", "--accept-loss", *more)
    assert answer.code == 0, answer.out + answer.err
    return answer


def left(answer: Answer) -> list[str]:
    """The lines about what was left, without the services."""
    lines = [line.strip() for line in answer.out.splitlines() if line.startswith("  = ")]
    return [line for line in lines if "enabled services" not in line]


@pytest.mark.parametrize("there", chosen(worlds.WORLDS), ids=str)
def test_a_whole_setup_is_reverted(opened: Open, there: worlds.World) -> None:
    """In every world in which the printed commands are tried too."""
    with opened(with_iam(there.scenario)) as world:
        for name, text in there.files.items():
            (world.folder / name).write_text(text, encoding="utf-8")
        before = world.look()
        applied(world, there.setup)
        assert changed(before, world.look())
        assert left(reverted(world)) == []
        assert changed(before, world.look()) == []


def with_iam(scenario: Json) -> Json:
    """The scenario with the IAM API on from the beginning, so that all of it can be read before."""
    scenario = deepcopy(scenario)
    for project in scenario["google"]["projects"]:
        project["services"] = [*project["services"], *worlds.IAM_ON["services"]]
    return scenario
