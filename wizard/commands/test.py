"""`wif-wizard test`: the way of the credential, walked hop by hop."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wizard.chain.child import Stopped
from wizard.chain.hop import Outcome, Settling, passed
from wizard.clouds.session import Clouds
from wizard.commands import exits
from wizard.commands.hop_text import hop_lines
from wizard.engine.resource import Refused
from wizard.modes.aws.live import places
from wizard.modes.aws.live import told as live_test
from wizard.modes.aws.live import walk as aws
from wizard.modes.aws.live.facts import AwsTest
from wizard.modes.aws.live.places import Place, Workload
from wizard.modes.aws.live.trusted import NeedsTrust, NotRemoved, RootRefused, trusted
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.modes.gke.live import test as gke_test
from wizard.sandbox.duration import seconds
from wizard.work.opened import AwsOpened, GkeOpened, open_setup

PATIENCE = 60.0
"""Seconds that a changed trust policy is given to be honoured: IAM is eventually consistent."""


def run(options: argparse.Namespace) -> int:
    """Exit 0: the token works; 1: a hop failed. Raises BadInput, Refused."""
    say = _to_stderr if options.json else print
    if not options.file.endswith((".yaml", ".yml")):
        return _of_config(options, say)
    opened = _opened(options.file)
    place = options.place or likely_place(opened)
    say(f"Testing from {place}.")
    outcomes = of_setup(opened, place, _wait(options.wait), say, options.yes)
    if options.json:
        print(json.dumps(_document(opened, place, outcomes)))
    return exits.DONE if report(outcomes, say) else exits.REFUSED


def of_setup(
    opened: AwsOpened | GkeOpened, place: str, wait: float, say: Callable[[str], None], consent: bool
) -> list[list[Outcome]]:
    """Test each workload of a setup in a place and say each hop; `consent` is to what the test adds and removes."""
    if isinstance(opened, GkeOpened):
        return list(gke_test.run(opened, place, wait, say, consent).values())
    return [of_aws(opened, place, wait, say, consent)]


def report(outcomes: list[list[Outcome]], say: Callable[[str], None]) -> bool:
    """Say how the test of each workload ended; answers whether all passed."""
    all_passed = all(passed(each) for each in outcomes)
    say("\nThe token test passed." if all_passed else "\nThe token test did not pass.")
    return all_passed


def _of_config(options: argparse.Namespace, say: Callable[[str], None]) -> int:
    """A configuration alone does not say which role to act as, so it is tested as whom we are."""
    if options.place in ("here", "task"):
        raise exits.BadInput(f"{options.file} does not say which role to act as: give the SETUP.yaml, or --from inside")
    say("Testing from inside.")
    clouds = Clouds(os.environ.get("GOOGLE_CLOUD_PROJECT", ""), under_test=Path(options.file))
    outcomes = walk(live_test.of_config(Path(options.file), clouds, _wait(options.wait)), places.inside(), say)
    if options.json:
        print(json.dumps({"passed": passed(outcomes), "place": "inside", "hops": _hops(outcomes)}))
    return exits.DONE if report([outcomes], say) else exits.REFUSED


def _opened(file: str) -> AwsOpened | GkeOpened:
    """An AWS test needs no project number, which the configuration holds; a GKE test names its principal."""
    opened = open_setup(file, ask_google=False)
    return open_setup(file) if isinstance(opened, GkeOpened) else opened


def _document(opened: AwsOpened | GkeOpened, place: str, outcomes: list[list[Outcome]]) -> dict[str, Any]:
    ended = {"passed": all(passed(each) for each in outcomes), "place": place}
    if isinstance(opened, AwsOpened):
        return {**ended, "hops": _hops(outcomes[0])}
    titles = [each.title for each in opened.setup.workloads]
    return {**ended, "workloads": {title: _hops(hops) for title, hops in zip(titles, outcomes, strict=True)}}


def _hops(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    return [each.as_json() for each in outcomes]


def of_aws(opened: AwsOpened, place: str, wait: float, say: Callable[[str], None], consent: bool) -> list[Outcome]:
    """Test a setup of AWS in a place; `consent` is to a temporary statement in the role's trust policy."""
    if place == "task":
        raise exits.BadInput("one-off tasks are started on GKE only: --from here, or --from inside the workload")

    def agree(need: NeedsTrust) -> None:
        _ask(need, say, consent)

    try:
        return carry_out(opened, place, wait, *_said(say), agree)
    except (RootRefused, NotRemoved) as error:
        raise Refused(str(error)) from error


def carry_out(
    opened: AwsOpened,
    place: str,
    wait: float,
    on_outcome: Callable[[Outcome], None],
    on_event: Callable[[Settling], None],
    agree: Callable[[NeedsTrust], None],
    stop: threading.Event | None = None,
) -> list[Outcome]:
    """Walk the chain of a setup in a place; the callbacks hear of each hop as it happens.

    `agree` is asked before a statement is put into the role's trust policy for the length of the test; it raises to
    decline. Raises what it raises, BadInput, CloudError, RootRefused, NotRemoved, and Stopped once `stop` is set.
    """
    test, environ = live_test.of_setup(opened, wait), opened.clouds.environ

    def run_in(where: Place) -> list[Outcome]:
        return aws.run(test, where, on_outcome, on_event, stop)

    if place == "inside":
        return run_in(places.inside(environ))
    setup, cloud = opened.setup.aws, opened.clouds.aws
    workload = Workload(setup.account, setup.role, setup.runtime, setup.region)
    try:
        with places.here(workload, cloud, environ) as here:
            return run_in(here)
    except NeedsTrust as need:
        agree(need)
        pause = _stoppable(stop)
        with trusted(cloud, need), places.here(workload, cloud, environ, PATIENCE, pause) as here:
            return run_in(here)


def walk(test: AwsTest, place: Place, say: Callable[[str], None]) -> list[Outcome]:
    """Walk the chain and say each hop as it happens."""
    return aws.run(test, place, *_said(say))


def _said(say: Callable[[str], None]) -> tuple[Callable[[Outcome], None], Callable[[Settling], None]]:
    def on_outcome(outcome: Outcome) -> None:
        for line in hop_lines(outcome):
            say(line)

    def on_event(event: Settling) -> None:
        say(f"…             {event.text}")

    return on_outcome, on_event


def _stoppable(stop: threading.Event | None) -> Callable[[float], None]:
    """A pause that a stop request ends, by raising Stopped."""

    def pause(seconds: float) -> None:
        if (stop or threading.Event()).wait(seconds):
            raise Stopped

    return pause


def _ask(need: NeedsTrust, say: Callable[[str], None], consent: bool) -> None:
    say(f"{need}.")
    say(f"For the length of the test this statement is added to its trust policy: {json.dumps(need.statement)}")
    if consent:
        return
    if not sys.stdin.isatty():
        raise exits.BadInput("there is no terminal to ask on: add --yes to consent, or test --from inside")
    if input("Add it, and remove it at the end? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Refused("nothing was changed, and nothing was tested")


def _wait(text: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise exits.BadInput(f"--wait: {error}") from error


def likely_place(opened: AwsOpened | GkeOpened) -> str:
    """In a pod on GKE; on AWS inside, where the runtime's own variables are, and here otherwise."""
    if isinstance(opened, GkeOpened):
        return "task"
    return inside_or_here(opened.clouds.environ)


def inside_or_here(environ: Mapping[str, str]) -> str:
    """Where to test a workload on AWS from: inside, where the runtime's own variables are; here otherwise."""
    names = {name for runtime in RUNTIMES.values() for name in runtime.variables}
    return "inside" if names & environ.keys() else "here"


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
