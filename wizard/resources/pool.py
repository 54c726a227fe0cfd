"""The workload identity pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.resources import blind, operations
from wizard.resources.kind import Kind, Needed, NeededAt


@dataclass(frozen=True, eq=False)
class Pool(Kind):
    """A pool of outside identities in one project; soft-deleted for 30 days, in which its id is taken."""

    kind: ClassVar[str] = "workload identity pool"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("exchange",)
    project: str
    pool: str
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"projects/{self.project}/locations/global/workloadIdentityPools/{self.pool}"

    def desired(self) -> State:
        return {"state": "ACTIVE", "disabled": False}

    def read(self, clouds: Clouds) -> State | None:
        found = clouds.google.get_or_none("iam", f"/v1/{self.name}")
        return found and {"state": found.get("state"), "disabled": found.get("disabled", False)}

    def create(self, clouds: Clouds) -> Operation | None:
        parent, _ = self.name.rsplit("/", 1)
        query = {"workloadIdentityPoolId": self.pool}
        body = {"disabled": False, "displayName": self.pool, "description": "Workloads outside Google Cloud"}
        return operations.of(clouds, "iam", clouds.google.call("iam", "POST", f"/v1/{parent}", body, query))

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        if change.action == "undelete":
            answer = clouds.google.call("iam", "POST", f"/v1/{self.name}:undelete", {})
        else:
            answer = clouds.google.call(
                "iam", "PATCH", f"/v1/{self.name}", {"disabled": False}, {"updateMask": "disabled"}
            )
        return operations.of(clouds, "iam", answer)

    def delete(self, clouds: Clouds) -> Operation | None:
        return operations.of(clouds, "iam", clouds.google.call("iam", "DELETE", f"/v1/{self.name}"))

    def unreadable(self, error: Refused) -> str | None:
        return blind.switched_off(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.enabling_settles(error)

    def moved(self, error: Refused) -> bool:
        return blind.has_status(error, 409)

    def impact(self, change: Change) -> str | None:
        if change.action == "undelete":
            return "brings the deleted pool back, with its providers and every grant that still names it"
        if change.action == "update":
            return "lets every provider of the pool exchange tokens again"
        return None

    def commands(self, change: Change) -> list[str]:
        verb = {"create": "create", "undelete": "undelete", "update": "update"}[change.action]
        flags = {"create": f" --display-name={self.pool}", "update": " --no-disabled"}.get(change.action, "")
        base = "gcloud iam workload-identity-pools"
        return [f"{base} {verb} {self.pool} --location=global --project={self.project}{flags}"]

    def permissions(self, change: Change) -> list[Needed]:
        verbs = {"create": "create", "undelete": "undelete", "update": "update"}
        return [Needed("google", f"iam.workloadIdentityPools.{verbs[change.action]}", self.project)]
