"""The setup that describes what a credential configuration for AWS uses, as it is in the clouds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.federation.aws_identities import RoleSessions
from wizard.language import _
from wizard.modes import configurations
from wizard.modes.aws.live import candidates, meant
from wizard.modes.aws.live.facts import ProviderFacts
from wizard.modes.granted import Granted
from wizard.modes.opened import FoundSetup
from wizard.phrases import sentences
from wizard.setup.problems import BadInput

_NO_PROVIDER = "{path} does not name a provider of a workload identity pool, so the doctor cannot find the setup"
_NO_PROJECT = "the doctor cannot read the project {number} of the pool that {path} names: {reason}"
_REGION = "the region is {region}"
_ROLES = "the workload needs the roles that it has now on {project}: {roles}"
_ROLES_BEFORE = (
    "the workload needs the roles that its service account had on {project} before someone recreated the service "
    "account: {roles}"
)
_NO_ROLES = (
    "the policies that the doctor can read grant no roles to the IAM role {role}, so the doctor does not know which "
    "roles the workload needs"
)
_NO_ROLES_OF_ACCOUNT = (
    "the policies that the doctor can read grant no roles to the service account {account}, so the doctor does not "
    "know which roles the workload needs"
)


@dataclass(frozen=True)
class Where:
    """The AWS side: the role, the name of the runtime, the region, and where these come from."""

    sessions: RoleSessions
    runtime: str
    region: str
    told: tuple[str, ...]


def found(
    path: Path,
    document: Mapping[str, Any],
    provider: ProviderFacts | None,
    granted: Granted,
    where: Where,
    is_missing: Callable[[str], bool],
) -> FoundSetup:
    """Return the setup. Raises BadInput if the configuration or the project of its pool does not say enough.

    `is_missing` tells for the name of a role on AWS whether it surely does not exist.
    """
    named = configurations.provider_of(document)
    if named is None:
        raise BadInput(_(_NO_PROVIDER).format(path=path))
    projects = list(granted.projects)
    if not projects:
        reason = sentences(granted.notes)
        raise BadInput(_(_NO_PROJECT).format(number=named.pool.project_number, path=path, reason=reason))
    account = configurations.account_of(document)
    sessions = where.sessions
    identity = candidates.identity_of(provider, sessions, named.pool)
    roles = granted.roles_of(identity, account)
    before = granted.roles_before(account) if account and not roles else {}
    almost = meant.NOTHING
    if not account and not roles:
        almost = meant.read(granted, named.pool, sessions, identity, is_missing)
    wanted = roles or before or almost.roles
    project = next(iter(wanted), projects[0])
    google: dict[str, Any] = {"project": project, "pool": named.pool.pool, "provider": named.provider}
    if project != projects[0]:
        google["pool_project"] = projects[0]
    aws = {
        "account": sessions.account,
        "region": where.region,
        "runtime": where.runtime,
        "role": sessions.role,
    }
    access: dict[str, Any] = {"via": "service-account", "service_account": account} if account else {"via": "direct"}
    access["grants"] = [{"on": f"projects/{each}", "roles": held} for each, held in wanted.items()]
    data = {
        "version": 1,
        "mode": "aws",
        "aws": aws,
        "google": google,
        "access": access,
        "credential_config": path.name,
    }
    assumed = [
        *where.told,
        _(_REGION).format(region=where.region),
        *(_(_ROLES).format(roles=", ".join(held), project=each) for each, held in roles.items()),
        *(_(_ROLES_BEFORE).format(roles=", ".join(held), project=each) for each, held in before.items()),
        *almost.told,
    ]
    of_nobody = _(_NO_ROLES_OF_ACCOUNT) if account else _(_NO_ROLES)
    unknown = () if wanted else (of_nobody.format(account=account, role=sessions.role),)
    return FoundSetup(data, tuple(assumed), unknown)
