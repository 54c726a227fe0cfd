"""A namespace of a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.federation.gke import ClusterName
from wizard.resources import blind
from wizard.resources.kind import Kind, Needed


@dataclass(frozen=True, eq=False)
class Namespace(Kind):
    """A namespace. It is never deleted again: others may have put things into it."""

    kind: ClassVar[str] = "namespace"
    cluster: ClusterName
    namespace: str
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.cluster.name}/namespaces/{self.namespace}"

    def desired(self) -> State:
        return {"phase": "Active"}

    def read(self, clouds: Clouds) -> State | None:
        from lightkube.resources.core_v1 import Namespace as Kubernetes

        found = clouds.kubernetes(self.cluster).get_or_none(Kubernetes, self.namespace)
        if found is None:
            return None
        phase = found.status.phase if found.status else "Active"
        if phase == "Terminating" or (found.metadata and found.metadata.deletionTimestamp):
            self._refuse_what_goes_away()
        return {"phase": phase}

    def create(self, clouds: Clouds) -> Operation | None:
        from lightkube.resources.core_v1 import Namespace as Kubernetes

        clouds.kubernetes(self.cluster).create(Kubernetes.from_dict(self.manifest()))
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (nothing of it can differ)
        raise Refused(f"{self} cannot be changed")

    def unreadable(self, error: Refused) -> str | None:
        return blind.switched_off(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.enabling_settles(error)

    def moved(self, error: Refused) -> bool:
        return blind.has_status(error, 409)

    def commands(self, change: Change) -> list[str]:  # noqa: ARG002 (it can only be made)
        return [f"kubectl --context={self.cluster.context} create namespace {self.namespace}"]

    def manifest(self) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}}

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (it can only be made)
        return [Needed.inside(self.cluster, "create namespaces")]

    def _refuse_what_goes_away(self) -> None:
        what = f"the namespace {self.namespace} is being deleted, with all that is in it"
        hint = "wait until it is gone, then plan again; or choose another namespace"
        service = f"kubernetes {self.cluster.cluster}"
        raise CloudError(service, f"get namespaces {self.namespace}", None, "Terminating", what, hint)
