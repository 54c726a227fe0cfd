"""Facts for a live test that the operator can read, in any mode: who has which roles, and the recent grants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from wizard.chain.recent_grants import RecentGrant
from wizard.clouds import endpoints
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.journal import Journal, Run, Write
from wizard.engine.resource import Resource
from wizard.modes import live_grants
from wizard.modes.access import IMPERSONATE
from wizard.modes.live_targets import TargetReader
from wizard.resources.grants import Grants
from wizard.resources.held import Held
from wizard.resources.kind import Kind
from wizard.resources.services import EnabledServices
from wizard.setup import resource_types
from wizard.setup.resource_types import name_of

_RUNS_LOOKED_AT = 20
_FOR_ACCOUNTS, _TOKEN_CREATOR = "roles/iam.serviceAccount", "roles/iam.serviceAccountTokenCreator"


@dataclass(frozen=True)
class Policies:
    """What the operator can read about the grants that the hops need. `held` has them by hop, with their conditions.

    `account_disabled` is None if the workload impersonates no service account, or if the account cannot be read.
    `on_account` has the grants of roles on the service account that do not permit impersonation.
    """

    held: dict[str, tuple[Held, ...]]
    account_disabled: bool | None
    on_account: tuple[Held, ...] = ()

    @property
    def members(self) -> dict[str, tuple[str, ...]]:
        """The members that have what each hop needs, by hop."""
        return {hop: live_grants.members(held) for hop, held in self.held.items()}


def policies(
    clouds: Clouds, reader: TargetReader, roles: dict[str, list[str]], email: str | None, home: str
) -> Policies:
    """Return the grants that the hops need. Hops whose policies cannot be read are left out.

    `reader` reads the policies of projects. `roles` are wanted on each project. `email` is the service account to
    impersonate, in the project `home`.
    """
    by_hop: dict[str, tuple[Held, ...] | None] = {"permission": _on_projects(reader, roles) if roles else None}
    if email is None:
        return Policies(_known(by_hop), None)
    name, own = f"projects/{home}/serviceAccounts/{email}", _policy_of_account(clouds, email, home)
    by_hop["impersonation"] = None if own is None else _impersonators(own, reader, name, home)
    others = _held(own, _not_impersonating(own), name) if own else ()
    return Policies(_known(by_hop), _disabled(clouds, email, home), others)


def _known(by_hop: dict[str, tuple[Held, ...] | None]) -> dict[str, tuple[Held, ...]]:
    return {hop: found for hop, found in by_hop.items() if found is not None}


def _on_projects(reader: TargetReader, roles: dict[str, list[str]]) -> tuple[Held, ...] | None:
    """Return the grants of the roles on all projects; None if a policy cannot be read."""
    held: tuple[Held, ...] = ()
    for project, policy in reader.project_policies(roles).items():
        if policy is None:
            return None
        held += _held(policy, roles[project], name_of(project))
    return held


def _policy_of_account(clouds: Clouds, email: str, home: str) -> dict[str, Any] | None:
    """Return the policy of the service account; None if it cannot be read."""
    try:
        return dict(clouds.google_iam.get_policy(home, email))
    except CloudError:
        return None


def _impersonators(own: dict[str, Any], reader: TargetReader, name: str, home: str) -> tuple[Held, ...]:
    """Return the grants in the service account's own policy, and those on its project as far as they can be read."""
    roles = [IMPERSONATE]
    inherited = reader.project_policies([home])[home]
    return (*_held(own, roles, name), *(_held(inherited, roles, f"projects/{home}") if inherited else ()))


def _not_impersonating(own: dict[str, Any]) -> list[str]:
    """Return the roles for service accounts in a policy that do not permit to get their access tokens."""
    roles = [str(binding.get("role")) for binding in own.get("bindings", ())]
    return [role for role in roles if role.startswith(_FOR_ACCOUNTS) and role != _TOKEN_CREATOR]


def _disabled(clouds: Clouds, email: str, home: str) -> bool | None:
    try:
        return bool(clouds.google_iam.get_service_account(home, email).get("disabled", False))
    except CloudError:
        return None


def _held(policy: dict[str, Any], roles: list[str], on: str) -> tuple[Held, ...]:
    return tuple(live_grants.holders(policy, roles, on, datetime.now(UTC)))


def recent_grants(resources: Sequence[Resource]) -> Iterator[RecentGrant]:
    """Yield each write to these resources that the journal has, once for each hop that needs it."""
    kinds = {resource.identity: resource for resource in resources if isinstance(resource, Kind)}
    journal = Journal()
    for run in journal.runs()[:_RUNS_LOOKED_AT]:
        for write in journal.writes(run.id):
            resource = kinds.get((write.kind, write.name))
            if write.finished and write.outcome == "done" and resource and _concerns(write, run, resource):
                for hop in resource.needed_at:
                    source: Literal["journal", "api"] = "api" if isinstance(resource, EnabledServices) else "journal"
                    yield RecentGrant(hop, datetime.fromisoformat(write.finished), source)


def _concerns(write: Write, run: Run, resource: Kind) -> bool:
    """Return whether a write changed what a resource wants: others write grants to the same policy."""
    if not isinstance(resource, Grants):
        return True
    before = write.before or {}
    added = {role: set(members) - set(before.get(role) or ()) for role, members in write.after.items()}
    is_added = any(added.get(role, set()) & set(members) for role, members in resource.grants.items())
    return is_added and not run.details.reverts


def endpoints_of(clouds: Clouds) -> dict[str, str]:
    """Return the URLs of the APIs that the test calls."""
    others = {each.api for each in resource_types.TYPES} - {"cloudresourcemanager", "bigquery"}
    overridden = {api: endpoints.google(api, clouds.environ) for api in sorted(others)}
    changed = {api: url for api, url in overridden.items() if url != endpoints.google(api, {})}
    return {
        **changed,
        "sts": endpoints.google("sts", clouds.environ),
        "iamcredentials": endpoints.google("iamcredentials", clouds.environ),
        "resource_manager": endpoints.google("cloudresourcemanager", clouds.environ),
        "bigquery": endpoints.google("bigquery", clouds.environ),
    }
