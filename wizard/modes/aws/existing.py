"""What is in Google Cloud already and decides what a setup has to grant: the provider, and the projects' policies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.engine.resource import State
from wizard.federation.bystanders import Neighbor
from wizard.federation.identifiers import PoolName
from wizard.language import N_, translated
from wizard.modes import access
from wizard.resources import already
from wizard.resources.already import Already, Bindings

if TYPE_CHECKING:
    from wizard.modes.aws.model import AwsSetup

GAIN = N_(
    "The IAM role {role} also gets {granted} on {project}, because the policy already grants this access to {member}."
)
GAIN_UNDER_CONDITION = N_(
    "The IAM role {role} also gets {granted} on {project} under the condition {condition}, because the policy already "
    "grants this access to {member}."
)

ACCOUNT_GAINS = (
    N_(
        "The service account {role} also gets {granted} on {project}, because the policy already grants this access "
        "to {member}."
    ),
    N_(
        "The service account {role} also gets {granted} on {project} under the condition {condition}, because the "
        "policy already grants this access to {member}."
    ),
)


@dataclass(frozen=True)
class Existing:
    """The provider as `read_provider` returns it, the pool's other providers, and policies' bindings by project ID.

    The policies are those of the projects that the setup names. What does not exist, or cannot be read, is left out:
    `provider` is then None, and a project has no entry.
    """

    provider: State | None = None
    neighbors: tuple[Neighbor, ...] = ()
    policies: Mapping[str, Bindings] = field(default_factory=dict)


def read_existing(clouds: Clouds, setup: AwsSetup) -> Existing:
    """Read the provider and the policies side by side. Never raises CloudError: the plan reads them again."""
    google = setup.google
    pool = f"projects/{setup.pool_project}/locations/global/workloadIdentityPools/{google.pool}"
    granted = access.roles(setup.access.grants)
    projects = (*granted, google.project, setup.pool_project, setup.service_account_project)
    with Readers(max_workers=2) as beside:
        provider = beside.submit(_read_provider, clouds, f"{pool}/providers/{google.provider}")
        neighbors = beside.submit(_read_neighbors, clouds, pool, google.provider)
        policies = already.read_bindings(clouds, projects)
    return Existing(provider.result(), neighbors.result(), policies)


def standing(existing: Existing, pool: PoolName, but: Collection[str]) -> Iterator[Already]:
    """Yield what policies grant to members of a pool, without the members `but`."""
    bindings = (binding for policy in existing.policies.values() for binding in policy)
    found = {member for binding in bindings for member in binding.get("members", ()) if f"/{pool.name}/" in member}
    return already.not_asked(existing.policies, found - set(but), {})


def gains(
    existing: Existing,
    workload: str,
    members: Collection[str],
    asked: Mapping[str, Collection[str]],
    templates: tuple[str, str] = (GAIN, GAIN_UNDER_CONDITION),
) -> list[str]:
    """Return the roles that policies grant already to members that include the workload, one sentence each.

    `members` include the workload; `asked` has the Google Cloud roles that the setup asks for, by project ID.
    `templates` are the sentences without a condition, and with one.
    """
    return [_gain(workload, each, *templates) for each in already.not_asked(existing.policies, members, asked)]


def _gain(workload: str, each: Already, plain: str, conditional: str) -> str:
    words = {"role": workload, "granted": each.role, "project": each.project, "member": each.member}
    if each.condition is None:
        return translated(plain).format(**words)
    return translated(conditional).format(condition=each.condition, **words)


def _read_provider(clouds: Clouds, name: str) -> State | None:
    from wizard.resources.provider import read_provider

    try:
        return read_provider(clouds, name)
    except CloudError:
        return None


def _read_neighbors(clouds: Clouds, pool: str, provider: str) -> tuple[Neighbor, ...]:
    from wizard.resources.provider import read_neighbors

    try:
        return read_neighbors(clouds, pool, provider)
    except CloudError:
        return ()
