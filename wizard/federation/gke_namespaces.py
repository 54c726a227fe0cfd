"""The namespaces in which Kubernetes and GKE run their own pods. Every other namespace belongs to the cluster's teams.

Teams choose names such as kube-prometheus or gke-apps, so a prefix proves nothing. GKE reserves `gke-managed-` alone.
Source: https://cloud.google.com/kubernetes-engine/docs, and the namespaces of new clusters (November 2026).
"""

RESERVED_PREFIX = "gke-managed-"

GOOGLES = frozenset(
    {
        "anthos-identity-service",
        "asm-system",
        "config-management-monitoring",
        "config-management-system",
        "gke-connect",
        "gke-gmp-system",
        "gke-system",
        "gmp-public",
        "gmp-system",
        "kube-node-lease",
        "kube-public",
        "kube-system",
        "resource-group-system",
    }
)


def is_googles(namespace: str) -> bool:
    """Return whether the pods in a namespace belong to Kubernetes or GKE, and not to a team."""
    return namespace in GOOGLES or namespace.startswith(RESERVED_PREFIX)
