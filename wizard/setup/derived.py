"""Names that are derived from other answers, and follow the rules of the APIs."""

from __future__ import annotations

import re

from wizard.setup import rules


def service_account(name: str, prefix: str) -> str | None:
    """Return a valid Google service account name derived from `name`; None if `name` has no letter or digit.

    `prefix` goes before a name that does not start with a letter.
    """
    if not re.search(r"[A-Za-z0-9]", name):
        return None
    account = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not account[:1].isalpha():
        account = f"{prefix}-{account}"
    account = account[:30].strip("-")
    if len(account) < 6:
        account = f"{account}-workload"
    return account if rules.service_account_id(account) is None else None
