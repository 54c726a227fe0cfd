"""The AWS provider of a workload identity pool."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import Any, ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.resources import blind, operations
from wizard.resources.kind import Kind, Needed, NeededAt

_FIELDS = {"disabled": "disabled", "account": "aws", "mapping": "attributeMapping", "condition": "attributeCondition"}
"""The key in our state -> the field of the API, which update masks use too."""


@dataclass(frozen=True, eq=False)
class AwsProvider(Kind):
    """A provider: its AWS account, the attribute mapping, and the condition that identities must meet."""

    kind: ClassVar[str] = "workload identity pool provider"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("exchange",)
    project: str
    pool: str
    provider: str
    account: str
    mapping: dict[str, str] = field(hash=False)
    condition: str
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"projects/{self.project}/locations/global/workloadIdentityPools/{self.pool}/providers/{self.provider}"

    @property
    def label(self) -> str:
        return f"{self.provider} in {self.pool}"

    def desired(self) -> State:
        return {
            "state": "ACTIVE",
            "disabled": False,
            "account": self.account,
            "mapping": dict(self.mapping),
            "condition": self.condition,
        }

    def read(self, clouds: Clouds) -> State | None:
        provider = clouds.google.get_or_none("iam", f"/v1/{self.name}")
        return provider and {
            "state": provider.get("state"),
            "disabled": provider.get("disabled", False),
            "account": provider.get("aws", {}).get("accountId"),
            "mapping": provider.get("attributeMapping", {}),
            "condition": provider.get("attributeCondition", ""),
        }

    def create(self, clouds: Clouds) -> Operation | None:
        parent, _ = self.name.rsplit("/", 1)
        query = {"workloadIdentityPoolProviderId": self.provider}
        return operations.of(clouds, "iam", clouds.google.call("iam", "POST", f"/v1/{parent}", self._body(), query))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        if change.action == "undelete":
            answer = clouds.google.call("iam", "POST", f"/v1/{self.name}:undelete", {})
            return operations.of(clouds, "iam", answer)
        changed = [_FIELDS[key] for key in _changed(change)]
        body = {key: value for key, value in self._body().items() if key in changed}
        if "attributeMapping" in body:
            body["attributeMapping"] = self._merged_mapping(change)
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

    def impact(self, change: Change) -> str | None:
        if change.action != "update":
            return None
        words = {
            "account": "workloads of the previous account can no longer get tokens",
            "mapping": "grants that name attributes of the old mapping no longer match",
            "condition": "only workloads that meet the new condition can get tokens",
            "disabled": "the provider exchanges tokens again",
        }
        return "; ".join(words[key] for key in _changed(change)) or None

    def commands(self, change: Change) -> list[str]:
        base = "gcloud iam workload-identity-pools providers"
        where = f"--location=global --workload-identity-pool={self.pool} --project={self.project}"
        if change.action == "undelete":
            return [f"{base} undelete {self.provider} {where}"]
        mapping = ",".join(f"{key}={value}" for key, value in self._merged_mapping(change).items())
        flags = [
            f"--account-id={self.account}",
            f"--attribute-mapping={shlex.quote(mapping)}",
            f"--attribute-condition={shlex.quote(self.condition)}",
        ]
        verb = "create-aws" if change.action == "create" else "update-aws"
        enable = "" if change.action == "create" else " --no-disabled"
        return [f"{base} {verb} {self.provider} {where} {' '.join(flags)}{enable}"]

    def permissions(self, change: Change) -> list[Needed]:
        return [Needed("google", f"iam.workloadIdentityPoolProviders.{change.action}", self.project)]

    def _merged_mapping(self, change: Change) -> dict[str, str]:
        """Our mapping and the attributes that others mapped: a change of a mapping replaces the whole of it."""
        return {**(change.before or {}).get("mapping", {}), **self.mapping}

    def _body(self) -> dict[str, Any]:
        return {
            "attributeCondition": self.condition,
            "attributeMapping": dict(self.mapping),
            "aws": {"accountId": self.account},
            "disabled": False,
        }


def _changed(change: Change) -> list[str]:
    """Return the keys of our state that differ, each once: `mapping.google.subject` counts as `mapping`."""
    keys = (field.key.split(".")[0] for field in change.fields)
    return list(dict.fromkeys(key for key in keys if key in _FIELDS))
