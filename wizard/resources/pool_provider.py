"""A provider of a workload identity pool, of any type: what all of them share."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, State
from wizard.federation.gate import effective
from wizard.resources import blind, operations
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
        return f"{self.provider} in {self.pool}"

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
