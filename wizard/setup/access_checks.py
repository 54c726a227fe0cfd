"""Direct access that cannot work, or works within limits: what no single line of a setup tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.setup import products
from wizard.setup.problems import SetupProblem

if TYPE_CHECKING:
    from wizard.setup.products import Limit
    from wizard.setup.sections import Grant


@dataclass(frozen=True)
class Access:
    """The access of one workload: where its grants stand in the setup ("access."), and how it is to get them."""

    where: str
    direct: bool
    grants: Sequence[Grant]
    name_it: str
    """How a service account is named there: "service_account: NAME"."""

    @property
    def fix(self) -> str:
        """How to get the same access through a service account."""
        return f"write `via: service-account` with `{self.name_it}`"

    def roles(self) -> Iterator[tuple[str, str]]:
        """Where a role stands, and the role."""
        for place, grant in enumerate(self.grants):
            for role in grant.roles:
                yield f"{self.where}grants[{place}].roles", role


def direct_problems(access: Access) -> Iterator[SetupProblem]:
    """Roles that a federated identity cannot use by itself: the workload needs a service account for them."""
    if not access.direct:
        return
    for where, role in access.roles():
        if reason := products.direct_access_problem(role):
            yield SetupProblem(where, None, f"{role}: {reason}", access.fix)


def direct_notes(access: Access, further: Sequence[Limit] = ()) -> Iterator[str]:
    """Roles that a federated identity can use by itself in part only; `further` limits are a mode's own."""
    if not access.direct:
        return
    for _, role in access.roles():
        if note := products.direct_access_note(role, further):
            yield f"{role}: {note}"
