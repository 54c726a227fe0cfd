"""The note about a role that a policy grants to a member that almost is the workload."""

from __future__ import annotations

from wizard.language import _
from wizard.modes.opened import NearGrant, Observation
from wizard.resources.grant_commands import grant_command
from wizard.setup.resource_types import name_of

_GRANTED = "the workload does not have {role} on {project}, but a member with a similar ID has the role"
_FIX = (
    "if the workload does not need {role}, remove the grant of the other member. If the workload needs {role}, grant "
    "the role to the workload: {command}"
)


def near_grant(role: str, project: str, member: str, code: str, told: str) -> NearGrant:
    """Return the note. `member` is the workload's own, or empty; `told` says how the other member misses it."""
    evidence = (_(_GRANTED).format(role=role, project=project), told)
    fix = _(_FIX).format(role=role, command=grant_command(name_of(project), role, member)) if member else ""
    return NearGrant(role, Observation(code, evidence, fix, severity="note"))
