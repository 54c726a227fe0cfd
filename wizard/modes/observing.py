"""Runs the checks of what the doctor observes side by side. A check that cannot read is unknown, and never healthy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wizard.clouds import missing_permissions
from wizard.clouds.errors import CloudError
from wizard.engine.readers import Readers
from wizard.modes.opened import Observation, Observed

_UNREAD = "{about}: {reason}"


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    `look` returns what is wrong or risky, and a sentence for each thing that it could not read. It raises CloudError if
    it cannot read anything.
    """

    about: str
    """What is looked at, such as "keys of loader@acme-analytics.iam.gserviceaccount.com"."""
    look: Callable[[], Iterable[Observation | str]]
    workload: str = ""
    """The title of the workload; empty if the setup has one workload."""


def observed(checks: Iterable[Check]) -> Observed:
    """Return what the checks found, in their order."""
    several = list(checks)
    with Readers() as readers:
        results = list(readers.map(_look, several))
    found: dict[str, list[Observation]] = {}
    unread: dict[str, None] = {}
    for check, result in zip(several, results, strict=True):
        if isinstance(result, CloudError):
            unread[_UNREAD.format(about=check.about, reason=missing_permissions.words(result))] = None
            continue
        unread |= dict.fromkeys(each for each in result if isinstance(each, str))
        found.setdefault(check.workload, []).extend(each for each in result if isinstance(each, Observation))
    return Observed(found, tuple(unread))


def _look(check: Check) -> list[Observation | str] | CloudError:
    try:
        return list(check.look())
    except CloudError as error:
        return error
