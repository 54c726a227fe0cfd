"""What live tests left in the clouds that were killed: commands that change clouds remove it, others report it."""

from __future__ import annotations

from wizard.clouds.errors import CloudError
from wizard.clouds.reading import ReadingClouds
from wizard.engine.journal import JournalError
from wizard.modes.leftover import Leftover
from wizard.modes.opened import Opened, OpenedConfiguration

_REMOVED = "The wizard removed the {what}, which an interrupted live test left."
_NOT_REMOVED = "The wizard could not remove the {what}, which an interrupted live test left: {error}"
_LEFT = "An interrupted live test left the {what}. The commands apply, test and resume remove it."
_IN_USE = "Another live test created the {what}, and may still use it."


def remove(opened: Opened | OpenedConfiguration, only: str | None = None) -> list[str]:
    """Remove what interrupted tests left in the clouds, or in one half. Returns one sentence for each thing.

    What a running test may use stays. Does nothing if the journal cannot be used: what needs the journal says so.
    """
    return [_removed(leftover) for leftover in _found(opened, only)]


def report(
    opened: Opened | OpenedConfiguration, only: str | None = None, clouds: ReadingClouds | None = None
) -> list[str]:
    """Return one sentence for each thing that tests left in the clouds. Reads only, through `clouds` if given."""
    return [(_LEFT if each.is_over else _IN_USE).format(what=each.what) for each in _found(opened, only, clouds)]


def _found(
    opened: Opened | OpenedConfiguration, only: str | None, clouds: ReadingClouds | None = None
) -> list[Leftover]:
    try:
        return opened.leftovers(only, clouds)
    except JournalError:
        return []


def _removed(leftover: Leftover) -> str:
    if not leftover.is_over:
        return _IN_USE.format(what=leftover.what)
    try:
        leftover.remove()
        leftover.forget()
    except (CloudError, JournalError) as error:
        return _NOT_REMOVED.format(what=leftover.what, error=error)
    return _REMOVED.format(what=leftover.what)
