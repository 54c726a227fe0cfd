"""Workload identity pools and their providers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wizard.federation.identifiers import PoolName, ProviderName
from wizard.sandbox.json_value import JSON

from .policy import PolicyStore
from .pool_rules import SOURCES, check_id, provider_fields
from .refusals import AlreadyExistsError

KEPT = timedelta(days=30)
"""How long IAM keeps a deleted pool or provider, and its id (IAM v1 reference)."""


@dataclass(kw_only=True)
class Entity:
    """What pools and providers have in common: the fields that a caller sets, as JSON, and a life cycle."""

    name: PoolName | ProviderName
    fields: dict[str, JSON]
    expires: datetime | None = None
    """When it is removed for good, once it is deleted; None while it is active."""
    ready: bool = True
    """Whether the operation that creates it has ended, so that other services see it."""

    @property
    def deleted(self) -> bool:
        """Whether it is soft-deleted."""
        return self.expires is not None

    @property
    def system(self) -> bool:
        """Whether Google manages it, like the pool of a project's GKE clusters, which has no providers."""
        return self.fields.get("mode") == "SYSTEM_TRUST_DOMAIN"

    @property
    def usable(self) -> bool:
        """Whether the token service accepts it: created, active and enabled."""
        return self.ready and not self.deleted and not self.fields.get("disabled", False)

    def delete(self, now: datetime) -> None:
        """Soft-delete it; it can be undeleted for 30 days."""
        self.expires = now + KEPT

    def undelete(self) -> None:
        """Restore it as it was."""
        self.expires = None

    def expired(self, now: datetime) -> bool:
        """Whether it was deleted so long ago that its id is free again."""
        return self.expires is not None and self.expires <= now


@dataclass(kw_only=True)
class Provider(Entity):
    """A provider of a pool; one for AWS names the account whose callers it admits."""

    name: ProviderName

    @property
    def kind(self) -> str:
        """`aws`, `oidc`, `saml` or `x509`."""
        return next(kind for kind in SOURCES if kind in self.fields)

    @property
    def mapping(self) -> dict[str, str]:
        """The attribute mapping as stored; empty when AWS's default is meant."""
        return dict(self.fields.get("attributeMapping", {}))

    @property
    def condition(self) -> str:
        """The attribute condition; empty when everyone is admitted."""
        return str(self.fields.get("attributeCondition", ""))


@dataclass(kw_only=True)
class Pool(Entity):
    """A workload identity pool."""

    name: PoolName
    providers: dict[str, Provider] = field(default_factory=dict)
    policy: PolicyStore = field(default_factory=PolicyStore)
    """Who may administer the pool; it says nothing about what the pool's identities may do."""

    def add_provider(self, provider_id: str, document: JSON, *, ready: bool = True) -> Provider:
        """Create a provider from what IAM's create takes: {"aws": {"accountId": ...}, "attributeMapping": ..., ...}.

        `ready` tells whether the operation that creates it has ended. Raises InvalidError for what IAM refuses, and
        AlreadyExistsError for an id that is in use, deleted providers included.
        """
        check_id("workload_identity_pool_provider_id", provider_id)
        if provider_id in self.providers:
            raise AlreadyExistsError(provider_id)
        provider = Provider(fields=provider_fields(document), name=ProviderName(self.name, provider_id), ready=ready)
        self.providers[provider_id] = provider
        return provider
