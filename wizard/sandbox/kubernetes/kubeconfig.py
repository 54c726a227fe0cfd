"""The kubeconfig file for the clusters of a sandbox."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import yaml

from wizard.sandbox.env_file import write_private
from wizard.sandbox.model.clusters import Cluster


def variables(clusters: Sequence[Cluster], private: Path, token: str) -> dict[str, str]:
    """Write the file (0600); the variables that name it, and kubectl's cache, which must not outlive the sandbox."""
    path = private / "kubeconfig"
    write_private(path, text(clusters, token))
    return {"KUBECONFIG": str(path), "KUBECACHEDIR": str(private / "kube-cache")}


def text(clusters: Sequence[Cluster], token: str) -> str:
    """A kubeconfig with a context for each cluster, named as gcloud names them; the first one is current.

    The addresses are https: kubectl sends no token over plain http.
    """
    names = [context(cluster) for cluster in clusters]
    user = "operator"
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": _address(each)} for name, each in zip(names, clusters, strict=True)],
            "users": [{"name": user, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": user}} for name in names],
            "current-context": names[0] if names else "",
        },
        sort_keys=False,
    )


def context(cluster: Cluster) -> str:
    """gke_PROJECT_LOCATION_NAME."""
    return f"gke_{cluster.project.id}_{cluster.location}_{cluster.name}"


def _address(cluster: Cluster) -> dict[str, str]:
    # The CA is checked for being base64 here, and not by a client that would only say that it cannot read it.
    base64.b64decode(cluster.ca, validate=True)
    return {"server": f"https://{cluster.endpoint}", "certificate-authority-data": cluster.ca}
