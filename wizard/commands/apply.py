"""`wif-wizard apply`: make the changes, and verify each one by reading it back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wizard.commands import exits, review_text
from wizard.commands.output import Console, complain
from wizard.engine.apply import Result
from wizard.engine.events import Event
from wizard.engine.journal import Details
from wizard.engine.resource import Refused
from wizard.modes.opened import Opened
from wizard.setup.problems import BadInput
from wizard.work import applying, leftovers, planning
from wizard.work.opening import open_half
from wizard.work.planning import Review

if TYPE_CHECKING:
    from wizard.commands.formats import Answer

Ending = Literal["done", "interrupted", "failed"]

_MISSING = "The wizard changed nothing: you do not have {count} of the {needed} permissions that this plan needs."
INTERRUPT = "\nInterrupted. The wizard first finishes the changes that have started."
ENDS = {
    "done": "Everything is in place. Journal: run {run}.",
    "interrupted": "Interrupted. Changes that had started are finished, or continue in the cloud. "
    "To resume the run: wif-wizard resume {run}",
    "failed": "Not everything is in place. Nothing that existed before was lost. Fix the cause, then resume the run: "
    "wif-wizard resume {run}",
}


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 if everything is in place, 1 if a change failed, 130 if apply was interrupted.

    Raises BadInput, Refused.
    """
    opened = open_half(options.setup, options.only)
    console = Console(options.json)
    console.say(*leftovers.remove(opened, options.only))
    review = planning.review(opened, options.only, override_owner=options.override_owner)
    console.say(*review_text.as_text(opened, review))
    if review.plan.empty:
        if options.json:
            console.answer(ended("done", None))
        return exits.DONE
    details = applying.details_of(
        folder=str(Path(options.setup).resolve().parent),
        file=options.setup,
        only=options.only,
        override_owner=options.override_owner,
    )
    return carry_out(opened, review, console, consent=options.yes, accept_loss=options.accept_loss, details=details)


def carry_out(
    opened: Opened,
    review: Review,
    console: Console,
    *,
    consent: bool,
    accept_loss: bool,
    details: Details | None = None,
) -> int:
    """Apply a plan that was shown, after the operator confirmed it, and print how it ended. Returns the exit code.

    `consent` confirms the plan, and `accept_loss` what others lose by it. Raises BadInput and Refused.
    """
    accepted = approved(review, console, consent=consent, accept_loss=accept_loss)
    result = applying.apply(
        opened,
        review,
        reporter(console),
        accept_loss=accepted,
        on_interrupt=lambda: complain(INTERRUPT),
        details=details,
    )
    return finish(result, console)


def approved(review: Review, console: Console, *, consent: bool, accept_loss: bool) -> bool:
    """Ask for the confirmations that a plan needs and that the options do not give.

    Returns whether the operator accepts what others lose. Raises BadInput and Refused.
    """
    if review.missing:
        raise Refused(_MISSING.format(count=len(review.missing), needed=len(review.permission_checks)))
    if not consent and not _confirmed(console):
        raise Refused("The wizard changed nothing: you did not confirm the plan.")
    accept_loss = accept_loss or (bool(review.losses) and _loss_accepted(console))
    console.say("")
    return accept_loss


def finish(result: Result, console: Console, ends: Mapping[str, str] = ENDS) -> int:
    """Print how a run ended, by the texts in `ends`. Returns the exit code."""
    outcome: Ending = "done" if result.ok else "interrupted" if result.interrupted else "failed"
    if console.as_json:
        console.answer(ended(outcome, result.run))
    console.say("", ends[outcome].format(run=result.run))
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


def _as_json(event: Event) -> Answer:
    from wizard.commands import formats

    return formats.Event(
        event=event.kind,
        kind=event.change.resource.kind,
        name=event.change.resource.name,
        action=event.change.action,
        text=event.text,
        elapsed=round(event.elapsed, 3),
    )


def ended(outcome: Ending, run: str | None) -> Answer:
    """Return the last line of the answer for programs."""
    from wizard.commands import formats

    return formats.Result(outcome=outcome, run=run)


def _loss_accepted(console: Console) -> bool:
    """Ask apart whether others may lose access: --yes does not approve that."""
    if not sys.stdin.isatty():
        raise Refused(
            "The wizard changed nothing: the plan would remove access from other identities. Review the losses at "
            "the start of the plan, then add --accept-loss."
        )
    question = "\nThis plan removes access from other identities. Make the changes anyway? [y/N] "
    return console.ask(question).strip().lower() in ("y", "yes")


def _confirmed(console: Console) -> bool:
    if not sys.stdin.isatty():
        raise BadInput(
            "cannot ask for confirmation: no terminal; review the plan with `wif-wizard plan`, then add --yes"
        )
    return console.ask("\nMake these changes? [y/N] ").strip().lower() in ("y", "yes")
