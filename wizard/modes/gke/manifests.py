"""What a team on GKE commits: the service accounts, and the patch by which each workload's pods use their own.

Pure: text from a setup and from what is known of what runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wizard.federation.gke import NODE_SELECTOR, ClusterName
from wizard.modes.gke.blueprint import GkeBlueprint
from wizard.modes.gke.controllers import KINDS, Controller, Kind
from wizard.modes.opened import ExportedFile
from wizard.resources.kind import Kind as Resource
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount
from wizard.setup.yaml_text import as_yaml

ACCOUNTS_FILE = "service-accounts.yaml"


@dataclass(frozen=True)
class Use:
    """What has pods made that are to use a Kubernetes service account; `now` is the one that they use."""

    namespace: str
    controller: Controller
    service_account: str
    now: str = ""

    @property
    def kind(self) -> Kind:
        """Of which kind it is."""
        return KINDS[self.controller.kind]

    @property
    def title(self) -> str:
        """Namespace and name, as people write them; of what is no deployment also the kind."""
        named = f"{self.namespace}/{self.controller.name}"
        return named if self.controller.kind == "Deployment" else f"{self.controller.kind} {named}"

    @property
    def file(self) -> str:
        """A name for a file of its own."""
        return f"{self.controller.kind.lower()}-{self.namespace}-{self.controller.name}.yaml"

    @property
    def in_place(self) -> bool:
        """Whether there is nothing to change."""
        return self.now == self.service_account

    @property
    def patched(self) -> bool:
        """Whether there is something to change that a patch can change."""
        return self.kind.patchable and not self.in_place


def service_accounts(resources: Iterable[Resource]) -> str:
    """The manifests of all that is kept in the cluster, as one YAML text of several documents."""
    manifests = (each.manifest() for each in resources)
    return "---\n".join(as_yaml(manifest) for manifest in manifests if manifest)


def exported_accounts(blueprint: GkeBlueprint) -> ExportedFile:
    """The Kubernetes service accounts of a setup, to commit."""
    accounts = [each for each in blueprint.inside() if isinstance(each, KubernetesServiceAccount)]
    why = "The Kubernetes service accounts, with the Google service account that each acts as."
    return ExportedFile(ACCOUNTS_FILE, ACCOUNTS_FILE, why, "yaml", service_accounts(accounts))


def exported_uses(cluster: ClusterName, uses: Sequence[Use], mixed: bool) -> list[ExportedFile]:
    """A patch for each workload whose pods are to use another service account, and the commands that apply them.

    `mixed` is whether pods may land on nodes that do not give them their identity.
    """
    patches = [_exported_patch(use, mixed) for use in uses if use.patched]
    by_hand = "\n".join(commands(cluster, uses)) + "\n"
    why = "The same with kubectl, once the files are saved (s)."
    return [*patches, ExportedFile("commands.sh", "kubectl commands", why, "bash", by_hand)]


def _exported_patch(use: Use, mixed: bool) -> ExportedFile:
    pinned = mixed and not use.kind.on_each_node
    when = "Its pods are recreated." if use.kind.rolls_out else "It takes effect with the next run."
    where = ""
    if pinned:
        where = " The nodeSelector keeps them away from node pools that are not changed."
    elif mixed:
        where = " Pods on node pools that are not changed continue to act as their nodes."
    why = f"serviceAccountName for {use.title}: a patch for kubectl and kustomize. {when}{where}"
    return ExportedFile(use.file, use.file, why, "yaml", patch(use, pinned))


def patch(use: Use, pinned: bool = False) -> str:
    """A strategic merge patch, for kubectl and for kustomize; of a job there is none, as its template stays as it is.

    `pinned` keeps the pods on nodes that give them their identity, where a Standard cluster has other nodes too.
    """
    spec: dict[str, Any] = {"serviceAccountName": use.service_account}
    if pinned:
        spec["nodeSelector"] = dict(NODE_SELECTOR)
    inside: dict[str, Any] = {"spec": spec}
    for key in reversed(use.kind.template):
        inside = {key: inside}
    head = {"apiVersion": use.kind.api_version, "kind": use.controller.kind}
    return as_yaml({**head, "metadata": {"name": use.controller.name, "namespace": use.namespace}, **inside})


def commands(cluster: ClusterName, uses: Sequence[Use]) -> list[str]:
    """The same with kubectl, by hand, in order; the files are those of this module."""
    kubectl = f"kubectl --context={cluster.context}"
    place = f"--location={cluster.location} --project={cluster.project}"
    lines = [f"gcloud container clusters get-credentials {cluster.cluster} {place}"]
    lines.append(f"{kubectl} apply -f {ACCOUNTS_FILE}")
    for use in (each for each in uses if each.patched):
        there = f"{kubectl} --namespace={use.namespace}"
        what = f"{use.controller.kind.lower()} {use.controller.name}"
        lines.append(f"{there} patch {what} --patch-file={use.file}")
        if use.kind.rolls_out:
            lines.append(f"{there} rollout status {what}")
    return lines
