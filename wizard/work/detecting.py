"""Detects defaults on this machine, and reads live lists for the answers so far."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.clouds.session import Clouds
from wizard.detect import held_roles as held
from wizard.detect import lists
from wizard.detect.live import Listing
from wizard.modes.mode import Mode, table
from wizard.setup.answers import Answers
from wizard.setup.question import Found
from wizard.setup.replacing import HeldRoles, KeyFound, Replaced


def defaults(environ: Mapping[str, str]) -> dict[str, Found]:
    """Return the defaults that this machine has, by the path of a question, for all modes. Calls no cloud."""
    all_defaults: dict[str, Found] = {}
    for mode in table().values():
        all_defaults |= mode.defaults(environ)
    return all_defaults


def keys_of(mode: Mode, answers: Answers, clouds: Clouds) -> dict[str, KeyFound]:
    """Return the service account keys that workloads use today. See `Mode.keys_of`. Raises CloudError."""
    return mode.keys_of(answers, clouds)


def held_roles(clouds: Clouds, account: Replaced) -> HeldRoles:
    """Return the roles that a service account has on a project today. Never raises CloudError."""
    return held.read(clouds, account)


def listing(mode: Mode, name: str, clouds: Clouds, answers: Answers) -> Listing:
    """Return a live list of a mode. Raises CloudError, and KeyError for an unknown name."""
    return lists.listing(mode.readers(), name, clouds, answers)
