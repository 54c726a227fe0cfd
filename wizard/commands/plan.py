"""`wif-wizard plan`: show what would change. It changes nothing."""

from __future__ import annotations

import argparse

from wizard.clouds.reading import ReadingClouds
from wizard.commands import exits, review_text
from wizard.commands.output import Console
from wizard.work import leftovers, planning, setup_files
from wizard.work.opening import open_half


def run(options: argparse.Namespace) -> int:
    """Returns the exit code: 0 if there is nothing to do, 2 if there are changes. Raises BadInput, Refused."""
    if setup_files.are_several(options.setup):
        from wizard.commands import several_plan

        return several_plan.run(options)
    (file,) = options.setup
    opened = open_half(file, options.only)
    console = Console(options.json)
    clouds = ReadingClouds(opened.clouds)
    review = planning.review(opened, options.only, override_owner=options.override_owner, clouds=clouds)
    console.say(*leftovers.report(opened, options.only, clouds))
    if options.json:
        from wizard.commands import review_json

        console.answer(review_json.as_json(opened, review), indent=2)
    else:
        console.say(*review_text.as_text(opened, review))
    return exits.DONE if review.in_place else exits.PENDING
