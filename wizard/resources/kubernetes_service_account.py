"""The Kubernetes service account of a workload, and its annotation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Owner, Refused, Resource, State
from wizard.federation import annotation
from wizard.federation.gke import ANNOTATION, ClusterName
from wizard.language import _
from wizard.resources import blind, owners
from wizard.resources.kind import Kind, Needed

_MADE_BY_KUBERNETES = "default"
"""The service account that Kubernetes creates in every namespace, a moment after the namespace."""

_NOT_AN_EMAIL = (
    "The annotation {annotation} of {account} is {value}, which is not the email address of a Google service account. "
    "With this value, pods of {account} cannot act as a Google service account."
)


@dataclass(frozen=True, eq=False)
class KubernetesServiceAccount(Kind):
    """A service account that is annotated with `email`, or that has no annotation if `email` is None.

    With a leftover annotation, its pods would act as another account than the principal that has the roles.
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

    def announce(self, clouds: Clouds) -> None:
        from lightkube.resources.core_v1 import ServiceAccount

        clouds.kubernetes(self.cluster).announce(ServiceAccount, self.service_account, self.namespace)

    def read(self, clouds: Clouds) -> State | None:
        from lightkube.resources.core_v1 import ServiceAccount

        kubernetes = clouds.kubernetes(self.cluster)
        account = kubernetes.get_or_none(ServiceAccount, self.service_account, self.namespace)
        if account is None or account.metadata is None:
            return None
        annotations = account.metadata.annotations or {}
        owner = owners.state(owners.in_cluster("Kubernetes service account", account.metadata))
        version = account.metadata.resourceVersion
        return {ANNOTATION: annotations.get(ANNOTATION), "resourceVersion": version, "owner": owner}

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
        current = self.read(clouds)
        if current is not None and current[ANNOTATION] == change.after[ANNOTATION]:
            self._annotate(clouds, (change.before or {}).get(ANNOTATION), current)
        return None

    def in_use(self, clouds: Clouds, going: Mapping[Resource, Change]) -> list[str]:
        from wizard.resources import service_account_users

        return service_account_users.users(clouds, self.cluster, self.namespace, self.service_account, going)

    def unreadable(self, error: Refused) -> str | None:
        return blind.disabled_api(error)

    def not_yet(self, error: Refused) -> bool:
        return blind.is_api_starting(error)

    def moved(self, error: Refused) -> bool:
        """Return whether it already exists (Kubernetes creates `default`), or was changed by someone else."""
        return blind.has_status(error, 409)

    def impact(self, change: Change) -> str | None:
        if change.action != "update":
            return None
        before = (change.before or {}).get(ANNOTATION)
        if before is None or not annotation.is_email(before):
            if self.email is None:
                return _("pods that use {label} will call Google Cloud as {label}").format(label=self.label)
            return _("pods that use {label} will act as {email}").format(label=self.label, email=self.email)
        if self.email is None:
            return _(
                "pods that use {label} will stop acting as {before}, and will call Google Cloud as {label}"
            ).format(label=self.label, before=before)
        return _("pods that use {label} will stop acting as {before}, and will act as {email}").format(
            label=self.label, before=before, email=self.email
        )

    def notes(self, change: Change) -> list[str]:
        value = (change.before or {}).get(ANNOTATION)
        if value is None or annotation.is_email(value):
            return []
        return [_(_NOT_AN_EMAIL).format(account=self.label, annotation=ANNOTATION, value=annotation.shown(value))]

    def owner(self, change: Change) -> Owner | None:
        return owners.recorded(change)

    def commands(self, change: Change) -> list[str]:
        kubectl = f"kubectl --context={self.cluster.context} --namespace={self.namespace}"
        annotate = f"{kubectl} annotate serviceaccount {self.service_account}"
        if change.action == "update":
            return [f"{annotate} --overwrite {ANNOTATION}={self.email}" if self.email else f"{annotate} {ANNOTATION}-"]
        if self.service_account == _MADE_BY_KUBERNETES:
            manifest = json.dumps(self.manifest(), indent=2)
            return [f"{kubectl} apply --server-side -f - <<'EOF'\n{manifest}\nEOF"]
        create = f"{kubectl} create serviceaccount {self.service_account}"
        return [create, f"{annotate} {ANNOTATION}={self.email}"] if self.email else [create]

    def manifest(self) -> dict[str, Any]:
        metadata: dict[str, Any] = {"name": self.service_account, "namespace": self.namespace}
        if self.email:
            metadata["annotations"] = {ANNOTATION: self.email}
        return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}

    def permissions(self, change: Change) -> list[Needed]:
        verb = "create" if change.action == "create" else "patch"
        return [Needed.inside(self.cluster, f"{verb} serviceaccounts", self.namespace)]

    def _annotate(self, clouds: Clouds, email: str | None, seen: State | None) -> None:
        """Set or remove the annotation. Raises CloudError (409) if the object has changed since it was `seen`."""
        from lightkube.resources.core_v1 import ServiceAccount

        version = {"resourceVersion": seen["resourceVersion"]} if seen and seen.get("resourceVersion") else {}
        change = {"metadata": {"annotations": {ANNOTATION: email}, **version}}
        clouds.kubernetes(self.cluster).patch(ServiceAccount, self.service_account, change, self.namespace)
