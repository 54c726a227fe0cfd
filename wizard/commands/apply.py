"""`wif-wizard apply`: make the changes, and read each one back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from wizard.commands import exits, review_text
from wizard.commands.output import Console
from wizard.engine.apply import Result
from wizard.engine.events import Event
from wizard.setup.problems import BadInput
from wizard.work import applying, planning
from wizard.work.opening import open_setup

_ENDS = {
    "done": "Everything is in place. Journal: run {run}.",
    "interrupted": "Interrupted. Changes that had started are finished, or continue in the cloud. "
    "Run apply again to resume.",
    "failed": "Not everything is in place. Nothing that existed before was lost. Fix the cause, then run apply again.",
}


def run(options: argparse.Namespace) -> int:
    """Exit 0: all is in place; 1: something was refused; 130: interrupted, and resumable."""
    opened = open_setup(options.setup, ask_google=options.only in (None, "google"))
    review = planning.review(opened, options.only)
    console = Console(options.json)
    console.say(*review_text.as_text(opened, review))
    if review.plan.empty:
        if options.json:
            console.answer({"event": "result", "outcome": "done", "run": None})
        return exits.DONE
    if review.missing:
        console.say("", "Nothing was changed: you do not have the permissions listed above.")
        return exits.REFUSED
    if not options.yes and not _confirmed(console):
        console.say("", "Nothing was changed.")
        return exits.REFUSED
    console.say("")
    return finish(applying.apply(opened, review, reporter(console)), console)


def finish(result: Result, console: Console) -> int:
    """Say how it ended; answers the exit code."""
    outcome = "done" if result.ok else "interrupted" if result.interrupted else "failed"
    if console.as_json:
        console.answer({"event": "result", "outcome": outcome, "run": result.run})
    console.say("", _ENDS[outcome].format(run=result.run))
    return {"done": exits.DONE, "interrupted": exits.INTERRUPTED, "failed": exits.REFUSED}[outcome]


def reporter(console: Console) -> Callable[[Event], None]:
    """A callback that prints each event in one line. It never raises: the engine calls it in the middle of a change."""
    glyphs = {"done": "✓", "failed": "✗", "skipped": "·"}

    def on_event(event: Event) -> None:
        if console.as_json:
            console.answer(_as_json(event))
            return
        change = event.change
        glyph = glyphs.get(event.kind, " ")
        tail = f": {event.text}" if event.text else ""
        console.say(
            f"{glyph} {event.elapsed:6.1f} s  {event.kind:<9} {change.resource.kind} {planning.label(change)}{tail}"
        )

    return on_event


def _as_json(event: Event) -> dict[str, Any]:
    return {
        "event": event.kind,
        "kind": event.change.resource.kind,
        "name": event.change.resource.name,
        "action": event.change.action,
        "text": event.text,
        "elapsed": round(event.elapsed, 3),
    }


def _confirmed(console: Console) -> bool:
    if not sys.stdin.isatty():
        raise BadInput(
            "cannot ask for confirmation: no terminal; review the plan with `wif-wizard plan`, then add --yes"
        )
    return console.ask("\nMake these changes? [y/N] ").strip().lower() in ("y", "yes")
