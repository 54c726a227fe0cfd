"""`wif-wizard apply`: the changes, made and read back."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable

from wizard.commands import exits
from wizard.engine.apply import Result, apply
from wizard.engine.events import Event
from wizard.engine.journal import Journal
from wizard.work import planning
from wizard.work.opened import Opened, open_setup
from wizard.work.planning import Reviewed


def run(options: argparse.Namespace) -> int:
    """Exit 0: all is in place; 1: something was refused; 130: interrupted, and resumable."""
    opened = open_setup(options.setup, ask_google=options.only not in ("aws", "kubernetes"))
    reviewed = planning.review(opened, options.only)
    say = _to_stderr if options.json else print
    say("\n".join(planning.as_text(opened, reviewed)))
    if reviewed.plan.empty:
        if options.json:
            print(json.dumps({"event": "result", "outcome": "done", "run": None}))
        return exits.DONE
    if reviewed.missing:
        say("\nNothing was changed: the permissions above are missing.")
        return exits.REFUSED
    if not options.yes and not _consent():
        say("\nNothing was changed.")
        return exits.REFUSED
    say("")
    return finish(carry_out(opened, reviewed, json_lines if options.json else lines(say)), say, options.json)


def carry_out(
    opened: Opened, reviewed: Reviewed, on_event: Callable[[Event], None], stop: threading.Event | None = None
) -> Result:
    """Apply the reviewed plan, with the journal; setting `stop` ends it after the changes that are running."""
    journal = Journal()
    return apply(reviewed.plan, opened.clouds, on_event, journal, title=opened.title, setup=opened.text, stop=stop)


def finish(result: Result, say: Callable[[str], None], as_json: bool) -> int:
    """Say how it ended; answers the exit code."""
    outcome = "done" if result.ok else "interrupted" if result.interrupted else "failed"
    if as_json:
        print(json.dumps({"event": "result", "outcome": outcome, "run": result.run}))
    say("")
    if outcome == "done":
        say(f"All is in place. Journal: run {result.run}.")
        return exits.DONE
    if outcome == "interrupted":
        say("Interrupted: what was begun is finished, or goes on in the cloud. Apply again to go on.")
        return exits.INTERRUPTED
    say("Not all is in place. Nothing that was there before was lost; apply again when the cause is mended.")
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
        raise exits.BadInput("there is no terminal to ask on: review the plan with `wif-wizard plan`, then add --yes")
    answer = input("\nMake these changes? [y/N] ")
    return answer.strip().lower() in ("y", "yes")


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr)
