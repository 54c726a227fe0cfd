"""`wif-wizard test`: the way of the credential, walked hop by hop."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from wizard.chain import aws, places
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
    """Test a setup in a place; `consent` is to a temporary statement in the role's trust policy."""
    test = live_test.of_setup(opened, wait)
    if place == "inside":
        return walk(test, places.inside(), say)
    setup = opened.setup.aws
    workload = Workload(setup.account, setup.role, setup.runtime, setup.region)
    try:
        return _as_workload(test, workload, opened.clouds, say, consent)
    except (RootRefused, NotRemoved) as error:
        raise Refused(str(error)) from error


def walk(test: AwsTest, place: Place, say: Callable[[str], None]) -> list[Outcome]:
    """Walk the chain and say each hop as it happens."""

    def on_outcome(outcome: Outcome) -> None:
        for line in hop_lines(outcome):
            say(line)

    def on_event(event: Settling) -> None:
        say(f"…             {event.text}")

    return aws.run(test, place, on_outcome, on_event)


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


def _as_workload(
    test: AwsTest, workload: Workload, clouds: Clouds, say: Callable[[str], None], consent: bool
) -> list[Outcome]:
    try:
        with places.here(workload, clouds.aws) as place:
            return walk(test, place, say)
    except NeedsTrust as need:
        _ask(need, say, consent)
        with trusted(clouds.aws, need), places.here(workload, clouds.aws, patience=PATIENCE) as place:
            return walk(test, place, say)


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
    """Inside where the runtime's own variables are, or where only a configuration is given; here otherwise."""
    if any(name in os.environ for name in _INSIDE) or not file.endswith((".yaml", ".yml")):
        return "inside"
    return "here"


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
