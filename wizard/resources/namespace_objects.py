"""What a namespace contains beside what Kubernetes itself puts into every namespace.

Sources: Kubernetes documentation, "Namespaces" and "Configure Service Accounts for Pods".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wizard.clouds.kubernetes import Kubernetes
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Resource
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.resources.kubernetes_service_account import KubernetesServiceAccount

_CONTAINS = "The namespace contains the {kind} {name}, which the run did not create."
_AND_MORE = "The namespace contains {count} more objects."
_MOST = 5
"""How many objects are named."""

_OWN = {("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")}
"""What Kubernetes creates in every namespace."""
_NOT_STORED = ("metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io")
"""Groups whose objects are measurements of other objects."""
_EVENT = "Event"
_TOKEN_OF = "kubernetes.io/service-account.name"
"""The annotation of a Secret that Kubernetes deletes with its service account."""


def others(clouds: Clouds, cluster: ClusterName, namespace: str, going: Mapping[Resource, Change]) -> list[str]:
    """Return what is in a namespace and does not go with it, one sentence each. Raises CloudError."""
    prefix = f"{cluster.name}/namespaces/{namespace}/serviceaccounts/"
    accounts = {
        resource.service_account
        for resource, change in going.items()
        if isinstance(resource, KubernetesServiceAccount) and resource.name.startswith(prefix) and not change.before
    }
    found = sorted(_objects(clouds.kubernetes(cluster), namespace, accounts))
    lines = [_(_CONTAINS).format(kind=kind, name=name) for kind, name in found[:_MOST]]
    return lines + ([_(_AND_MORE).format(count=len(found) - _MOST)] if len(found) > _MOST else [])


def _objects(kubernetes: Kubernetes, namespace: str, accounts: set[str]) -> Iterator[tuple[str, str]]:
    """Yield kind and name of each object that nothing else in the namespace owns."""
    for kind in kubernetes.namespaced_kinds():
        group, name = kind._api_info.resource.group, kind.__name__
        if group in _NOT_STORED or name == _EVENT:
            continue
        for each in kubernetes.list_objects(kind, namespace):
            if not _goes(name, each.metadata, accounts):
                yield name, each.metadata.name


def _goes(kind: str, metadata: Any, accounts: set[str]) -> bool:
    if (kind, metadata.name) in _OWN or metadata.ownerReferences:
        return True
    if kind == "Secret":
        return (metadata.annotations or {}).get(_TOKEN_OF) in {*accounts, "default"}
    return kind == "ServiceAccount" and metadata.name in accounts
