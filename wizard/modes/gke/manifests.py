"""The files that a team on GKE commits: service accounts, and a patch for each workload that must use another one.

Everything here is text that is computed from a setup, and from what runs in the cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wizard.clouds.controllers import KINDS, Controller, ControllerKind
from wizard.federation.gke import NODE_SELECTOR, ClusterName
from wizard.language import _
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.opened import ExportedFile
from wizard.phrases import paragraph
from wizard.resources.kind import Kind as Resource
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount
from wizard.setup.yaml_text import as_yaml

ACCOUNTS_FILE = "service-accounts.yaml"

_PATCH = "This patch sets the serviceAccountName of {title}. Apply the patch with kubectl or kustomize."


@dataclass(frozen=True)
class Use:
    """A controller whose pods must use a Kubernetes service account; `now` is the account that they use now."""

    namespace: str
    controller: Controller
    service_account: str
    now: str = ""

    @property
    def kind(self) -> ControllerKind:
        """The kind of the controller."""
        return KINDS[self.controller.kind]

    @property
    def title(self) -> str:
        """NAMESPACE/NAME, after the kind unless it is a Deployment."""
        name = f"{self.namespace}/{self.controller.name}"
        return name if self.controller.kind == "Deployment" else f"{self.controller.kind} {name}"

    @property
    def file(self) -> str:
        """The name of the file with its patch."""
        return f"{self.controller.kind.lower()}-{self.namespace}-{self.controller.name}.yaml"

    @property
    def in_place(self) -> bool:
        """Whether the pods already use the service account."""
        return self.now == self.service_account

    @property
    def patched(self) -> bool:
        """Whether a patch is needed and possible."""
        return self.kind.patchable and not self.in_place


def service_accounts(resources: Iterable[Resource]) -> str:
    """Return the manifests of the resources in the cluster, as one YAML text with several documents."""
    manifests = (resource.manifest() for resource in resources)
    return "---\n".join(as_yaml(manifest) for manifest in manifests if manifest)


def exported_accounts(blueprint: GkeBlueprint) -> ExportedFile:
    """Return the file with the Kubernetes service accounts of a setup."""
    accounts = [resource for resource in blueprint.inside() if isinstance(resource, KubernetesServiceAccount)]
    why = _(
        "The Kubernetes service accounts of the setup. If an account acts as a Google service "
        "account, an annotation names the Google service account."
    )
    return ExportedFile(ACCOUNTS_FILE, ACCOUNTS_FILE, why, "yaml", service_accounts(accounts))


def exported_uses(cluster: ClusterName, uses: Sequence[Use], mixed: bool) -> list[ExportedFile]:
    """Return a patch for each workload whose pods must use another service account, and the commands to apply them.

    `mixed` says that pods can run on nodes that do not give them an identity of their own.
    """
    patches = [_exported_patch(use, mixed) for use in uses if use.patched]
    script = "\n".join(commands(cluster, uses)) + "\n"
    why = _("These kubectl commands apply the files. Press s to save the files first.")
    return [*patches, ExportedFile("commands.sh", _("kubectl commands"), why, "bash", script)]


def _exported_patch(use: Use, mixed: bool) -> ExportedFile:
    pinned = mixed and not use.kind.on_each_node
    sentences = [_(_PATCH).format(title=use.title)]
    sentences.append(
        _("Kubernetes recreates the workload's pods.")
        if use.kind.rolls_out
        else _("The patch takes effect with the next run of the workload.")
    )
    if pinned:
        sentences.append(_("The nodeSelector keeps the pods off node pools that the wizard does not change."))
    elif mixed:
        sentences.append(
            _("Pods on node pools that the wizard does not change continue to act as the nodes' service account.")
        )
    why = paragraph(sentences)
    return ExportedFile(use.file, use.file, why, "yaml", patch(use, pinned))


def patch(use: Use, pinned: bool = False) -> str:
    """Return a strategic merge patch, for kubectl and kustomize. Jobs have none, since their template cannot change.

    `pinned` keeps the pods on nodes that give them an identity of their own, if the cluster has other nodes too.
    """
    spec: dict[str, Any] = {"serviceAccountName": use.service_account}
    if pinned:
        spec["nodeSelector"] = dict(NODE_SELECTOR)
    body: dict[str, Any] = {"spec": spec}
    for key in reversed(use.kind.template):
        body = {key: body}
    head = {"apiVersion": use.kind.api_version, "kind": use.controller.kind}
    return as_yaml({**head, "metadata": {"name": use.controller.name, "namespace": use.namespace}, **body})


def commands(cluster: ClusterName, uses: Sequence[Use]) -> list[str]:
    """Return the kubectl commands that apply the files of this module, in order."""
    kubectl = f"kubectl --context={cluster.context}"
    place = f"--location={cluster.location} --project={cluster.project}"
    lines = [f"gcloud container clusters get-credentials {cluster.cluster} {place}"]
    lines.append(f"{kubectl} apply -f {ACCOUNTS_FILE}")
    for use in uses:
        if not use.patched:
            continue
        in_namespace = f"{kubectl} --namespace={use.namespace}"
        controller = f"{use.controller.kind.lower()} {use.controller.name}"
        lines.append(f"{in_namespace} patch {controller} --patch-file={use.file}")
        if use.kind.rolls_out:
            lines.append(f"{in_namespace} rollout status {controller}")
    return lines
