"""`wif-wizard test`: the way of the credential, walked hop by hop."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from wizard.chain import aws, places
from wizard.chain.child import Stopped
from wizard.chain.facts import AwsTest
from wizard.chain.hop import Outcome, Settling, passed
from wizard.chain.places import Place, Workload
from wizard.chain.trusted import NeedsTrust, NotRemoved, RootRefused, trusted
from wizard.clouds.session import Clouds
from wizard.commands import exits, live_test
from wizard.commands.opened import Opened, open_setup
from wizard.engine.resource import Refused
from wizard.sandbox.duration import seconds

GLYPHS = {"ok": "✓", "failed": "✗", "unsure": "?", "skipped": "·"}
PATIENCE = 60.0
"""Seconds that a changed trust policy is given to be honoured: IAM is eventually consistent."""

_INSIDE = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_LAMBDA_FUNCTION_NAME", "ECS_CONTAINER_METADATA_URI_V4")


def run(options: argparse.Namespace) -> int:
    """Exit 0: the token works; 1: a hop failed. Raises BadInput, Refused."""
    wait = _wait(options.wait)
    say = _to_stderr if options.json else print
    place = options.place or _likely_place(options.file)
    say(f"Testing from {place}.")
    if options.file.endswith((".yaml", ".yml")):
        outcomes = of_setup(open_setup(options.file, ask_google=False), place, wait, say, options.yes)
    elif place == "here":
        raise exits.BadInput(f"{options.file} does not say which role to act as: give the SETUP.yaml, or --from inside")
    else:
        clouds = Clouds(os.environ.get("GOOGLE_CLOUD_PROJECT", "-"), under_test=Path(options.file))
        outcomes = walk(live_test.of_config(Path(options.file), clouds, wait), places.inside(), say)
    if options.json:
        print(json.dumps({"passed": passed(outcomes), "place": place, "hops": [each.as_json() for each in outcomes]}))
    return exits.DONE if report(outcomes, say) else exits.REFUSED


def report(outcomes: list[Outcome], say: Callable[[str], None]) -> bool:
    """Say how the test ended; answers whether it passed."""
    say("\nThe token test passed." if passed(outcomes) else "\nThe token test did not pass.")
    return passed(outcomes)


def of_setup(opened: Opened, place: str, wait: float, say: Callable[[str], None], consent: bool) -> list[Outcome]:
    """Test a setup in a place and say each hop; `consent` is to a temporary statement in the role's trust policy."""

    def agree(need: NeedsTrust) -> None:
        _ask(need, say, consent)

    try:
        return carry_out(opened, place, wait, *_said(say), agree)
    except (RootRefused, NotRemoved) as error:
        raise Refused(str(error)) from error


def carry_out(
    opened: Opened,
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


def hop_lines(outcome: Outcome) -> list[str]:
    """A hop in lines: what it is, the evidence, and, unless ok, the reason and what to do."""
    elapsed = f"{outcome.elapsed * 1000:6.0f} ms" if outcome.status in ("ok", "failed") else " " * 9
    head = f"{GLYPHS[outcome.status]} {elapsed}  {outcome.hop.title}"
    if outcome.status == "skipped":
        return [f"{head}: skipped, {outcome.reason}"]
    lines = [head, *(f"             {line}" for line in outcome.evidence)]
    if outcome.refusal and outcome.status == "failed":
        lines.append(f"      it said {outcome.refusal.code}: {outcome.refusal.message}")
    if outcome.status != "ok" and outcome.reason:
        lines.append(f"          why {outcome.reason}")
    if outcome.fix:
        lines.append(f"       to do  {outcome.fix}")
    return lines


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


def _likely_place(file: str) -> str:
    """Where to test from: a configuration alone does not say which role to act as."""
    return likely_place() if file.endswith((".yaml", ".yml")) else "inside"


def likely_place(environ: Mapping[str, str] | None = None) -> str:
    """Inside, where the runtime's own variables are; here otherwise."""
    found = os.environ if environ is None else environ
    return "inside" if any(name in found for name in _INSIDE) else "here"


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
