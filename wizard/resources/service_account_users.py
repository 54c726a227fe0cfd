"""Who runs with a Kubernetes service account: the controllers and the pods of its namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wizard.clouds.controllers import READ, ControllerKind
from wizard.clouds.kubernetes import Kubernetes
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Resource
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.resources.controller import DEFAULT, rollout_of
from wizard.resources.pod_account import PodAccount

_USES = "The {title} in the namespace {namespace} uses the Kubernetes service account."
_POD_USES = "The pod {pod} in the namespace {namespace} runs with the Kubernetes service account."
_ENDED = ("Succeeded", "Failed")
_ABOVE = ("Deployment ", "CronJob ")
"""How the titles of controllers begin that have controllers below them."""

Json = dict[str, Any]


def users(
    clouds: Clouds, cluster: ClusterName, namespace: str, account: str, going: Mapping[Resource, Change]
) -> list[str]:
    """Return who uses an account and does not get its former account in the same revert, one sentence each.

    Raises CloudError.
    """
    kubernetes = clouds.kubernetes(cluster)
    leaving = {
        resource.controller.title
        for resource in going
        if isinstance(resource, PodAccount) and resource.cluster == cluster and resource.namespace == namespace
    }
    found: list[str] = []
    counted: set[str] = set()
    below: list[tuple[str, set[str]]] = []
    for kind in READ:
        for document in _documents(kubernetes, kind, namespace):
            title = f"{kind.name} {document['metadata']['name']}"
            if _is_over(kind, document) or _account(_template(kind, document)) != account:
                continue
            above = {owner for owner in _owners(document["metadata"]) if owner.startswith(_ABOVE)}
            if above:
                below.append((title, above))
            elif title not in leaving:
                found.append(_(_USES).format(title=title, namespace=namespace))
                counted.add(title)
            elif rollout_of(kind.name, document.get("spec") or {}) == "rolling":
                counted.add(title)  # the revert replaces its pods
    counted |= {title for title, above in below if above & counted}
    return [*found, *_pods(kubernetes, namespace, account, counted)]


def _pods(kubernetes: Kubernetes, namespace: str, account: str, counted: set[str]) -> Iterator[str]:
    """Yield the pods that run with an account, without those of the controllers that are counted already."""
    from lightkube.resources.core_v1 import Pod

    for pod in kubernetes.list_objects(Pod, namespace):
        document: Json = pod.to_dict()
        metadata = document["metadata"]
        is_alive = (document.get("status") or {}).get("phase") not in _ENDED and "deletionTimestamp" not in metadata
        if is_alive and _account(document.get("spec") or {}) == account and not counted.intersection(_owners(metadata)):
            yield _(_POD_USES).format(pod=metadata["name"], namespace=namespace)


def _documents(kubernetes: Kubernetes, kind: ControllerKind, namespace: str) -> list[Json]:
    from lightkube.resources import apps_v1, batch_v1, core_v1

    homes = {"apps/v1": apps_v1, "batch/v1": batch_v1, "v1": core_v1}
    listed: list[Any] = kubernetes.list_objects(getattr(homes[kind.api_version], kind.name), namespace)
    return [each.to_dict() for each in listed]


def _template(kind: ControllerKind, document: Json) -> Json:
    part = document
    for key in (*kind.template, "spec"):
        part = part.get(key) or {}
    return part


def _account(pod_spec: Json) -> str:
    return str(pod_spec.get("serviceAccountName") or DEFAULT)


def _owners(metadata: Json) -> set[str]:
    return {f"{owner.get('kind')} {owner.get('name')}" for owner in metadata.get("ownerReferences") or ()}


def _is_over(kind: ControllerKind, document: Json) -> bool:
    """Return whether it is a job that has ended."""
    conditions = (document.get("status") or {}).get("conditions") or ()
    ended = [each for each in conditions if each.get("type") in ("Complete", "Failed")]
    return kind.name == "Job" and any(each.get("status") == "True" for each in ended)
