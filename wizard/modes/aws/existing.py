"""What is in Google Cloud already and decides what a setup has to grant: the provider, and the projects' policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds

if TYPE_CHECKING:
    from wizard.federation.aws_identities import RoleSessions
    from wizard.federation.identifiers import PoolName
    from wizard.modes.aws.model import AwsSetup

GAIN = "The role {role} also gets {granted} on {project}: the policy grants it to {member} already."


@dataclass(frozen=True)
class Existing:
    """A provider that exists for AWS, with its effective mapping, and the bindings of policies by project ID.

    What does not exist, or cannot be read, is left out: `mapping` is then None, and a project has no entry.
    """

    mapping: Mapping[str, str] | None = None
    condition: str = ""
    policies: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)


def read_existing(clouds: Clouds, setup: AwsSetup) -> Existing:
    """Read the provider and the policies side by side. Never raises CloudError: the plan reads them again."""
    google = setup.google
    path = f"/v1/projects/{setup.pool_project}/locations/global/workloadIdentityPools/{google.pool}"
    projects = list(dict.fromkeys(grant.on.removeprefix("projects/") for grant in setup.access.grants))
    with ThreadPoolExecutor(max_workers=len(projects) + 1) as readers:
        provider = readers.submit(_read_provider, clouds, f"{path}/providers/{google.provider}")
        policies = list(readers.map(partial(_read_policy, clouds), projects))
    known = {project: bindings for project, bindings in zip(projects, policies, strict=True) if bindings is not None}
    mapping, condition = provider.result()
    return Existing(mapping, condition, known)


def gains(
    existing: Existing, mapping: Mapping[str, str], sessions: RoleSessions, pool: PoolName, own: Iterable[str]
) -> list[str]:
    """Return what members that policies have already give to the role, one sentence each.

    `own` has the members that the setup itself wants.
    """
    from wizard.federation.gate import Gate
    from wizard.federation.mapping import ExpressionError
    from wizard.federation.principals import FederatedIdentity, admits

    try:
        mapped = Gate(mapping).map(sessions.identities()[0])
    except ExpressionError:
        return []
    identity = FederatedIdentity(pool, mapped.subject, mapped.groups, mapped.attributes)
    others = set(own)
    lines = []
    for project, bindings in existing.policies.items():
        for binding in bindings:
            for member in binding.get("members", ()):
                if member not in others and admits(member, identity):
                    values = {"granted": binding["role"], "project": project, "member": member}
                    lines.append(GAIN.format(role=sessions.role, **values))
    return lines


def _read_provider(clouds: Clouds, path: str) -> tuple[Mapping[str, str] | None, str]:
    from wizard.federation.gate import effective

    try:
        provider = clouds.google.get_or_none("iam", path)
    except CloudError:
        return None, ""
    if not provider or "aws" not in provider:
        return None, ""
    return effective(provider.get("attributeMapping")), provider.get("attributeCondition", "")


def _read_policy(clouds: Clouds, project: str) -> list[dict[str, Any]] | None:
    body = {"options": {"requestedPolicyVersion": 3}}
    try:
        policy = clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{project}:getIamPolicy", body)
    except CloudError:
        return None
    bindings: list[dict[str, Any]] = policy.get("bindings", [])
    return bindings
