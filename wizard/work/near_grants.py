"""Roles that policies grant to a member that almost is the workload: a note, or the cause of a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from wizard.chain.hop import Outcome
from wizard.clouds import google_roles
from wizard.clouds.session import Clouds
from wizard.modes.opened import NearGrant, Observation, Outcomes

_LACKS_PERMISSION = ("WIF0502", "WIF0503")
"""The codes of a permission that the workload lacks, without a more exact cause."""


def observed(near: Iterable[NearGrant], outcomes: Outcomes, clouds: Clouds) -> list[Observation]:
    """Return the observations. One is broken if its role has a permission that the live test found missing."""
    lacking = {permission for ended in outcomes.values() for outcome in ended for permission in _lacking(outcome)}
    return [_broken(each.observation) if _gives(each, lacking, clouds) else each.observation for each in near]


def _lacking(outcome: Outcome) -> set[str]:
    if outcome.status != "failed" or outcome.code not in _LACKS_PERMISSION or outcome.refusal is None:
        return set()
    tested = {str(each["permission"]) for each in outcome.received.get("missing", ())}
    return tested | set(re.findall(r"[\w.]*\w", outcome.refusal.message))


def _gives(near: NearGrant, lacking: set[str], clouds: Clouds) -> bool:
    """Return whether the role has one of the permissions, as far as it can be read."""
    return bool(lacking) and not lacking.isdisjoint(google_roles.read_role(clouds.google, near.role).permissions)


def _broken(observation: Observation) -> Observation:
    return replace(observation, severity="")
