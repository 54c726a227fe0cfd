"""What is in Google Cloud already and decides what a setup has to grant: the provider, and the projects' policies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.engine.resource import State

if TYPE_CHECKING:
    from wizard.modes.aws.model import AwsSetup

GAIN = "The role {role} also gets {granted} on {project}, because the policy already grants this access to {member}."


@dataclass(frozen=True)
class Existing:
    """The provider as `read_provider` returns it, and the bindings of policies by project ID.

    What does not exist, or cannot be read, is left out: `provider` is then None, and a project has no entry.
    """

    provider: State | None = None
    policies: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


def read_existing(clouds: Clouds, setup: AwsSetup) -> Existing:
    """Read the provider and the policies side by side. Never raises CloudError: the plan reads them again."""
    google = setup.google
    pool = f"projects/{setup.pool_project}/locations/global/workloadIdentityPools/{google.pool}"
    projects = list(dict.fromkeys(grant.on.removeprefix("projects/") for grant in setup.access.grants))
    with Readers(max_workers=len(projects) + 1) as readers:
        provider = readers.submit(_read_provider, clouds, f"{pool}/providers/{google.provider}")
        policies = list(readers.map(partial(_read_policy, clouds), projects))
    known = {project: bindings for project, bindings in zip(projects, policies, strict=True) if bindings is not None}
    return Existing(provider.result(), known)


def gains(existing: Existing, role: str, members: Collection[str], asked: Mapping[str, Collection[str]]) -> list[str]:
    """Return the roles that policies grant already to members that include the role, one sentence each.

    `members` include the AWS role; `asked` has the Google Cloud roles that the setup asks for, by project ID.
    """
    lines = []
    for project, bindings in existing.policies.items():
        for binding in bindings:
            granted = str(binding["role"])
            found = [member for member in binding.get("members", ()) if member in members]
            if granted not in asked.get(project, ()):
                lines += [GAIN.format(role=role, granted=granted, project=project, member=member) for member in found]
    return lines


def _read_provider(clouds: Clouds, name: str) -> State | None:
    from wizard.resources.provider import read_provider

    try:
        return read_provider(clouds, name)
    except CloudError:
        return None


def _read_policy(clouds: Clouds, project: str) -> list[dict[str, Any]] | None:
    body = {"options": {"requestedPolicyVersion": 3}}
    try:
        policy = clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{project}:getIamPolicy", body)
    except CloudError:
        return None
    bindings: list[dict[str, Any]] = policy.get("bindings", [])
    return bindings
