"""The risks of a setup on GKE: what the workloads have beyond their need, and keys that still work."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from wizard.chain.project_policy import is_account
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation import gke
from wizard.federation.principals import FederatedIdentity, admits
from wizard.language import _
from wizard.modes import access, risks
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.model import Workload
from wizard.modes.observing import Check
from wizard.modes.opened import Observation

_ROLES = "roles that the setup names"
_KEYS = "keys of the service account {email}"


def checks(blueprint: GkeBlueprint, clouds: Clouds) -> Iterator[Check]:
    """Yield what to look at, for each workload."""
    setup = blueprint.setup
    homes = _accounts(blueprint)
    for workload in setup.workloads:
        roles = [role for grant in workload.grants for role in grant.roles]
        yield Check(_(_ROLES), partial(risks.gaps, roles), workload.title)
        for project in _projects(blueprint, workload):
            look = partial(_of_project, blueprint, clouds, workload, project)
            yield Check(risks.title_at(project), look, workload.title)
        replaced = setup.replaced(workload)
        named = dict.fromkeys([setup.service_account_email(workload), replaced[1] if replaced else None])
        for email in filter(None, named):
            yield Check(_(_KEYS).format(email=email), partial(_keys, clouds, homes[email], email), workload.title)


def _projects(blueprint: GkeBlueprint, workload: Workload) -> dict[str, None]:
    return dict.fromkeys([blueprint.setup.google.project, *access.roles(workload.grants)])


def _of_project(blueprint: GkeBlueprint, clouds: Clouds, workload: Workload, project: str) -> list[Observation]:
    email = blueprint.setup.service_account_email(workload)
    pool = blueprint.pool
    identity = FederatedIdentity(pool, gke.subject(workload.namespace, workload.service_account))
    bindings = risks.bindings_at(clouds, project)

    def is_holder(member: str) -> bool:
        return is_account(member, email) if email else admits(member, identity)

    return risks.of_bindings(bindings, project, email or workload.title, is_holder, pool.name)


def _accounts(blueprint: GkeBlueprint) -> dict[str, str]:
    """Return the project of each Google service account, by email: those that are impersonated or replaced."""
    setup, accounts = blueprint.setup, {}
    for workload in setup.workloads:
        email, replaced = setup.service_account_email(workload), setup.replaced(workload)
        if email:
            accounts[email] = setup.service_account_project(workload)
        if replaced:
            accounts[replaced[1]] = replaced[0]
    return accounts


def _keys(clouds: Clouds, project: str, email: str) -> list[Observation]:
    try:
        return risks.keys_left(clouds, project, email)
    except CloudError as error:
        if error.status == 404:
            return []
        raise
