"""What a live test that was killed left in a cloud."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Leftover:
    """One thing that a live test created for a while."""

    what: str
    """Its kind and its name, such as "one-off job wif-wizard-probe-2611300331-ab12cd"."""
    is_over: bool
    """Whether no test uses it any more: the journal of this machine says so, or it is older than any test."""
    remove: Callable[[], None]
    """Removes it. What does not exist is no error. Raises CloudError."""
    forget: Callable[[], None] = lambda: None
    """Removes its record from the journal, if it has one. Raises JournalError."""
