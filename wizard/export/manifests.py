"""What a team on GKE commits: the service accounts, and the patch by which each deployment uses its own.

Pure: text from a setup and from what is known of the deployments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wizard.federation.gke import NODE_SELECTOR, ClusterName
from wizard.resources.kind import Kind
from wizard.setup.yaml_text import as_yaml

ACCOUNTS_FILE = "service-accounts.yaml"


@dataclass(frozen=True)
class Use:
    """A deployment that is to use a Kubernetes service account; `now` is the one that it uses."""

    namespace: str
    deployment: str
    service_account: str
    now: str = ""

    @property
    def title(self) -> str:
        """Namespace and deployment, as people write them."""
        return f"{self.namespace}/{self.deployment}"

    @property
    def file(self) -> str:
        """A name for a file of its own."""
        return f"deployment-{self.namespace}-{self.deployment}.yaml"

    @property
    def in_place(self) -> bool:
        """Whether there is nothing to patch."""
        return self.now == self.service_account


def service_accounts(resources: Iterable[Kind]) -> str:
    """The manifests of all that is kept in the cluster, as one YAML text of several documents."""
    manifests = (each.manifest() for each in resources)
    return "---\n".join(as_yaml(manifest) for manifest in manifests if manifest)


def patch(use: Use, pinned: bool = False) -> str:
    """A strategic merge patch, for kubectl and for kustomize.

    `pinned` keeps the pods on nodes that give them their identity, where a Standard cluster has other nodes too.
    """
    spec: dict[str, Any] = {"serviceAccountName": use.service_account}
    if pinned:
        spec["nodeSelector"] = dict(NODE_SELECTOR)
    return as_yaml(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": use.deployment, "namespace": use.namespace},
            "spec": {"template": {"spec": spec}},
        }
    )


def commands(cluster: ClusterName, uses: Sequence[Use]) -> list[str]:
    """The same with kubectl, by hand, in order; the files are those of this module."""
    kubectl = f"kubectl --context={cluster.context}"
    place = f"--location={cluster.location} --project={cluster.project}"
    lines = [f"gcloud container clusters get-credentials {cluster.cluster} {place}"]
    lines.append(f"{kubectl} apply -f {ACCOUNTS_FILE}")
    for use in uses:
        if not use.in_place:
            there = f"{kubectl} --namespace={use.namespace}"
            lines.append(f"{there} patch deployment {use.deployment} --patch-file={use.file}")
            lines.append(f"{there} rollout status deployment {use.deployment}")
    return lines
