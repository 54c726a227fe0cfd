"""The risks of a setup on GKE: what the workloads have beyond their need, and keys that still work."""

from __future__ import annotations

from wizard.chain.project_policy import is_account
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation import gke
from wizard.federation.principals import FederatedIdentity, admits
from wizard.modes import risks
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.model import Workload
from wizard.modes.opened import Risk


def of(blueprint: GkeBlueprint, clouds: Clouds) -> dict[str, list[Risk]]:
    """Return the risks of each workload, by its title, each with evidence. Raises CloudError."""
    setup = blueprint.setup
    bindings = {
        project: risks.project_bindings(clouds, project)
        for project in dict.fromkeys(
            [setup.google.project, *(grant.on.partition("/")[2] for each in setup.workloads for grant in each.grants)]
        )
    }
    keys = {email: _keys(clouds, project, email) for email, project in _accounts(blueprint).items()}
    found = {}
    for workload in setup.workloads:
        email = setup.service_account_email(workload)
        own = [risk for project, listed in bindings.items() for risk in _of(blueprint, workload, project, listed)]
        replaced = setup.replaced(workload)
        named = dict.fromkeys([email, replaced[1] if replaced else None])
        found[workload.title] = own + [risk for each in named if each for risk in keys[each]]
    return found


def _of(blueprint: GkeBlueprint, workload: Workload, project: str, bindings: list[dict[str, object]]) -> list[Risk]:
    setup = blueprint.setup
    email = setup.service_account_email(workload)
    pool = blueprint.pool
    identity = FederatedIdentity(pool, gke.subject(workload.namespace, workload.service_account))

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


def _keys(clouds: Clouds, project: str, email: str) -> list[Risk]:
    try:
        return risks.keys_left(clouds, project, email)
    except CloudError as error:
        if error.status == 404:
            return []
        raise
