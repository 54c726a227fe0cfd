"""Create the objects that a scenario's cluster lists under `kubernetes`."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from . import kinds
from .bodies import typed
from .kinds import DEPLOYMENT, NAMESPACE, SERVICE_ACCOUNT, Kind, Object
from .objects import Objects
from .paths import Target

SYSTEM = ("default", "kube-system")
"""Namespaces that every cluster has."""
MANAGER = "kubectl-create"
IMAGE = "registry.acme.example/{}:1.0"


def fill(objects: Objects, contents: Mapping[str, Any]) -> None:
    """Create what the scenario lists: namespaces with their service accounts and deployments, and any manifest."""
    with objects.filling():
        for name in SYSTEM:
            _create(objects, NAMESPACE, "", name)
        for spec in contents.get("namespaces", []):
            _namespace(objects, spec)
        for manifest in contents.get("manifests", []):
            _manifest(objects, manifest)


def _manifest(objects: Objects, manifest: Mapping[str, Any]) -> None:
    kind = kinds.of(manifest["apiVersion"], manifest["kind"])
    if kind is None:
        raise ValueError(f"The sandbox's clusters have no {manifest['apiVersion']} {manifest['kind']}.")
    namespace = manifest["metadata"].get("namespace", "default") if kind.namespaced else ""
    _put(objects, kind, namespace, deepcopy(dict(manifest)))


def _namespace(objects: Objects, spec: Mapping[str, Any]) -> None:
    name = spec["name"]
    _create(objects, NAMESPACE, "", name, labels=spec.get("labels", {}))
    for account in spec.get("service_accounts", []):
        annotations = account.get("annotations", {})
        _create(objects, SERVICE_ACCOUNT, name, account["name"], annotations=annotations)
    for deployment in spec.get("deployments", []):
        _put(objects, DEPLOYMENT, name, _deployment(deployment))
    if spec.get("terminating"):
        objects.hold_ending(objects.get(Target("get", NAMESPACE, "", name)))


def _deployment(spec: Mapping[str, Any]) -> Object:
    """A deployment of one container, from its name, replicas, image, service_account and node_pool."""
    name = spec["name"]
    labels = {"app": name}
    pod: Object = {"containers": [{"name": name, "image": spec.get("image", IMAGE.format(name))}]}
    if "service_account" in spec:
        pod["serviceAccountName"] = spec["service_account"]
    if "node_pool" in spec:
        pod["nodeSelector"] = {"cloud.google.com/gke-nodepool": spec["node_pool"]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    metadata = {"name": name, "labels": labels}
    selector = {"matchLabels": labels}
    return {
        "metadata": metadata,
        "spec": {"replicas": spec.get("replicas", 1), "selector": selector, "template": template},
    }


def _create(objects: Objects, kind: Kind, namespace: str, name: str, **metadata: Mapping[str, str]) -> None:
    given = {key: dict(value) for key, value in metadata.items() if value}
    _put(objects, kind, namespace, {"metadata": {"name": name, **given}})


def _put(objects: Objects, kind: Kind, namespace: str, item: Object) -> None:
    checked, _ = typed(kind, item, "Strict")
    objects.create(Target("create", kind, namespace), checked, MANAGER)
