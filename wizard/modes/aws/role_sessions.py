"""The role sessions that a runtime starts, for computing how Google maps them and whether it admits them."""

from __future__ import annotations

from wizard.federation.aws import partition_of
from wizard.federation.aws_identities import SESSIONS, RoleSessions
from wizard.modes.aws.runtimes import RUNTIMES

_NAMED_BY_PEOPLE = ("lambda",)
"""Runtimes whose session names are chosen by people, such as the name of a function: they can start with anything."""


def role_sessions(account: str, role: str, runtime: str, region: str) -> RoleSessions:
    """Return the role with session names as long as the runtime's longest. Raises KeyError for an unknown runtime."""
    fillings = [filling * 2 for filling in SESSIONS]
    if runtime in _NAMED_BY_PEOPLE:
        names = tuple(filling[: RUNTIMES[runtime].session_length] for filling in fillings)
    else:
        names = tuple(RUNTIMES[runtime].session_name(filling) for filling in fillings)
    return RoleSessions(account, role, partition_of(region), names)
