"""What the doctor costs in calls: a healthy setup beside its live test, and many workloads and grants beside few."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import world
from tests.bench.setups import AWS
from tests.bench.timing import Row
from tests.bench.world import Measured
from tests.bench.worlds import GkeWorld

FEW, MANY = 10, 40
GROWTH = MANY / FEW
"""The budget for many beside few: the calls grow with the number of things looked at, not with its square."""
BESIDE_CHAIN = 1.5
"""The budget for a healthy setup: the doctor looks at more than the chain, and reads each thing once."""


def rows() -> Iterator[Row]:
    """Yield every measurement of the doctor."""
    with world.shipped(AWS.scenario) as measured:
        world.trust_the_operator(measured)  # so that the live test runs without a change
        measured.run("apply", "--yes")
        yield beside_chain("a healthy AWS setup", measured)
    healthy = GkeWorld(workloads=3, namespaces=2, impersonated=True, done=True)
    with world.made(healthy.scenario, healthy.setup) as measured:
        yield beside_chain("a healthy GKE setup with 3 workloads", measured)
    workloads = [GkeWorld(workloads=count, namespaces=5, impersonated=True, done=True) for count in (FEW, MANY)]
    yield many_beside_few("workloads", *workloads)
    grants = [GkeWorld(projects=count, done=True) for count in (FEW, MANY)]
    yield many_beside_few("grants on different projects", *grants)


def beside_chain(what: str, measured: Measured) -> Row:
    """The calls of the doctor beside those of the live test from here."""
    chain, doctor = _calls(measured, "test", "--from", "here"), _calls(measured, "doctor")
    reference = f"`test --from here`: {chain} calls"
    return Row(f"API calls that `doctor` makes for {what}", f"{doctor} calls", reference, doctor / chain, BESIDE_CHAIN)


def many_beside_few(what: str, few: GkeWorld, many: GkeWorld) -> Row:
    """The calls of the doctor for a large world beside those for a small one."""
    several = [_calls_of(each) for each in (few, many)]
    row, reference = f"API calls that `doctor` makes for {MANY} {what}", f"{FEW} {what}: {several[0]} calls"
    return Row(row, f"{several[1]} calls", reference, several[1] / several[0], GROWTH)


def _calls_of(large: GkeWorld) -> int:
    with world.made(large.scenario, large.setup) as measured:
        return _calls(measured, "doctor")


def _calls(measured: Measured, *arguments: str) -> int:
    """Run a command on the setup. Returns how many calls it made."""
    measured.forget()
    measured.run(*arguments)
    return len(measured.calls())
