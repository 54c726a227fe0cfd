"""Every command that a plan prints, run with bash, does what apply does: the two worlds are the same afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.commands.conftest import Answer
from tests.oracles.by_hand import aws_worlds, gke_worlds
from tests.oracles.by_hand.copies import Copy, copy_of
from tests.oracles.by_hand.ledger import Ledger, commands_in
from tests.oracles.by_hand.reading import differences, read
from tests.oracles.by_hand.worlds import World, chosen

WORLDS = [*aws_worlds.WORLDS, *gke_worlds.WORLDS]
Twins = Callable[[World], tuple[Copy, Copy]]


@contextmanager
def twins(world: World, folder: Path, ledger: Ledger, wif: Callable[..., Answer]) -> Iterator[tuple[Copy, Copy]]:
    """Start two copies of a world, with the same files."""
    with (
        copy_of(world.scenario, world.setup, folder / "typed", ledger, wif) as typed,
        copy_of(world.scenario, world.setup, folder / "applied", ledger, wif) as applied,
    ):
        for copy in (typed, applied):
            for name, text in world.files.items():
                (copy.folder / name).write_text(text, encoding="utf-8")
        yield typed, applied


@pytest.mark.parametrize("world", chosen(WORLDS), ids=str)
def test_the_printed_commands_do_what_apply_does(
    world: World, tmp_path: Path, ledger: Ledger, wif: Callable[..., Answer]
) -> None:
    half = ["--only", world.only] if world.only else []
    with twins(world, tmp_path, ledger, wif) as (typed, applied):
        assert differences(read(typed, world.scenario), read(applied, world.scenario)) == []
        planned = typed.wif("plan", str(typed.setup), "--json", *half)
        assert planned.code == 2, planned.err
        for command in commands_in(planned.json):
            typed.type_in(command)
        done = applied.wif("apply", str(applied.setup), "--yes", "--accept-loss")
        assert done.code == 0, done.err
        assert differences(read(typed, world.scenario), read(applied, world.scenario)) == []
        left = typed.wif("plan", str(typed.setup), "--json")
        assert (left.code, list(commands_in(left.json))) == (0, [])
