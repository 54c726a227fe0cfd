"""`wif-wizard plan`: what would be changed, and nothing is."""

from __future__ import annotations

import argparse
import json

from wizard.commands import exits
from wizard.work import planning
from wizard.work.opened import open_setup


def run(options: argparse.Namespace) -> int:
    """Exit 0: nothing to do; 2: changes to make. Raises BadInput, Refused."""
    opened = open_setup(options.setup, ask_google=options.only not in ("aws", "kubernetes"))
    reviewed = planning.review(opened, options.only)
    if options.json:
        print(json.dumps(planning.as_json(opened, reviewed), indent=2))
    else:
        print("\n".join(planning.as_text(opened, reviewed)))
    return exits.DONE if reviewed.plan.empty else exits.PENDING
