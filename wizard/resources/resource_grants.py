"""Grants on what is smaller or larger than a project: buckets, datasets, topics, secrets, folders and others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds import iam_policies
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Refused, State
from wizard.language import _
from wizard.resources import ancestors
from wizard.resources.grant_commands import command_on
from wizard.resources.grants import Grants
from wizard.resources.kind import Needed, NeededAt
from wizard.setup.resource_types import DATASET, PROJECT, ResourceName

_UNNAMED = ResourceName(PROJECT, (("project", ""),))
_MISSING = (
    "the {title} {name} does not exist, or you do not have permission to see it. Check the name in the setup, or "
    "create the resource first: the wizard does not create resources of this type"
)
_NOT_UNIFORM = (
    "the bucket {bucket} uses access control lists (ACLs), and Google Cloud does not allow grants to workload "
    "identities on such a bucket. Enable uniform bucket-level access first (the ACLs of the bucket then have no "
    "effect): gcloud storage buckets update gs://{bucket} --uniform-bucket-level-access"
)


@dataclass(frozen=True, eq=False)
class ResourceGrants(Grants):
    """Grants of roles on one resource that is not a project. The resource itself must exist."""

    kind: ClassVar[str] = "roles on the resource"
    needed_at: ClassVar[tuple[NeededAt, ...]] = ("permission",)
    on: ResourceName = _UNNAMED

    @property
    def name(self) -> str:
        return self.on.name

    @property
    def label(self) -> str:
        return f"{self.on.type.title} {self.on.id}"

    def read(self, clouds: Clouds) -> State | None:
        """Return the grants. Raises Refused if there is no such resource, and for a bucket with ACLs."""
        try:
            state = super().read(clouds)
        except CloudError as error:
            if error.status == 404:
                raise Refused(_(_MISSING).format(title=self.on.type.title, name=self.on.short)) from error
            raise
        if self.on.type.shape == "storage":
            self._require_uniform(clouds)
        return state

    def commands(self, change: Change) -> list[str]:
        return [command_on(self.on, role, member) for role, member in self.missing(change)]

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (the same for every change)
        verb = "update" if self.on.type is DATASET else "setIamPolicy"
        return [Needed("google", f"{self.on.type.permission}.{verb}", self.on.place)]

    def _require_uniform(self, clouds: Clouds) -> None:
        bucket = dict(self.on.parts)["bucket"]
        try:
            uniform = iam_policies.uniform_access(clouds.google, bucket)
        except CloudError as error:
            if error.status == 403:  # storage.buckets.get is another permission than the one on the policy
                return
            raise
        if not uniform:
            raise Refused(_(_NOT_UNIFORM).format(bucket=bucket))

    def _get(self, clouds: Clouds) -> dict[str, Any]:
        return iam_policies.get_policy(clouds.google, self.on)

    def _set(self, clouds: Clouds, policy: dict[str, Any]) -> None:
        iam_policies.set_policy(clouds.google, self.on, policy)

    def _inherited(self, clouds: Clouds) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from ancestors.readable_above(clouds, self.on)
