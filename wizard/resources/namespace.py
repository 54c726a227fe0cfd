"""A namespace in a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.resources import blind
from wizard.resources.kind import Kind, Needed


@dataclass(frozen=True, eq=False)
class Namespace(Kind):
    """A namespace. Revert deletes it only if it contains nothing that others have created."""

    kind: ClassVar[str] = "namespace"
    deadline: ClassVar[float] = 300.0
    """Kubernetes deletes a namespace after everything in it."""
    cluster: ClusterName
    namespace: str
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.cluster.name}/namespaces/{self.namespace}"

    def desired(self) -> State:
        return {"phase": "Active"}

    def announce(self, clouds: Clouds) -> None:
        from lightkube.resources.core_v1 import Namespace as KubernetesNamespace

        clouds.kubernetes(self.cluster).announce(KubernetesNamespace, self.namespace)

    def read(self, clouds: Clouds) -> State | None:
        from lightkube.resources.core_v1 import Namespace as KubernetesNamespace

        kubernetes = clouds.kubernetes(self.cluster)
        if kubernetes.has_announced_account(self.namespace):
            # A namespace that is being deleted loses its service accounts at once.
            return {"phase": "Active"}
        namespace = kubernetes.get_or_none(KubernetesNamespace, self.namespace)
        if namespace is None:
            return None
        phase = namespace.status.phase if namespace.status else "Active"
        if phase == "Terminating" or (namespace.metadata and namespace.metadata.deletionTimestamp):
            self._refuse_terminating()
        return {"phase": phase}

    def create(self, clouds: Clouds) -> Operation | None:
        from lightkube.resources.core_v1 import Namespace as KubernetesNamespace

        clouds.kubernetes(self.cluster).create(KubernetesNamespace.from_dict(self.manifest()))
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:  # noqa: ARG002 (it cannot differ)
        raise Refused(_("the wizard cannot change {self}").format(self=str(self)))

    def delete(self, clouds: Clouds) -> Operation | None:
        from lightkube.resources.core_v1 import Namespace as KubernetesNamespace

        try:
            clouds.kubernetes(self.cluster).delete(KubernetesNamespace, self.namespace)
        except CloudError as error:
            if error.status not in (404, 409):  # 409: it is being deleted already
                raise
        return None

    def written(self, clouds: Clouds, change: Change) -> State | None:
        """Return the phase, also of a namespace that is being deleted."""
        from lightkube.resources.core_v1 import Namespace as KubernetesNamespace

        del change
        found = clouds.kubernetes(self.cluster).get_or_none(KubernetesNamespace, self.namespace)
        if found is None:
            return None
        return {"phase": (found.status and found.status.phase) or "Active"}

    def in_use(self, clouds: Clouds, going: Mapping[Resource, Change]) -> list[str]:
        from wizard.resources import namespace_objects

        return namespace_objects.others(clouds, self.cluster, self.namespace, going)

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.is_api_starting(error)

    def moved(self, error: Refused) -> bool:
        return blind.has_status(error, 409)

    def commands(self, change: Change) -> list[str]:  # noqa: ARG002 (it can only be created)
        return [f"kubectl --context={self.cluster.context} create namespace {self.namespace}"]

    def manifest(self) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}}

    def permissions(self, change: Change) -> list[Needed]:  # noqa: ARG002 (it can only be created)
        return [Needed.inside(self.cluster, "create namespaces")]

    def _refuse_terminating(self) -> None:
        what = _("the namespace {namespace} is being deleted, with all objects in the namespace").format(
            namespace=self.namespace
        )
        hint = _("wait until the namespace no longer exists, then plan again; or choose another namespace")
        service = f"kubernetes {self.cluster.cluster}"
        raise CloudError(service, f"get namespaces {self.namespace}", None, "Terminating", what, hint)
