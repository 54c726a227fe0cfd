"""A workload identity pool."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.language import N_, _
from wizard.resources import blind, operations, pool_users
from wizard.resources.kind import Kind, Needed, NeededAt

DESCRIPTION = "Workloads outside Google Cloud"
"""The description of a new pool."""
_MODES = ("", "MODE_UNSPECIFIED", "FEDERATION_ONLY")
"""The modes of pools for workloads outside Google Cloud. The mode of a pool cannot be changed."""

_OTHER_MODE = (
    "The pool {pool} in {project} has the mode {mode}, so the pool cannot have a provider for AWS, and Google Cloud "
    "cannot change the mode of a pool. Write the name of another pool in the google section of the setup, then plan "
    "again."
)


@dataclass(frozen=True, eq=False)
class Pool(Kind):
    """A pool in one project. A deleted pool can be undeleted for 30 days, and its ID stays in use for that time."""

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
        pool = clouds.google.get_or_none("iam", f"/v1/{self.name}")
        return pool and {
            "state": pool.get("state"),
            "disabled": pool.get("disabled", False),
            "mode": pool.get("mode", ""),
        }

    def desired_with(self, before: State | None) -> State:
        """Return the desired state. Raises Refused for a pool of another mode, which cannot have providers."""
        mode = str((before or {}).get("mode") or "")
        if mode not in _MODES:
            raise Refused(_(_OTHER_MODE).format(pool=self.pool, project=self.project, mode=mode))
        return self.desired()

    def create(self, clouds: Clouds) -> Operation | None:
        parent, _ = self.name.rsplit("/", 1)
        query = {"workloadIdentityPoolId": self.pool}
        body = {"disabled": False, "displayName": self.pool, "description": DESCRIPTION}
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

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        """Disable the pool again. `disabled` is all that an update sets."""
        body = {"disabled": bool((change.before or {}).get("disabled"))}
        answer = clouds.google.call("iam", "PATCH", f"/v1/{self.name}", body, {"updateMask": "disabled"})
        return operations.of(clouds, "iam", answer)

    def in_use(self, clouds: Clouds, going: Mapping[Resource, Change]) -> list[str]:
        providers = pool_users.other_providers(clouds, self.project, self.pool, going)
        return [*providers, *pool_users.granted_members(clouds, self.project, self.pool, going)]

    def before_deletion(self, clouds: Clouds) -> list[str]:  # noqa: ARG002 (no API tells when a pool was last used)
        return [pool_users.undeletable(N_("pool"))]

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.is_api_starting(error)

    def moved(self, error: Refused) -> bool:
        return blind.has_status(error, 409)

    def impact(self, change: Change) -> str | None:
        if change.action == "undelete":
            return _(
                "The pool is deleted. The wizard will undelete the pool with its providers: all identities that the "
                "providers accept can get tokens again, and grants that name the pool take effect again."
            )
        if change.action == "update":
            return _(
                "The pool is disabled. The wizard will enable the pool: all identities that the pool's providers "
                "accept can get tokens again."
            )
        return None

    def commands(self, change: Change) -> list[str]:
        verb = {"create": "create", "undelete": "undelete", "update": "update"}[change.action]
        texts = f" --display-name={self.pool} --description={shlex.quote(DESCRIPTION)}"
        flags = {"create": texts, "update": " --no-disabled"}.get(change.action, "")
        base = "gcloud iam workload-identity-pools"
        return [f"{base} {verb} {self.pool} --location=global --project={self.project}{flags}"]

    def permissions(self, change: Change) -> list[Needed]:
        verbs = {"create": "create", "undelete": "undelete", "update": "update"}
        return [Needed("google", f"iam.workloadIdentityPools.{verbs[change.action]}", self.project)]
