"""Revert of a run on GKE: the world is as it was before, apart from what others have changed since."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.commands.conftest import Answer, World
from tests.commands.gke import worlds as gke
from tests.whole_world import changed, dump
from wizard.sandbox.process import Sandbox


def whole() -> gke.Json:
    world: gke.Json = yaml.safe_load(gke.SCENARIO)
    return world


@pytest.fixture
def world(tmp_path: Path, lead_here: Callable[[Sandbox], None], wif: Callable[..., Answer]) -> Iterator[World]:
    with gke.served(tmp_path, gke.all_services) as sandbox:
        lead_here(sandbox)
        yield World(tmp_path, sandbox, wif)


@pytest.mark.parametrize("through", [None, "scorer-runner"])
def test_a_whole_setup_is_taken_back(world: World, through: str | None) -> None:
    before = dump(whole())
    setup = world.setup(gke.setup_of(gke.workload("ledger", "settlement", through)))
    assert world.wif("apply", setup, "--yes", "--accept-loss").code == 0
    assert changed(before, dump(whole()))
    reverted = world.wif("revert", "--yes", "--accept-loss")
    assert reverted.code == 0, reverted.out + reverted.err
    assert changed(before, dump(whole())) == []
