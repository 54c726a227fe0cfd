"""How the kinds of Kubernetes become Terraform. Sources: documentation of the provider hashicorp/kubernetes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wizard.clouds.controllers import KINDS
from wizard.engine.resource import Resource
from wizard.export.terraform.hcl import Block, Value
from wizard.export.terraform.renderers import Arguments, NotHere, OneBlock, OnlyLines, Renderer
from wizard.export.terraform.world import Lines, Rendered, World
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount
from wizard.resources.namespace import Namespace
from wizard.resources.pod_account import PodAccount
from wizard.resources.pod_key_removal import PodKeyRemoval

_DEFAULT = "default"
"""The service account that Kubernetes creates in every namespace, which has a type of its own in Terraform."""

_ANNOTATE = "Add this annotation to the resource or manifest that defines the Kubernetes service account {name}."
_NO_ANNOTATION = (
    "The Kubernetes service account {name} must not have the annotation {key}. With this annotation, the pods act as a "
    "Google service account."
)
_PODS = (
    "Add this line to the resource or manifest that defines {title}. The change recreates its pods, so apply this "
    "module first."
)


def _namespace(resource: Namespace, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    del world
    return {}, (Block("metadata", (), {"name": resource.namespace}),)


def _account(resource: KubernetesServiceAccount, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    home = next((need for need in resource.needs if isinstance(need, Namespace)), None)
    namespace = world.reference(home, "metadata[0].name") if home else None
    metadata: Arguments = {"name": resource.service_account, "namespace": namespace or resource.namespace}
    annotations = {key: _email(email, world) for key, email in resource.desired().items() if email}
    if annotations:
        metadata["annotations"] = annotations
    return {}, (Block("metadata", (), metadata),)


def _account_data(resource: KubernetesServiceAccount, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    del world
    return {}, (Block("metadata", (), {"name": resource.service_account, "namespace": resource.namespace}),)


def _annotation(resource: KubernetesServiceAccount, world: World) -> Sequence[Lines]:
    ((key, email),) = resource.desired().items()
    if not email:
        return [Lines(_NO_ANNOTATION.format(name=resource.label, key=key))]
    kind = _account_type(resource)
    name = world.name(kind, resource.label, resource.name)
    inner = Block("metadata", (), {"annotations": {key: _email(email, world)}})
    return [Lines(_ANNOTATE.format(name=resource.label), Block("resource", (kind, name), {}, (inner,)))]


def _email(email: str, world: World) -> Value:
    """Return the email of a service account: a reference if it has a block, else the text."""
    return world.account(email, "email") or email


def _account_type(resource: KubernetesServiceAccount) -> str:
    if resource.service_account == _DEFAULT:
        return "kubernetes_default_service_account_v1"
    return "kubernetes_service_account_v1"


class _Accounts:
    """A Kubernetes service account. Terraform adopts the one that Kubernetes creates in every namespace."""

    types: Sequence[str] = ("kubernetes_default_service_account_v1", "kubernetes_service_account_v1")

    def register(self, resource: KubernetesServiceAccount, world: World) -> None:
        self._renderer(resource).register(resource, world)

    def render(self, resource: KubernetesServiceAccount, world: World) -> Rendered:
        return self._renderer(resource).render(resource, world)

    def _renderer(self, resource: KubernetesServiceAccount) -> OneBlock:
        return OneBlock(
            "kubernetes.tf",
            _account_type(resource),
            lambda account: account.label,
            _account,
            lambda account, _: f"{account.namespace}/{account.service_account}",
            _account_data,
            _annotation,
            "kubernetes_service_account_v1",
        )


def _pods(resource: PodAccount, world: World) -> Sequence[Lines]:
    controller = resource.controller
    kind = f"kubernetes_{_underscored(controller.kind)}_v1"
    name = world.name(kind, resource.place.title, resource.place.name)
    inner = Block("spec", (), {"service_account_name": resource.service_account})
    for step in reversed(KINDS[controller.kind].template):
        inner = Block(_underscored(step), (), {}, (inner,))
    why = _PODS.format(title=resource.place.title)
    return [Lines(why, Block("resource", (kind, name), {}, (inner,)))]


def _underscored(text: str) -> str:
    """Return a name of Kubernetes as Terraform writes it: CronJob is cron_job."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", text).lower()


RENDERERS: dict[type[Resource], Renderer] = {
    Namespace: OneBlock(
        "kubernetes.tf",
        "kubernetes_namespace_v1",
        lambda resource: resource.namespace,
        _namespace,
        lambda resource, _: resource.namespace,
        _namespace,
    ),
    KubernetesServiceAccount: _Accounts(),
    PodAccount: OnlyLines("kubernetes.tf", _pods),
    PodKeyRemoval: NotHere(
        "kubernetes.tf",
        "Remove the volumes and variables with a service account key from the resource or manifest of {name}. The "
        "command wif-wizard plan shows which of these volumes and variables the pods have now.",
    ),
}
