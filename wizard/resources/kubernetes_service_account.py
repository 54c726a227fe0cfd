"""The Kubernetes service account of a workload, and the annotation that names whom its pods act as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Refused, Resource, State
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.resources import blind
from wizard.resources.kind import Kind, Needed


@dataclass(frozen=True, eq=False)
class KubernetesServiceAccount(Kind):
    """A service account with exactly the annotation that is wanted: `email`, or none for direct access.

    A leftover annotation would make its pods act as somebody else than the principal that has the roles.
    """

    kind: ClassVar[str] = "Kubernetes service account"
    cluster: ClusterName
    namespace: str
    service_account: str
    email: str | None = None
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.cluster.name}/namespaces/{self.namespace}/serviceaccounts/{self.service_account}"

    @property
    def label(self) -> str:
        return f"{self.namespace}/{self.service_account}"

    def desired(self) -> State:
        return {ANNOTATION: self.email}

    def read(self, clouds: Clouds) -> State | None:
        from lightkube.resources.core_v1 import ServiceAccount

        kubernetes = clouds.kubernetes(self.cluster)
        found = kubernetes.get_or_none(ServiceAccount, self.service_account, self.namespace)
        if found is None or found.metadata is None:
            return None
        annotations = found.metadata.annotations or {}
        return {ANNOTATION: annotations.get(ANNOTATION), "resourceVersion": found.metadata.resourceVersion}

    def create(self, clouds: Clouds) -> Operation | None:
        from lightkube.resources.core_v1 import ServiceAccount

        clouds.kubernetes(self.cluster).create(ServiceAccount.from_dict(self.manifest()), self.namespace)
        return None

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        self._annotate(clouds, self.email, change.before)
        return None

    def delete(self, clouds: Clouds) -> Operation | None:
        from lightkube.resources.core_v1 import ServiceAccount

        clouds.kubernetes(self.cluster).delete(ServiceAccount, self.service_account, self.namespace)
        return None

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        now = self.read(clouds)
        if now is not None and now[ANNOTATION] == change.after[ANNOTATION]:
            self._annotate(clouds, (change.before or {}).get(ANNOTATION), now)
        return None

    def unreadable(self, error: Refused) -> str | None:
        return blind.switched_off(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.enabling_settles(error)

    def moved(self, error: Refused) -> bool:
        """It exists already (a namespace's `default` is made by Kubernetes), or somebody else has just changed it."""
        return blind.has_status(error, 409)

    def impact(self, change: Change) -> str | None:
        if change.action != "update":
            return None
        before = (change.before or {}).get(ANNOTATION)
        pods = f"pods of {self.label}"
        after = f"act as {self.email}" if self.email else "act as themselves"
        if before is None:
            return f"{pods} {after} from now on"
        return f"somebody has annotated it with {before}: {pods} stop acting as that, and {after} from now on"

    def commands(self, change: Change) -> list[str]:
        kubectl = f"kubectl --context={self.cluster.context} --namespace={self.namespace}"
        create = [f"{kubectl} create serviceaccount {self.service_account}"] if change.action == "create" else []
        annotate = f"{kubectl} annotate serviceaccount {self.service_account}"
        if self.email:
            overwrite = " --overwrite" if (change.before or {}).get(ANNOTATION) else ""
            return [*create, f"{annotate} {ANNOTATION}={self.email}{overwrite}"]
        return create or [f"{annotate} {ANNOTATION}-"]

    def manifest(self) -> dict[str, Any]:
        metadata: dict[str, Any] = {"name": self.service_account, "namespace": self.namespace}
        if self.email:
            metadata["annotations"] = {ANNOTATION: self.email}
        return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}

    def permissions(self, change: Change) -> list[Needed]:
        verb = "create" if change.action == "create" else "patch"
        return [Needed.inside(self.cluster, f"{verb} serviceaccounts", self.namespace)]

    def _annotate(self, clouds: Clouds, email: str | None, seen: State | None) -> None:
        """Set or remove the one annotation; refused (409) when the object is no longer the one that was `seen`."""
        from lightkube.resources.core_v1 import ServiceAccount

        version = {"resourceVersion": seen["resourceVersion"]} if seen and seen.get("resourceVersion") else {}
        change = {"metadata": {"annotations": {ANNOTATION: email}, **version}}
        clouds.kubernetes(self.cluster).patch(ServiceAccount, self.service_account, change, self.namespace)
