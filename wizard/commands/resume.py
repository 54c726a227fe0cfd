"""`wif-wizard resume`: bring a run to its end that failed or was interrupted."""

from __future__ import annotations

import argparse

from wizard.commands import apply, exits, revert, review_text
from wizard.commands.output import Console
from wizard.language import _
from wizard.work import applying, planning, resuming, run_text, runs

_RESUMES = "Resuming run {run}: {title}"


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 if everything is in place, 1 if a change failed, 130 if you interrupted it.

    Raises BadInput, Refused, CloudError and JournalError.
    """
    console = Console(options.json)
    found = resuming.find(options.run)
    console.say(_(_RESUMES).format(run=found.id, title=run_text.title(found)), *resuming.notes(found), "")
    if found.details.reverts:
        return revert.carry_out(resuming.revert(found), console, consent=options.yes, accept_loss=options.accept_loss)
    opened = runs.open_run(found)
    asked = found.details
    review = planning.review_tidied(opened, asked.only, console.say, override_owner=asked.override_owner)
    console.say(*review_text.as_text(opened, review))
    if review.plan.empty:
        resuming.close(found)
        if console.as_json:
            console.answer(apply.ended("done", None))
        return exits.DONE
    return apply.carry_out(
        opened,
        review,
        console,
        consent=options.yes,
        accept_loss=options.accept_loss,
        details=applying.details_again(found),
    )
