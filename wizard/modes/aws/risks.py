"""The risks of a setup on AWS: who else gets in through the provider, and what the workload has beyond its need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from wizard.chain.project_policy import is_account
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.gate import Gate
from wizard.federation.grantee import NoGrantee, grantee
from wizard.federation.mapping import ExpressionError
from wizard.federation.weakness import weaknesses
from wizard.language import _
from wizard.modes import access, risks
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.observing import Check
from wizard.modes.opened import Observation

_ROLES = "roles that the setup names"
_ON_ACCOUNT = "roles on the service account {email}"
_PROVIDER = "workload identity pool provider {provider}"
_KEYS = "keys of the service account {email}"


def checks(blueprint: Blueprint, clouds: Clouds) -> Iterator[Check]:
    """Yield what to look at. What does not exist has no risks."""
    setup = blueprint.setup
    account = setup.service_account_email
    projects = dict.fromkeys([setup.google.project, *access.roles(setup.access.grants)])
    for project in projects:
        yield Check(risks.title_at(project), partial(_of_project, blueprint, clouds, project))
    roles = [role for grant in setup.access.grants for role in grant.roles]
    yield Check(_(_ROLES), partial(risks.gaps, roles))
    if setup.role_name:
        yield Check(_(_PROVIDER).format(provider=blueprint.provider.name), partial(_of_provider, blueprint, clouds))
    for email, home in _accounts(blueprint):
        yield Check(_(_KEYS).format(email=email), partial(_keys, clouds, home, email))
    if account:
        home = setup.service_account_project
        yield Check(_(_ON_ACCOUNT).format(email=account), partial(_of_account, blueprint, clouds, account, home))


def _of_project(blueprint: Blueprint, clouds: Clouds, project: str) -> list[Observation]:
    return _of_bindings(blueprint, risks.bindings_at(clouds, project), project)


def _of_account(blueprint: Blueprint, clouds: Clouds, email: str, home: str) -> list[Observation]:
    policy = _or_empty(lambda: clouds.google_iam.get_policy(home, email))
    return _of_bindings(blueprint, policy.get("bindings", ()), email)


def _of_bindings(blueprint: Blueprint, bindings: Iterable[dict[str, Any]], on: str) -> list[Observation]:
    account = blueprint.setup.service_account_email
    holder = account or blueprint.principal

    def is_holder(member: str) -> bool:
        return is_account(member, account) if account else member == blueprint.principal

    return risks.of_bindings(bindings, on, holder, is_holder, blueprint.pool.name)


def _keys(clouds: Clouds, home: str, email: str) -> list[Observation]:
    try:
        return risks.keys_left(clouds, home, email)
    except CloudError as error:
        if error.status == 404:
            return []
        raise


def _or_empty(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what was read; empty if it does not exist."""
    try:
        return read()
    except CloudError as error:
        if error.status == 404:
            return {}
        raise


def _accounts(blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    """Yield the email and the project of each service account: the impersonated one, and the one it replaces."""
    setup = blueprint.setup
    if setup.service_account_email:
        yield setup.service_account_email, setup.service_account_project
    if setup.replaced:
        project, email = setup.replaced
        yield email, project


def _of_provider(blueprint: Blueprint, clouds: Clouds) -> Iterator[Observation]:
    google = blueprint.setup.google
    # By the project's ID, as the plan reads them.
    home = f"projects/{blueprint.setup.pool_project}/locations/global/workloadIdentityPools/{google.pool}"
    try:
        provider = clouds.google.call("iam", "GET", f"/v1/{home}/providers/{google.provider}")
        pool = clouds.google.call("iam", "GET", f"/v1/{home}")
    except CloudError as error:
        if error.status == 404:
            return
        raise
    facts = ProviderFacts.of(provider, pool)
    sessions = blueprint.sessions
    if facts.type != "aws" or facts.closed:
        return
    try:
        evidence = weaknesses(facts.mapping, facts.condition, sessions, grantee(facts.mapping, sessions))
        code = _code(facts, sessions)
    except (NoGrantee, ExpressionError):
        return
    if evidence:
        yield Observation(code, tuple(evidence))


def _code(facts: ProviderFacts, sessions: RoleSessions) -> str:
    """Return the code: no condition, one that admits every role of the account, or one that admits some others."""
    if not facts.condition:
        return "WIF1001"
    gate = Gate(facts.mapping, facts.condition)
    return "WIF1002" if all(gate.admits(other) for other in sessions.other_roles()) else "WIF1003"
