"""Removes what live tests left in a cloud that were killed, before the next command does anything else."""

from __future__ import annotations

from wizard.engine.journal import JournalError
from wizard.modes.opened import Opened, OpenedConfiguration


def remove(opened: Opened | OpenedConfiguration) -> list[str]:
    """Remove what interrupted tests left in the clouds. Returns one sentence for each thing.

    Does nothing if the journal cannot be used: what needs the journal says so.
    """
    try:
        return opened.remove_leftovers()
    except JournalError:
        return []
