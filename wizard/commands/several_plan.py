"""`wif-wizard plan` with several setups: one table."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wizard.commands import exits, failures, review_text, several
from wizard.commands.output import Console
from wizard.language import N_, translated
from wizard.work import setup_files
from wizard.work import several as work
from wizard.work.clashes import Clash
from wizard.work.planning import Review
from wizard.work.several import Planned, Row

if TYPE_CHECKING:
    from wizard.commands.formats_several import Plans

_PLANNED = N_("resources: {in_place} in place, {change} to change")
_LEFT = N_("resources: {in_place} in place, {change} to change, {left} to change in other tools")
_LOSS = N_("resources: {in_place} in place, {change} to change; other identities lose access")


def run(options: argparse.Namespace) -> int:
    """Returns the worst exit code of the setups; 1 if setups contradict each other. Raises BadInput."""
    console = Console(options.json)
    named = setup_files.named(options.setup)
    rows, clashes = work.plan(named.files, options.only, override_owner=options.override_owner)
    if options.json:
        console.answer(_as_json(rows, clashes, named.notes), indent=2)
    console.say(*named.notes)
    say(rows, clashes, console, verbose=options.verbose)
    return exits.worst([*map(code_of, rows), *(exits.REFUSED for clash in clashes if clash.is_contradiction)])


def say(rows: Sequence[Row[Planned]], clashes: Sequence[Clash], console: Console, *, verbose: bool) -> None:
    """Print the table, and what does not fit into it: what tests left, why a setup has no plan, and the clashes."""
    for row in rows:
        if verbose and row.value and not console.as_json:
            console.say(f"{row.file}:", *review_text.as_text(row.value.opened, row.value.review), "")
    console.say(*several.table([(row.file, _result(row)) for row in rows]))
    console.say(*several.details((row.file, _details(row)) for row in rows))
    if clashes:
        console.say("", *(f"! {clash.text}" for clash in clashes))
    if not (verbose or console.as_json):
        console.say("", several.more())


def code_of(row: Row[Planned]) -> int:
    """Return the exit code of a plan of this setup alone."""
    if row.value:
        return exits.DONE if row.value.review.in_place else exits.PENDING
    assert row.error is not None
    return failures.code_of(row.error)


def _details(row: Row[Planned]) -> Iterator[str]:
    if row.error:
        yield str(row.error)
    if row.value:
        yield from review_text.losses(row.value.review)
        yield from review_text.missing(row.value.review)
        yield from row.value.leftovers


def _result(row: Row[Planned]) -> str:
    if row.value is None:
        assert row.error is not None
        return several.result_of(row.error)
    review = row.value.review
    template = _LOSS if review.losses else _LEFT if review.left else _PLANNED
    return translated(template).format(
        in_place=review.plan.summary["in_place"], change=_changes(review), left=len(review.left)
    )


def _changes(review: Review) -> int:
    counts = review.plan.summary
    return counts["create"] + counts["update"] + counts["undelete"]


def _as_json(rows: Sequence[Row[Planned]], clashes: Sequence[Clash], notes: Sequence[str]) -> Plans:
    from wizard.commands import formats_several as formats
    from wizard.commands import review_json

    return formats.Plans(
        setups=[
            formats.PlanOfSetup(
                file=row.file,
                plan=review_json.as_json(row.value.opened, row.value.review) if row.value else None,
                error=several.error_json(row.error),
            )
            for row in rows
        ],
        clashes=[
            formats.Clash(
                files=list(clash.files),
                kind=clash.kind,
                name=clash.name,
                contradiction=clash.is_contradiction,
                text=clash.text,
            )
            for clash in clashes
        ],
        notes=list(notes),
    )
