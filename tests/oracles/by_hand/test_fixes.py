"""Every fix that a failed live test advises, made as it is advised, makes the test pass."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from tests.commands.conftest import Answer
from tests.oracles.by_hand import aws_fixes, gke_fixes
from tests.oracles.by_hand.copies import Copy, copy_of
from tests.oracles.by_hand.fixes import Broken
from tests.oracles.by_hand.ledger import Ledger, commands_in, hops_in
from tests.oracles.by_hand.worlds import Json, chosen
from wizard.chain.rule import Rule
from wizard.clouds.session import Clouds

OPTIONS = ("--yes", "--json", "--wait", "0")


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Json, Callable[..., Answer]], Copy]]:
    """Return a function that starts a world, or returns the one that a test before has left in order."""
    copies: dict[str, Copy] = {}
    with ExitStack() as stack:

        def started(scenario: Json, wif: Callable[..., Answer]) -> Copy:
            title = scenario["title"]
            if title not in copies:
                folder = tmp_path_factory.mktemp("fixes") / "copy"
                copies[title] = stack.enter_context(copy_of(scenario, "", folder, Ledger(), wif))
            return copies[title]

        yield started


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Rule[Any], str]]:
    """Return a list that gets every rule that explains a hop, with the ID of the hop."""
    found: list[tuple[Rule[Any], str]] = []
    explain = Rule.explain

    def noting(rule: Rule[Any], outcome: Any, facts: Any) -> Any:
        explanation = explain(rule, outcome, facts)
        if explanation is not None:
            found.append((rule, outcome.hop.id))
        return explanation

    monkeypatch.setattr(Rule, "explain", noting)
    return found


@pytest.mark.parametrize("broken", chosen([*aws_fixes.FIXES, *gke_fixes.FIXES]), ids=str)
def test_the_advised_fix_makes_the_test_pass(
    broken: Broken,
    start: Callable[[Json, Callable[..., Answer]], Copy],
    wif: Callable[..., Answer],
    ledger: Ledger,
    explained: list[tuple[Rule[Any], str]],
) -> None:
    scenario = aws_fixes.SCENARIO if broken in aws_fixes.FIXES else gke_fixes.SCENARIO
    if broken.alone or broken.repaired:
        scenario = scenario | {"title": str(broken), "faults": list(broken.faults)}
    world = replace(start(scenario, wif), ledger=ledger, command=wif)
    apply(world, broken.setup)
    explained.clear()
    clouds = Clouds(scenario["google"]["projects"][0]["id"], scenario.get("aws", {}).get("region"))
    with world.entered():
        broken.breaks(clouds, world)
    tested = world.wif("test", str(world.setup), "--from", broken.place, *OPTIONS)

    causes = [(rule.cause, hop) for rule, hop in explained]
    assert any(broken.explains(*each) for each in explained), [tested.err, *causes]
    (hop,) = [each for each in hops_in(tested.json) if each["hop"] == broken.hop]
    assert hop["status"] in ("failed", "not_proven")
    if broken.kind == "apply":
        apply(world, broken.repaired or broken.setup)
    if broken.kind == "look":
        assert all(world.type_in(command) for command in commands_in(tested.json)), "it shows something"
        if broken.ends is None:
            return
        with world.entered():
            broken.ends(clouds, world)
        apply(world, broken.setup)
        assert world.wif("test", str(world.setup), "--from", broken.place, *OPTIONS).code == 0
        return
    repair(world, tested, broken.place)
    if broken.checks:
        with world.entered():
            broken.checks(clouds, world)


def repair(world: Copy, tested: Answer, place: str) -> None:
    """Run what a test advises, and test again, until the test passes: a repaired hop can uncover the next."""
    for _ in range(3):
        for command in commands_in(tested.json):
            world.type_in(command)
        tested = world.wif("test", str(world.setup), "--from", place, *OPTIONS)
        if tested.code == 0:
            return
    pytest.fail(tested.out)


def apply(world: Copy, setup: str) -> None:
    """Apply a setup."""
    world.setup.write_text(setup, encoding="utf-8")
    done = world.wif("apply", str(world.setup), "--yes", "--accept-loss")
    assert done.code == 0, done.err
