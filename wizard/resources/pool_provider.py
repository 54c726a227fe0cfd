"""A provider of a workload identity pool, of any type: what all of them share."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import JSON, Change, KeyPath, Operation, Refused, Resource, State, at, leaves
from wizard.federation.gate import effective
from wizard.language import N_, _
from wizard.resources import blind, operations, pool_users
from wizard.resources import provider_texts as texts
from wizard.resources.kind import Kind, Needed, NeededAt


@dataclass(frozen=True, eq=False)
class PoolProvider(Kind):
    """A provider in a pool. A type of provider supplies its fields, and the state that it wants."""

    kind: ClassVar[str] = "workload identity pool provider"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("exchange",)
    fields: ClassVar[dict[str, str]]
    """The key in our state -> the field of the API, which update masks use too."""
    project: str
    pool: str
    provider: str

    @property
    def name(self) -> str:
        return f"projects/{self.project}/locations/global/workloadIdentityPools/{self.pool}/providers/{self.provider}"

    @property
    def label(self) -> str:
        return _("{provider} in {pool}").format(provider=self.provider, pool=self.pool)

    @abstractmethod
    def body(self, state: State) -> dict[str, Any]:
        """Return a state as the API takes it."""

    def read(self, clouds: Clouds) -> State | None:
        return read_provider(clouds, self.name)

    def create(self, clouds: Clouds) -> Operation | None:
        parent, _ = self.name.rsplit("/", 1)
        query = {"workloadIdentityPoolProviderId": self.provider}
        body = self.body(self.desired())
        return operations.of(clouds, "iam", clouds.google.call("iam", "POST", f"/v1/{parent}", body, query))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        if change.action == "undelete":
            answer = clouds.google.call("iam", "POST", f"/v1/{self.name}:undelete", {})
            return operations.of(clouds, "iam", answer)
        changed = list(dict.fromkeys(self.fields[key] for key in self.changed(change)))
        body = {key: value for key, value in self.body(change.after).items() if key in changed}
        query = {"updateMask": ",".join(changed)}
        return operations.of(clouds, "iam", clouds.google.call("iam", "PATCH", f"/v1/{self.name}", body, query))

    def delete(self, clouds: Clouds) -> Operation | None:
        return operations.of(clouds, "iam", clouds.google.call("iam", "DELETE", f"/v1/{self.name}"))

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Set the fields that the change set to their values before. The other fields stay as they are."""
        now = self.read(clouds) or {}
        goal = copy.deepcopy(now)
        for path, _value in leaves(change.after):
            _set(goal, path, at(change.before, path))
        changed = list(
            dict.fromkeys(self.fields[path[0]] for path, _value in leaves(change.after) if path[0] in self.fields)
        )
        body = {key: value for key, value in self.body(goal).items() if key in changed}
        query = {"updateMask": ",".join(changed)}
        return operations.of(clouds, "iam", clouds.google.call("iam", "PATCH", f"/v1/{self.name}", body, query))

    def in_use(self, clouds: Clouds, going: Mapping[Resource, Change]) -> list[str]:
        """Return the members of the pool that have roles, if no other provider of the pool is left to admit them."""
        if pool_users.other_providers(clouds, self.project, self.pool, {**going, self: Change(self, None, {})}):
            return []
        return pool_users.granted_members(clouds, self.project, self.pool, going)

    def before_deletion(self, clouds: Clouds) -> list[str]:  # noqa: ARG002 (no API tells when it was last used)
        return [pool_users.undeletable(N_("provider"))]

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        """Return whether a new pool is not visible everywhere yet, so that its provider is refused."""
        return blind.is_api_starting(error) or blind.has_status(error, 404)

    def moved(self, error: Refused) -> bool:
        return blind.has_status(error, 409)

    def permissions(self, change: Change) -> list[Needed]:
        return [Needed("google", f"iam.workloadIdentityPoolProviders.{change.action}", self.project)]

    def changed(self, change: Change) -> list[str]:
        """Return the keys of our state that differ, each once: `mapping.google.subject` counts as `mapping`."""
        keys = (field.key.split(".")[0] for field in change.fields)
        return list(dict.fromkeys(key for key in keys if key in self.fields))


def _set(state: State, path: KeyPath, value: JSON) -> None:
    """Set one value of a state; None removes it."""
    *sections, key = path
    for section in sections:
        state = state.setdefault(section, {})
    if value is None:
        state.pop(key, None)
    else:
        state[key] = value


def read_provider(clouds: Clouds, name: str) -> State | None:
    """Return the state of a provider of any type, with its mapping in effect; None if there is none.

    `name` is projects/PROJECT/locations/global/workloadIdentityPools/POOL/providers/PROVIDER. Raises CloudError.
    """
    provider = clouds.google.get_or_none("iam", f"/v1/{name}")
    return provider and state_of(provider)


def state_of(provider: dict[str, Any]) -> State:
    """Return the state of a provider of any type, as the API answers it."""
    oidc = provider.get("oidc")
    of_oidc = {"issuer": oidc.get("issuerUri"), "audiences": list(oidc.get("allowedAudiences", ()))} if oidc else {}
    return {
        **of_oidc,
        "state": provider.get("state"),
        "disabled": provider.get("disabled", False),
        "type": texts.type_of(provider),
        "account": provider.get("aws", {}).get("accountId"),
        "mapping": effective(provider.get("attributeMapping")),
        "condition": provider.get("attributeCondition", ""),
    }
