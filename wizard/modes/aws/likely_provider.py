"""The provider that a credential configuration means, if the one that it names cannot accept the workload's token."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect.resource_lists import get_pages
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.federation.spelling import is_misspelled
from wizard.language import _
from wizard.resources import provider_texts

_MISSING = (
    "the credential configuration names the provider {named}, which does not exist. Instead, the doctor uses "
    "{provider}, the only matching provider in the pool {pool}"
)
_POOL_MISSING = (
    "the credential configuration names the pool {named}, which does not exist. The doctor uses the provider "
    "{provider} in the pool {pool}, the only matching provider in the project"
)
_OTHER_TYPE = (
    "the credential configuration names the provider {named}, which is for {type}. Instead, the doctor uses "
    "{provider}, the only matching provider in the pool {pool}"
)


@dataclass(frozen=True)
class LikelyProvider:
    """A provider, and a sentence about why the doctor assumes it."""

    name: ProviderName
    told: str

    def in_place(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return a credential configuration with this provider in its audience."""
        return {**document, "audience": f"//iam.googleapis.com/{self.name.name}"}


def find(clouds: Clouds, named: ProviderName, fits: Callable[[Mapping[str, Any]], bool]) -> LikelyProvider | None:
    """Return the provider that is meant; None if the named one fits or is not known, or if it is not clear which.

    `fits` tells for a provider, as the API answers it, whether it can accept the token. Raises CloudError.
    """
    existing = clouds.google.get_or_none("iam", f"/v1/{named.name}")
    if existing is not None and fits(existing):
        return None
    pool = clouds.google.get_or_none("iam", f"/v1/{named.pool.name}")
    pools = [named.pool] if pool is not None else list(_pools(clouds, named.pool.project_number))
    fitting = [name for each in pools for name in _fitting(clouds, each, fits)]
    meant = _meant(named, fitting)
    if meant is None:
        return None
    values = {"named": named.provider, "provider": meant.provider, "pool": meant.pool.pool}
    if pool is None:
        return LikelyProvider(meant, _(_POOL_MISSING).format(**{**values, "named": named.pool.pool}))
    if existing is None:
        return LikelyProvider(meant, _(_MISSING).format(**values))
    issuer = str(existing.get("oidc", {}).get("issuerUri", ""))
    title = provider_texts.title_of(provider_texts.type_of(existing), issuer)
    return LikelyProvider(meant, _(_OTHER_TYPE).format(**values, type=title))


def accepts(clouds: Clouds, pool: PoolName | None) -> Callable[[str], bool]:
    """Return what tells for an AWS account whether a provider of the pool is for it.

    It tells False for every account if the operator cannot list the providers.
    """

    def accepted(account: str) -> bool:
        if pool is None:
            return False
        return any(_fitting(clouds, pool, lambda each: each.get("aws", {}).get("accountId") == account))

    return accepted


def _meant(named: ProviderName, fitting: list[ProviderName]) -> ProviderName | None:
    """Return the only provider that fits, else the only one whose name is the same but for a typing error."""
    if len(fitting) == 1:
        return fitting[0]
    similar = [each for each in fitting if is_misspelled(_words(named), _words(each))]
    return similar[0] if len(similar) == 1 else None


def _words(name: ProviderName) -> str:
    return f"{name.pool.pool}/{name.provider}"


def _pools(clouds: Clouds, project: str) -> Iterator[PoolName]:
    listed = get_pages(clouds, "iam", f"/v1/projects/{project}/locations/global/workloadIdentityPools", _POOLS, {})
    for pool in listed.items:
        if pool.get("mode") != "SYSTEM_TRUST_DOMAIN":
            yield PoolName(project, str(pool["name"]).rpartition("/")[2])


def _fitting(clouds: Clouds, pool: PoolName, fits: Callable[[Mapping[str, Any]], bool]) -> Iterator[ProviderName]:
    try:
        listed = get_pages(clouds, "iam", f"/v1/{pool.name}/providers", _PROVIDERS, {})
    except CloudError:
        return
    for provider in listed.items:
        if fits(provider):
            yield ProviderName(pool, str(provider["name"]).rpartition("/")[2])


_POOLS, _PROVIDERS = "workloadIdentityPools", "workloadIdentityPoolProviders"
