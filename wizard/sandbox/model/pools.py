"""What a workload identity pool and its providers are, and how IAM shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wizard.federation.identifiers import PoolName, ProviderName
from wizard.sandbox.google.errors import JSON

KEPT = timedelta(days=30)
"""How long IAM keeps a deleted pool or provider, and its id (IAM v1 reference)."""

SOURCES = ("aws", "oidc")
"""The kinds of provider that the sandbox has; a provider has the field of its kind."""

_ORDER = (
    *("name", "displayName", "description", "state", "disabled", "mode"),
    *("attributeMapping", "attributeCondition", *SOURCES, "expireTime"),
)


@dataclass
class Entity:
    """What pools and providers have in common: the fields that a caller sets, as JSON, and a life cycle."""

    fields: dict[str, JSON]
    expires: datetime | None = None
    """When a deleted one is gone for good; None while it is active."""
    ready: bool = True
    """Whether the operation that makes it has ended, so that other services see it."""

    @property
    def deleted(self) -> bool:
        """Whether it is soft-deleted."""
        return self.expires is not None

    @property
    def usable(self) -> bool:
        """Whether the token service takes it: made, active and enabled."""
        return self.ready and not self.deleted and not self.fields.get("disabled", False)

    def delete(self, now: datetime) -> None:
        """Soft-delete it; it can be undeleted for 30 days."""
        self.expires = now + KEPT

    def undelete(self) -> None:
        """Bring it back as it was."""
        self.expires = None

    def gone(self, now: datetime) -> bool:
        """Whether it was deleted so long ago that its id is free again."""
        return self.expires is not None and self.expires <= now

    def answer(self, name: str) -> dict[str, JSON]:
        """It as IAM answers it: in IAM's order of keys, without what has its default value (as recorded)."""
        body = {**self.fields, "name": name, "state": "DELETED" if self.deleted else "ACTIVE"}
        if self.expires is not None:
            body["expireTime"] = self.expires.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {key: body[key] for key in _ORDER if body.get(key) not in (None, "", False, {})}


@dataclass(kw_only=True)
class Provider(Entity):
    """A provider of a pool: for AWS, which account may send its callers."""

    name: ProviderName

    @property
    def kind(self) -> str:
        """`aws` or `oidc`."""
        return next(kind for kind in SOURCES if kind in self.fields)

    @property
    def mapping(self) -> dict[str, str]:
        """The attribute mapping as stored; empty when AWS's default is meant."""
        return dict(self.fields.get("attributeMapping", {}))

    @property
    def condition(self) -> str:
        """The attribute condition; empty when everybody mapped is admitted."""
        return str(self.fields.get("attributeCondition", ""))

    def shown(self) -> dict[str, JSON]:
        """The provider as IAM answers it."""
        return self.answer(self.name.name)


@dataclass(kw_only=True)
class Pool(Entity):
    """A workload identity pool."""

    name: PoolName
    providers: dict[str, Provider] = field(default_factory=dict)

    @property
    def system(self) -> bool:
        """Whether it is Google's own, as the pool of a project's GKE clusters is: it has no providers of its own."""
        return self.fields.get("mode") == "SYSTEM_TRUST_DOMAIN"

    def shown(self) -> dict[str, JSON]:
        """The pool as IAM answers it."""
        return self.answer(self.name.name)
