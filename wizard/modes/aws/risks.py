"""The risks of a setup on AWS: who else gets in through the provider, and what the workload has beyond its need."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.chain.project_policy import is_account
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.gate import Gate
from wizard.federation.grantee import NoGrantee, grantee
from wizard.federation.mapping import ExpressionError
from wizard.federation.weakness import weaknesses
from wizard.modes import risks
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.opened import Risk


def of(blueprint: Blueprint, clouds: Clouds) -> list[Risk]:
    """Return the risks, each with evidence. What does not exist has none. Raises CloudError."""
    setup = blueprint.setup
    account = setup.service_account_email
    found: list[Risk] = []
    projects = dict.fromkeys([setup.google.project, *(grant.on.partition("/")[2] for grant in setup.access.grants)])
    holder = account or blueprint.principal

    def is_holder(member: str) -> bool:
        return is_account(member, account) if account else member == blueprint.principal

    for project in projects:
        bindings = risks.project_bindings(clouds, project)
        found += risks.of_bindings(bindings, project, holder, is_holder, blueprint.pool.name)
    if setup.role_name:
        found += _of_provider(blueprint, clouds)
    for email, home in _accounts(blueprint):
        try:
            found += risks.keys_left(clouds, home, email)
            policy = clouds.google_iam.get_policy(home, email)
        except CloudError as error:
            if error.status != 404:
                raise
            continue
        found += risks.of_bindings(policy.get("bindings", ()), email, holder, is_holder, blueprint.pool.name)
    return found


def _accounts(blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    """Yield the email and the project of each service account: the impersonated one, and the one it replaces."""
    setup = blueprint.setup
    if setup.service_account_email:
        yield setup.service_account_email, setup.service_account_project
    if setup.replaced:
        project, email = setup.replaced
        yield email, project


def _of_provider(blueprint: Blueprint, clouds: Clouds) -> Iterator[Risk]:
    try:
        provider = clouds.google.call("iam", "GET", f"/v1/{blueprint.provider.name}")
        pool = clouds.google.call("iam", "GET", f"/v1/{blueprint.pool.name}")
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
        yield Risk(code, tuple(evidence))


def _code(facts: ProviderFacts, sessions: RoleSessions) -> str:
    """Return the code: no condition, one that admits every role of the account, or one that admits some others."""
    if not facts.condition:
        return "WIF1001"
    gate = Gate(facts.mapping, facts.condition)
    return "WIF1002" if all(gate.admits(other) for other in sessions.other_roles()) else "WIF1003"
