"""What live tests left in the clouds that were killed: commands that change clouds remove it, others report it."""

from __future__ import annotations

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.journal import JournalError
from wizard.language import _
from wizard.modes.leftover import Leftover
from wizard.modes.opened import Opened, OpenedConfiguration

_REMOVED = "The wizard removed the {what}, which an interrupted live test left behind."
_NOT_REMOVED = "The wizard could not remove the {what}, which an interrupted live test left behind: {error}"
_LEFT = (
    "An interrupted live test left behind the {what}. The next `apply`, `test` or `resume` command for the setup "
    "removes this resource."
)
_IN_USE = "Another live test created the {what}, and might still use it."


def remove(opened: Opened | OpenedConfiguration, only: str | None = None, clouds: Clouds | None = None) -> list[str]:
    """Remove what interrupted tests left in the clouds, or in one half. Returns one sentence for each thing.

    What a running test may use stays. Does nothing if the journal cannot be used: what needs the journal says so.
    Searches through `clouds` if they are given.
    """
    return [removed(leftover) for leftover in found(opened, only, clouds)]


def report(opened: Opened | OpenedConfiguration, only: str | None = None, clouds: Clouds | None = None) -> list[str]:
    """Return one sentence for each thing that tests left in the clouds. Reads only, through `clouds` if given."""
    return [(_(_LEFT) if each.is_over else _(_IN_USE)).format(what=each.what) for each in found(opened, only, clouds)]


def found(opened: Opened | OpenedConfiguration, only: str | None, clouds: Clouds | None = None) -> list[Leftover]:
    """Return what interrupted tests left in the clouds, or in one half; nothing if the journal cannot be used."""
    try:
        return opened.leftovers(only, clouds)
    except JournalError:
        return []


def removed(leftover: Leftover) -> str:
    """Remove what a test left, unless a running test may use it. Returns one sentence."""
    if not leftover.is_over:
        return _(_IN_USE).format(what=leftover.what)
    try:
        leftover.remove()
        leftover.forget()
    except (CloudError, JournalError) as error:
        return _(_NOT_REMOVED).format(what=leftover.what, error=error)
    return _(_REMOVED).format(what=leftover.what)
