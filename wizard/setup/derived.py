"""Names that follow from other answers, and fit the APIs' rules."""

from __future__ import annotations

import re

from wizard.setup import rules


def service_account(name: str, prefix: str) -> str | None:
    """A Google service account's name after another name, cut and filled to what Google takes.

    `prefix` goes before a name that does not begin with a letter. None if nothing is left.
    """
    made = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    made = made if made[:1].isalpha() else f"{prefix}-{made}"
    made = made[:30].strip("-")
    made = made if len(made) >= 6 else f"{made}-workload"
    usable = re.search(r"[A-Za-z0-9]", name) and rules.service_account_id(made) is None
    return made if usable else None
