"""`wif-wizard apply`: make the changes, and verify each one by reading it back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wizard import columns
from wizard.commands import exits, review_text
from wizard.commands.output import Console, complain
from wizard.engine.apply import Result
from wizard.engine.events import Event
from wizard.engine.journal import Details
from wizard.engine.resource import Refused
from wizard.language import N_, _, translated
from wizard.modes.opened import Opened
from wizard.setup.problems import BadInput
from wizard.work import applying, planning, setup_files
from wizard.work.opening import open_half
from wizard.work.planning import Review

if TYPE_CHECKING:
    from wizard.commands.formats import Answer

Ending = Literal["done", "interrupted", "failed"]

_MISSING = "The wizard changed nothing: you do not have {count} of the {needed} permissions that this plan needs."
_INTERRUPT = "Interrupted. The wizard will finish the changes that have started, and then stop."
_DONE_BUT_LEFT = (
    "The wizard's changes are in place. Changes that the wizard did not make, because other tools manage the "
    "resources: {count}. Journal: run {run}."
)
_CONFIRM = "Make these changes? [y/N] "
_CONFIRM_LOSS = "This plan removes access from other identities. Make the changes anyway? [y/N] "
ENDS = {
    "done": N_("Everything is in place. Journal: run {run}."),
    "interrupted": N_(
        "Interrupted. The changes that the wizard started are complete, or continue in the cloud. To resume the run: "
        "wif-wizard resume {run}"
    ),
    "failed": N_(
        "Not everything is in place. No existing resource was lost. Fix the cause, then resume the run: "
        "wif-wizard resume {run}"
    ),
    "others": N_(
        "The wizard changed nothing: another process made the same changes after you reviewed the plan. Journal: run "
        "{run}."
    ),
}
_EVENTS = {
    "waiting": N_("waiting"),
    "started": N_("started"),
    "progress": N_("progress"),
    "settling": N_("settling"),
    "done": N_("done"),
    "failed": N_("failed"),
    "skipped": N_("skipped"),
}
_ACTIONS = {"create": N_("create"), "update": N_("update"), "undelete": N_("undelete"), "delete": N_("delete")}
_WIDTH = 9
"""The columns of the longest event."""


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 if everything is in place, 1 if a change failed or a file was kept, 130 if interrupted.

    Raises BadInput, Refused.
    """
    console = Console(options.json)
    if setup_files.are_several(options.setup):
        from wizard.commands import several_apply

        return several_apply.run(options, console)
    (options.setup,) = options.setup
    code = of_setup(options.setup, options, console)
    if code != exits.DONE or options.export is None:
        return code
    from wizard.commands import export
    from wizard.work import exporting

    saved = export.write(exporting.exported(options.setup, "all"), options.export, console, consent=options.yes)
    return exits.REFUSED if any(each.state == "kept" for each in saved) else code


def of_setup(file: str, options: argparse.Namespace, console: Console) -> int:
    """Review and apply one setup. Returns the exit code. Raises BadInput and Refused."""
    opened = open_half(file, options.only)
    review = planning.review_tidied(opened, options.only, console.say, override_owner=options.override_owner)
    console.say(*review_text.as_text(opened, review))
    if review.plan.empty:
        if options.json:
            console.answer(ended("done", None))
        return exits.DONE
    details = applying.details_of(
        folder=str(Path(file).resolve().parent),
        file=file,
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
        on_interrupt=say_interrupted,
        details=details,
    )
    return finish(result, console, ends_of(review))


def ends_of(review: Review) -> Mapping[str, str]:
    """Return how an apply of a reviewed plan can end. With changes left to other tools, not everything is in place."""
    left = len(review.left) + len(review.waiting)
    return ENDS | {"done": _(_DONE_BUT_LEFT).format(count=left, run="{run}")} if left else ENDS


def approved(review: Review, console: Console, *, consent: bool, accept_loss: bool) -> bool:
    """Ask for the confirmations that a plan needs and that the options do not give.

    Returns whether the operator accepts what others lose. Raises BadInput and Refused.
    """
    if review.missing:
        raise Refused(_(_MISSING).format(count=len(review.missing), needed=len(review.permission_checks)))
    if not consent and not _confirmed(console):
        raise Refused(_("The wizard changed nothing: you did not confirm the plan."))
    accept_loss = accept_loss or (bool(review.losses) and _loss_accepted(console))
    console.say("")
    return accept_loss


def say_interrupted() -> None:
    """Say that an interrupt stops the run after the changes that have started."""
    complain(f"\n{_(_INTERRUPT)}")


def finish(result: Result, console: Console, ends: Mapping[str, str] = ENDS) -> int:
    """Print how a run ended, by the English texts in `ends`. Returns the exit code."""
    outcome: Ending = "done" if result.ok else "interrupted" if result.interrupted else "failed"
    if console.as_json:
        console.answer(ended(outcome, result.run))
    end = translated(ends["others" if result.is_of_others else outcome])
    console.say("", end.format(run=result.run))
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
        text = translated(_ACTIONS[change.action]) if event.kind == "started" else event.text
        tail = f": {text}" if text else ""
        word = columns.left(translated(_EVENTS[event.kind]), _WIDTH)
        console.say(f"{glyph} {event.elapsed:6.1f} s  {word} {planning.title_of(change)}{tail}")

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
            _(
                "The wizard changed nothing: the plan would remove access from other identities. Review the losses at "
                "the start of the plan, then add --accept-loss."
            )
        )
    return console.ask(f"\n{_(_CONFIRM_LOSS)}").strip().lower() in ("y", "yes")


def _confirmed(console: Console) -> bool:
    if not sys.stdin.isatty():
        raise BadInput(
            _("cannot ask for confirmation: no terminal; review the plan with `wif-wizard plan`, then add --yes")
        )
    return console.ask(f"\n{_(_CONFIRM)}").strip().lower() in ("y", "yes")
