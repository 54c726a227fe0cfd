"""Whole setups: beside the commands that people would type, and beside the fewest and longest that they can take."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import bounds, world
from tests.bench.timing import Row, command, pairs
from tests.bench.world import Json, Measured
from tests.setups import loads
from wizard.sandbox import scenario

LATENCY = 0.1
TIMES_FASTER = {0: 5, LATENCY: 2}
"""The budget by latency. With a latency, most of the time is that of calls which must follow one another, and which
the other programs make too: `beside_bound` has the budget for these."""
PROPAGATION = 4.0
TEAM = Path(__file__).with_name("team.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Kind:
    """A setup to create: on which scenario, with which programs instead, and with which bound."""

    title: str
    scenario: str
    programs: tuple[str, ...]
    setup: str | None
    bound: Callable[[Any, Json], bounds.Bound]
    consent: tuple[str, ...] = ("--yes",)


AWS = Kind("create an AWS setup", "batch-bigquery", ("gcloud", "aws"), None, bounds.aws)
GKE = Kind(
    "create the GKE setup of a team",
    "gke-spanner",
    ("gcloud", "kubectl"),
    TEAM,
    bounds.gke,
    ("--yes", "--accept-loss"),
)


def rows() -> Iterator[Row]:
    """Yield every measurement of whole setups."""
    for kind in (AWS, GKE):
        yield beside_commands(kind, 0)
        yield beside_commands(kind, LATENCY)
        yield from beside_bound(kind)
    yield wait_for_propagation()


def beside_commands(kind: Kind, latency: float) -> Row:
    """Create the setup, start-up included, beside the commands that the plan itself names."""
    what = f"time to {kind.title}, {_per_call(latency)}"
    absent = [program for program in kind.programs if shutil.which(program) is None]
    if absent:
        return Row(
            f"{what} ({' and '.join(absent)} absent)", "-", "-", float("nan"), TIMES_FASTER[latency], at_least=True
        )

    def by_wizard() -> float:
        with world.shipped(kind.scenario, kind.setup, latency) as measured:
            return measured.run("apply", *kind.consent)

    def by_hand() -> float:
        with world.shipped(kind.scenario, kind.setup, latency) as measured:
            script = measured.setup.with_name("by-hand.sh")
            script.write_text("set -e\n" + "\n".join(_commands(measured)) + "\n", encoding="utf-8")
            return command(["bash", str(script)], measured.environ)

    wizard, hand, ratio = pairs(3, by_wizard, by_hand)
    reference = f"the same setup with {' and '.join(kind.programs)}: {hand:.2f} s"
    return Row(what, f"{wizard:.2f} s", reference, 1 / ratio, TIMES_FASTER[latency], at_least=True)


def beside_bound(kind: Kind) -> Iterator[Row]:
    """Yield the time from the first call to the last, and the number of calls, each beside its bound."""
    with world.shipped(kind.scenario, kind.setup, LATENCY) as measured:
        setup = loads(measured.setup.read_text(encoding="utf-8"))
        least = kind.bound(setup, dict(scenario.load(kind.scenario).google))
        measured.run("apply", *kind.consent)
        ends = [world.ended(call) for call in measured.calls()]
    took, chain = max(ends) - min(ends) + LATENCY, least.longest * LATENCY
    made = kind.title.removeprefix("create ")
    what = f"time from the first to the last API call of {made}, with a delay of {LATENCY * 1000:.0f} ms for each call"
    yield Row(what, f"{took:.2f} s", f"{least.longest} calls one after another: {chain:.2f} s", took / chain, 1.3)
    what = f"API calls to {kind.title}"
    yield Row(what, f"{len(ends)} calls", f"minimum: {least.fewest} calls", len(ends) / least.fewest, 1.3)


def wait_for_propagation() -> Row:
    """How long after a grant works the waiting test notices, in seconds, against the second that it may take."""
    with world.shipped(AWS.scenario, propagation=PROPAGATION) as measured:
        world.trust_the_operator(measured)  # so that the test waits for nothing but the grant
        measured.run("apply", "--yes")
        measured.run("test", "--from", "here")
        calls = measured.calls()
    works = max(world.ended(call) for call in calls if "setIamPolicy" in call["path"]) + PROPAGATION
    asked = [world.ended(call) for call in calls if "testIamPermissions" in call["path"]]
    if not any(moment < works for moment in asked[1:]):  # the first is the preflight's
        raise RuntimeError("the test did not have to wait, so nothing was measured")
    late = min(moment for moment in asked if moment >= works) - works
    return Row(
        "time from the moment a grant is effective to the next step of the test",
        f"{late:.2f} s",
        "limit: 1 s",
        late,
        1,
    )


def _per_call(latency: float) -> str:
    return f"{latency * 1000:.0f} ms of delay for each call"


def _commands(measured: Measured) -> list[str]:
    """The commands of the plan, in its order."""
    plan = subprocess.run(
        [*world.WIZARD, "plan", str(measured.setup), "--json"],
        env=dict(measured.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for change in json.loads(plan.stdout)["changes"] for line in change["commands"]]
