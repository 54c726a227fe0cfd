"""What is wrong with the provider that a credential configuration names, whoever the workload is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect.resource_lists import get_pages
from wizard.federation.identifiers import PoolName, ProviderName
from wizard.language import N_, _, translated
from wizard.modes import configurations
from wizard.modes.opened import Observation
from wizard.resources.provider_texts import title_of, type_of

_POOL_MISSING = "the pool {pool} in the project {project} does not exist. The project has these pools: {pools}"
_MISSING = "the provider {provider} does not exist. The pool {pool} has these providers: {providers}"
_CORRECT = "correct the audience of the credential configuration, or create the provider"
_OTHER_TYPE = (
    "the provider {provider} is for {type}, and does not accept the credentials that the credential configuration "
    "describes"
)
_USE_ANOTHER = "set the audience of the credential configuration to a provider of the correct type"
_STATES = {
    ("pool", "deleted"): (
        "WIF0305",
        N_("the pool {pool} is deleted"),
        N_(
            "undelete the pool within 30 days of deletion: gcloud iam workload-identity-pools undelete {pool} "
            "--location=global --project={project}"
        ),
    ),
    ("pool", "disabled"): (
        "WIF0303",
        N_("the pool {pool} is disabled"),
        N_(
            "enable the pool, so that all identities that its providers accept can get tokens again: gcloud iam "
            "workload-identity-pools update {pool} --location=global --project={project} --no-disabled"
        ),
    ),
    ("provider", "deleted"): (
        "WIF0306",
        N_("the provider {provider} is deleted"),
        N_(
            "undelete the provider within 30 days of deletion: gcloud iam workload-identity-pools providers undelete "
            "{provider} --workload-identity-pool={pool} --location=global --project={project}"
        ),
    ),
    ("provider", "disabled"): (
        "WIF0304",
        N_("the provider {provider} is disabled"),
        N_(
            "enable the provider, so that all identities that its condition accepts can get tokens again: gcloud iam "
            "workload-identity-pools providers update-{flag} {provider} --workload-identity-pool={pool} "
            "--location=global --project={project} --no-disabled"
        ),
    ),
}
"""The code, the evidence and the fix for each state in which nobody gets a token."""


def observed(clouds: Clouds, document: Mapping[str, Any], types: Iterable[str]) -> list[Observation]:
    """Return what is wrong; empty also if the operator cannot read the provider.

    `types` are the types of provider that accept the credentials which the configuration describes, as the API names
    them.
    """
    name = configurations.provider_of(document)
    if name is None:
        return []
    try:
        pool = clouds.google.get_or_none("iam", f"/v1/{name.pool.name}")
        provider = clouds.google.get_or_none("iam", f"/v1/{name.name}") if pool else None
        if pool is None or provider is None:
            return [_missing(clouds, name, pool)]
    except CloudError:
        return []
    kind = type_of(provider)
    if kind != "unknown" and kind not in types:
        title = title_of(kind, str(provider.get("oidc", {}).get("issuerUri", "")))
        evidence = _(_OTHER_TYPE).format(provider=name.provider, type=title)
        return [Observation("WIF0308", (evidence,), _(_USE_ANOTHER))]
    return _closed(name, pool, provider)


def _missing(clouds: Clouds, name: ProviderName, pool: Mapping[str, Any] | None) -> Observation:
    if pool is None:
        pools = _listed(clouds, _pools_of(name.pool), "workloadIdentityPools")
        values = {"pool": name.pool.pool, "project": name.pool.project_number, "pools": pools}
        return Observation("WIF0307", (_(_POOL_MISSING).format(**values),), _(_CORRECT))
    providers = _listed(clouds, f"/v1/{name.pool.name}/providers", "workloadIdentityPoolProviders")
    values = {"provider": name.provider, "pool": name.pool.pool, "providers": providers}
    return Observation("WIF0302", (_(_MISSING).format(**values),), _(_CORRECT))


def _pools_of(pool: PoolName) -> str:
    return f"/v1/{pool.name}".rpartition("/")[0]


def _listed(clouds: Clouds, path: str, key: str) -> str:
    """Return the names in a list, separated by commas. Raises CloudError."""
    names = [str(each["name"]).rpartition("/")[2] for each in get_pages(clouds, "iam", path, key, {}).items]
    return ", ".join(names) or _("none")


def _closed(name: ProviderName, pool: Mapping[str, Any], provider: Mapping[str, Any]) -> list[Observation]:
    values = {
        "provider": name.provider,
        "pool": name.pool.pool,
        "project": name.pool.project_number,
        "flag": type_of(provider),
    }
    for of, state in (("pool", pool), ("provider", provider)):
        word = "deleted" if state.get("state") == "DELETED" else "disabled" if state.get("disabled") else ""
        if word:
            code, evidence, fix = _STATES[of, word]
            return [Observation(code, (translated(evidence).format(**values),), translated(fix).format(**values))]
    return []
