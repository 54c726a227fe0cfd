"""The Kubernetes service account that the pods of a controller use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Resource, State
from wizard.federation.gke import ANNOTATION
from wizard.language import _
from wizard.resources.controller import DEFAULT, PodsOfController
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount

_STOPS_ACTING = "The pods of {pods} stop acting as the Google service account {email}, and lose the account's access."
_LOSES_ROLE = (
    "The pods of {pods} lose the cluster permissions that {binding} gives to the Kubernetes service account "
    "{account} ({role})."
)
_LOSES_SECRETS = (
    "The pods of {pods} can no longer pull images with {secrets}, which only the Kubernetes service account "
    "{account} lists."
)
_NO_ACCOUNT = "The Kubernetes service account {account}, which the pods of {pods} used before, no longer exists."
_UNREAD = (
    "The wizard could not read {what}: {reason}. The wizard does not know whether the pods of {pods} lose "
    "permissions or image pull secrets of the Kubernetes service account {account}."
)


@dataclass(frozen=True, eq=False)
class PodAccount(PodsOfController):
    """The service account of a controller's pods. A change recreates the pods, except those of a CronJob."""

    kind: ClassVar[str] = "pods' service account"
    service_account: str
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.place.name}/serviceAccountName"

    def desired(self) -> State:
        return {"serviceAccountName": self.service_account}

    def read(self, clouds: Clouds) -> State | None:
        """Return the account, and what the pods lose with it if it must change."""
        document = self.place.read(clouds)
        account = self.place.template(document).get("serviceAccountName") or DEFAULT
        state: State = {"serviceAccountName": account}
        if account == self.service_account:
            return state
        losses, unread = self._losses(clouds.kubernetes(self.cluster), account, self.service_account)
        return {**state, **self.place.common_state(document), "losses": losses, "unread": unread}

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        return self.place.patch(clouds, self._pod_spec(self.service_account), change.before or {})

    def written(self, clouds: Clouds, change: Change) -> State | None:
        del change
        template = self.template_or_none(clouds)
        return None if template is None else {"serviceAccountName": template.get("serviceAccountName") or DEFAULT}

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        document = self.place.read(clouds)
        account = self.place.template(document).get("serviceAccountName")
        if account != change.after["serviceAccountName"]:
            return None
        old = (change.before or {})["serviceAccountName"]
        return self.place.patch(clouds, _former(old), self.place.common_state(document))

    def cannot_restore(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        """Return that the former account does not exist: Kubernetes would create no pods."""
        from lightkube.resources.core_v1 import ServiceAccount

        del going
        old = (change.before or {})["serviceAccountName"]
        found = clouds.kubernetes(self.cluster).get_or_none(ServiceAccount, old, self.namespace)
        return [] if found else [_(_NO_ACCOUNT).format(account=f"{self.namespace}/{old}", pods=self.label)]

    def revert_losers(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        """Return what the pods have through our account, without what the same revert takes from that account."""
        old = (change.before or {})["serviceAccountName"]
        losses, unread = self._losses(clouds.kubernetes(self.cluster), self.service_account, old)
        is_going = any(
            isinstance(resource, KubernetesServiceAccount)
            and (resource.cluster, resource.label) == (self.cluster, f"{self.namespace}/{self.service_account}")
            for resource in going
        )
        return [] if is_going else [*losses, *unread]

    def losers(self, change: Change) -> list[str]:
        return list((change.before or {}).get("losses", ()))

    def notes(self, change: Change) -> list[str]:
        return list((change.before or {}).get("unread", ()))

    def commands(self, change: Change) -> list[str]:  # noqa: ARG002 (the same for every change)
        return self.place.command(self._pod_spec(self.service_account))

    def patch_file(self, change: Change) -> dict[str, Any]:  # noqa: ARG002 (the same for every change)
        return self.place.manifest(self._pod_spec(self.service_account))

    def _pod_spec(self, account: str) -> dict[str, Any]:
        return {"serviceAccountName": account}

    def _losses(self, kubernetes: Kubernetes, account: str, following: str) -> tuple[list[str], list[str]]:
        """Return what the pods have through an account and not through the following one, and what was not read.

        As sentences.
        """
        from lightkube.resources.core_v1 import ServiceAccount
        from lightkube.resources.rbac_authorization_v1 import ClusterRoleBinding, RoleBinding

        words = {"pods": self.label, "account": f"{self.namespace}/{account}"}
        losses: list[str] = []
        unread: list[str] = []
        try:
            old = kubernetes.get_or_none(ServiceAccount, account, self.namespace)
            new = kubernetes.get_or_none(ServiceAccount, following, self.namespace)
            losses += self._lost_with_account(old, new, words)
        except CloudError as error:
            unread.append(_(_UNREAD).format(what=_("the Kubernetes service accounts"), reason=error.message, **words))
        for kind, where in ((RoleBinding, self.namespace), (ClusterRoleBinding, None)):
            try:
                bindings: list[Any] = kubernetes.list_objects(kind, where)
            except CloudError as error:
                what = _("the {kind} objects").format(kind=kind.__name__)
                unread.append(_(_UNREAD).format(what=what, reason=error.message, **words))
                continue
            for binding in self._lost_bindings(bindings, account, following):
                role = f"{binding.roleRef.kind} {binding.roleRef.name}"
                title = f"{kind.__name__} {binding.metadata.name}"
                losses.append(_(_LOSES_ROLE).format(role=role, binding=title, **words))
        return losses, unread

    def _lost_with_account(self, old: Any, new: Any, words: dict[str, str]) -> list[str]:
        losses = []
        email = _annotations(old).get(ANNOTATION)
        if email and email != _annotations(new).get(ANNOTATION):
            losses.append(_(_STOPS_ACTING).format(email=email, pods=words["pods"]))
        secrets = _pull_secrets(old) - _pull_secrets(new)
        if secrets:
            names = ", ".join(f"the Secret {name}" for name in sorted(secrets))
            losses.append(_(_LOSES_SECRETS).format(secrets=names, **words))
        return losses

    def _lost_bindings(self, bindings: list[Any], account: str, following: str) -> list[Any]:
        """Return the bindings that name an account, and give a role that the following one does not get as well."""
        kept = {_role(binding) for binding in bindings if self._names(binding, following)}
        return [each for each in bindings if self._names(each, account) and _role(each) not in kept]

    def _names(self, binding: Any, account: str) -> bool:
        """Return whether a binding names this account itself, and not a group that both accounts are in."""
        return any(
            (subject.kind, subject.namespace, subject.name) == ("ServiceAccount", self.namespace, account)
            for subject in binding.subjects or ()
        )


def _former(account: str) -> dict[str, Any]:
    """Return the patch that gives pods their former account. Pods that name none have the default account."""
    if account == DEFAULT:
        return {"serviceAccountName": None, "serviceAccount": None}
    return {"serviceAccountName": account}


def _role(binding: Any) -> tuple[str, str]:
    return binding.roleRef.kind, binding.roleRef.name


def _annotations(account: Any) -> dict[str, str]:
    return (account.metadata.annotations or {}) if account is not None else {}


def _pull_secrets(account: Any) -> set[str]:
    references = (account.imagePullSecrets or ()) if account is not None else ()
    return {reference.name for reference in references if reference.name}
