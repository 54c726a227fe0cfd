"""Checks of direct access: roles for which it cannot work, and roles for which it works within limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.language import _
from wizard.setup import products, resource_types, role_sets
from wizard.setup.problems import SetupProblem

if TYPE_CHECKING:
    from wizard.setup.products import Limit
    from wizard.setup.sections import Grant


@dataclass(frozen=True)
class Access:
    """The access of one workload. `where` is the start of its paths in the setup ("access.")."""

    where: str
    direct: bool
    grants: Sequence[Grant]
    account_line: str
    """The line that names a service account in this part of the setup: "service_account: NAME"."""

    @property
    def fix(self) -> str:
        """What to write to get the same access through a service account."""
        return _("write `via: service-account` and `{account_line}`").format(account_line=self.account_line)

    def roles(self) -> Iterator[tuple[str, str]]:
        """Yield the path and the name of each role."""
        for place, grant in enumerate(self.grants):
            for role in grant.roles:
                yield f"{self.where}grants[{place}].roles", role


def direct_problems(access: Access) -> Iterator[SetupProblem]:
    """Yield a problem for each role that needs a service account, if access is direct."""
    if not access.direct:
        return
    for where, role in access.roles():
        reason = products.direct_access_problem(role)
        if reason:
            yield SetupProblem(where, None, f"{role}: {reason}", access.fix)


def placement_problems(access: Access) -> Iterator[SetupProblem]:
    """Yield a problem for each role that has no effect on the resource that it is granted on."""
    for place, grant in enumerate(access.grants):
        on = resource_types.parse(grant.on)
        for role in grant.roles if on else ():
            found = resource_types.role_problem(role, on) if on else None
            if found:
                yield SetupProblem(f"{access.where}grants[{place}].roles", None, *found)


def direct_notes(access: Access, further: Sequence[Limit] = ()) -> Iterator[str]:
    """Yield a note for each role that works only in part with direct access. `further` are the limits of a mode."""
    if not access.direct:
        return
    for _project, role in access.roles():
        note = products.direct_access_note(role, further)
        if note:
            yield f"{role}: {note}"


def role_notes(access: Access) -> list[str]:
    """Return a note for each gap in the roles, because of which they cannot do their usual job."""
    return role_sets.notes(role for _, role in access.roles())
