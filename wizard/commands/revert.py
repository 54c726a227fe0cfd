"""`wif-wizard revert`: delete what a run created, and restore what it changed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from wizard.commands import apply, exits, review_text
from wizard.commands.output import Console
from wizard.engine.resource import Resource
from wizard.engine.revert import LeftInPlace
from wizard.language import N_, _, translated
from wizard.phrases import named
from wizard.work import leftovers, reverting, run_text
from wizard.work.planning import label_of
from wizard.work.reverting import Revert

_NOTHING = "There is nothing to revert."
_NOTHING_READ = "The wizard reverted nothing. Fix the cause above, then revert the run again."
_INCOMPLETE = N_("The revert is not complete. Fix the cause above, then resume the run: wif-wizard resume {run}")
_REVERTED = N_("The revert is complete. Journal: run {run}.")
_REVERTED_EXCEPT = N_("The wizard reverted all resources except those above. Journal: run {run}.")
_OURS = (
    "The journal does not say who created the {kind} {name}. Answer y only if this setup created the {kind}. Should "
    "the revert remove the {kind}? [y/N] "
)
_LEFT = "The revert does not change these resources:"
_REVERTS = "Revert of run {run}: {title} ({started}, by {by})"


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 if the runs are reverted, 1 if a change failed, 130 if you interrupted it.

    Raises BadInput, Refused, CloudError and JournalError.
    """
    console = Console(options.json)
    if options.all is not None:
        revert = reverting.review_all(options.all, services=options.services, ours=_asked(console))
    else:
        revert = reverting.review(options.run, services=options.services)
    return carry_out(revert, console, consent=options.yes, accept_loss=options.accept_loss)


def _asked(console: Console) -> Callable[[Resource], bool]:
    """Return what asks about a resource that the journal does not know. Without a terminal, the answer is no."""

    def ours(resource: Resource) -> bool:
        if not sys.stdin.isatty():
            return False
        question = _(_OURS).format(kind=translated(resource.kind), name=label_of(resource))
        return console.ask(question).strip().lower() in ("y", "yes")

    return ours


def carry_out(revert: Revert, console: Console, *, consent: bool, accept_loss: bool) -> int:
    """Show the plan of a revert, ask for confirmation, and apply it. Returns the exit code. Raises as `run` does."""
    console.say(*leftovers.remove(revert.opened))
    console.say(*_shown(revert))
    if revert.review.plan.empty:
        console.say("", _(_NOTHING_READ) if revert.is_incomplete else _(_NOTHING))
        if console.as_json:
            console.answer(apply.ended("failed" if revert.is_incomplete else "done", None))
        return exits.REFUSED if revert.is_incomplete else exits.DONE
    accepted = apply.approved(revert.review, console, consent=consent, accept_loss=accept_loss)
    result = reverting.apply(
        revert,
        apply.reporter(console),
        accept_loss=accepted,
        on_interrupt=apply.say_interrupted,
    )
    ends = apply.ENDS | {"done": _REVERTED_EXCEPT if revert.left else _REVERTED}
    if revert.is_incomplete:
        ends["done"] = ends["others"] = _INCOMPLETE
    code = apply.finish(result, console, ends)
    return exits.REFUSED if code == exits.DONE and revert.is_incomplete else code


def _shown(revert: Revert) -> Iterator[str]:
    """Yield the plan in lines: the changes, what is worth knowing about them, and what stays."""
    for each in revert.runs:
        by = ", ".join(each.details.identities) or each.details.by or _("unknown user")
        yield _(_REVERTS).format(run=each.id, title=run_text.title(each), started=f"{each.started[:19]}Z", by=by)
    yield ""
    yield from review_text.changes(revert.review)
    yield from (f"  · {text}" for _ignored, text in revert.notes)
    if revert.left:
        yield ""
        yield _(_LEFT)
        yield from (f"  = {named(item.kind, _label(item))}: {item.reason}" for item in revert.left)


def _label(item: LeftInPlace) -> str:
    return label_of(item.resource) if item.resource is not None else item.name
