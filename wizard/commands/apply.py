"""`wif-wizard apply`: make the changes, and read each one back."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable

from wizard.commands import exits, review_text
from wizard.engine.apply import Result
from wizard.engine.events import Event
from wizard.setup.problems import BadInput
from wizard.work import applying, planning
from wizard.work.opening import open_setup


def run(options: argparse.Namespace) -> int:
    """Exit 0: all is in place; 1: something was refused; 130: interrupted, and resumable."""
    opened = open_setup(options.setup, ask_google=options.only in (None, "google"))
    review = planning.review(opened, options.only)
    say = _to_stderr if options.json else print
    say("\n".join(review_text.as_text(opened, review)))
    if review.plan.empty:
        if options.json:
            print(json.dumps({"event": "result", "outcome": "done", "run": None}))
        return exits.DONE
    if review.missing:
        say("\nNothing was changed: you do not have the permissions listed above.")
        return exits.REFUSED
    if not options.yes and not _consent():
        say("\nNothing was changed.")
        return exits.REFUSED
    say("")
    result = applying.apply(opened, review, json_lines if options.json else lines(say))
    return finish(result, say, options.json)


def finish(result: Result, say: Callable[[str], None], as_json: bool) -> int:
    """Say how it ended; answers the exit code."""
    outcome = "done" if result.ok else "interrupted" if result.interrupted else "failed"
    if as_json:
        print(json.dumps({"event": "result", "outcome": outcome, "run": result.run}))
    say("")
    if outcome == "done":
        say(f"Everything is in place. Journal: run {result.run}.")
        return exits.DONE
    if outcome == "interrupted":
        say("Interrupted. Changes that had started are finished, or continue in the cloud. Run apply again to resume.")
        return exits.INTERRUPTED
    say("Not everything is in place. Nothing that existed before was lost. Fix the cause, then run apply again.")
    return exits.REFUSED


def lines(say: Callable[[str], None]) -> Callable[[Event], None]:
    """A callback that says each event in one line."""
    glyphs = {"done": "✓", "failed": "✗", "skipped": "·"}

    def on_event(event: Event) -> None:
        change = event.change
        glyph = glyphs.get(event.kind, " ")
        tail = f": {event.text}" if event.text else ""
        say(f"{glyph} {event.elapsed:6.1f} s  {event.kind:<9} {change.resource.kind} {planning.label(change)}{tail}")

    return on_event


def json_lines(event: Event) -> None:
    """Each event as a line of JSON on stdout."""
    document = {
        "event": event.kind,
        "kind": event.change.resource.kind,
        "name": event.change.resource.name,
        "action": event.change.action,
        "text": event.text,
        "elapsed": round(event.elapsed, 3),
    }
    print(json.dumps(document), flush=True)


def _consent() -> bool:
    if not sys.stdin.isatty():
        raise BadInput(
            "cannot ask for confirmation: no terminal; review the plan with `wif-wizard plan`, then add --yes"
        )
    answer = input("\nMake these changes? [y/N] ")
    return answer.strip().lower() in ("y", "yes")


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr)
