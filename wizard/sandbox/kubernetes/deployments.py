"""The controller of deployments: it keeps the pods that they ask for, on nodes that exist."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from hashlib import sha256

from .kinds import DEPLOYMENT, POD, REPLICA_SET, SERVICE_ACCOUNT, Kind, Object
from .nodes import nodes
from .state import KubernetesState, head

LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""What Kubernetes makes names of, so that they spell no words."""

Start = Callable[[Object], Object]
"""Creates a pod, and starts it; the pod as stored."""


class Deployments:
    """Brings the pods of one cluster in line with its deployments and nodes, whenever they are read."""

    def __init__(self, state: KubernetesState, start: Start, stop: Callable[[Object], None]) -> None:
        self._state = state
        self._start = start
        self._stop = stop

    def settle(self) -> None:
        """Create missing pods, and end those that nothing asks for or whose nodes no longer exist."""
        for deployment in self._state.store.all(DEPLOYMENT):
            self._settle(deployment)
        owners = {each["metadata"]["uid"] for each in self._state.store.all(REPLICA_SET)}
        for pod in self._state.store.all(POD):
            references = pod["metadata"].get("ownerReferences") or []
            if references and references[0]["kind"] == REPLICA_SET.kind and references[0]["uid"] not in owners:
                self._stop(pod)

    def forget(self, deployment: Object) -> None:
        """Delete what belongs to a deployment that was deleted."""
        for replica_set in self._owned(REPLICA_SET, deployment):
            metadata = replica_set["metadata"]
            self._state.store.remove(REPLICA_SET, metadata["namespace"], metadata["name"])
        self.settle()

    def _settle(self, deployment: Object) -> None:
        current = self._replica_set(deployment)
        for old in self._owned(REPLICA_SET, deployment):
            if old["metadata"]["uid"] != current["metadata"]["uid"]:
                self._state.store.remove(REPLICA_SET, old["metadata"]["namespace"], old["metadata"]["name"])
        there = {node.name for node in nodes(self._state.cluster)}
        running = []
        for pod in self._owned(POD, current):
            if pod["spec"].get("nodeName", next(iter(there), "")) in there:
                running.append(pod)
            else:
                self._stop(pod)
        wanted = deployment["spec"].get("replicas", 1)
        for pod in running[wanted:]:
            self._stop(pod)
        namespace, template = deployment["metadata"]["namespace"], deployment["spec"]["template"]
        account = template.get("spec", {}).get("serviceAccountName", "default")
        if self._state.store.get(SERVICE_ACCOUNT, namespace, account) is not None:
            names = (f"{current['metadata']['name']}-{_letters()}" for _ in range(wanted - len(running)))
            running += [self._start(pod_of(self._state, REPLICA_SET, current, template, name)) for name in names]
        self._report(deployment, running[:wanted])

    def _owned(self, kind: Kind, owner: Object) -> list[Object]:
        uid = owner["metadata"]["uid"]
        return [
            each
            for each in self._state.store.all(kind, owner["metadata"]["namespace"])
            if any(reference["uid"] == uid for reference in each["metadata"].get("ownerReferences") or [])
        ]

    def _replica_set(self, deployment: Object) -> Object:
        """The replica set of the deployment's template as it is now."""
        metadata, template = deployment["metadata"], deployment["spec"]["template"]
        name = f"{metadata['name']}-{revision(template)}"
        found = self._state.store.get(REPLICA_SET, metadata["namespace"], name)
        if found is not None:
            return found
        replica_set = head(REPLICA_SET, name, metadata["namespace"], self._state.now())
        replica_set["metadata"]["ownerReferences"] = [reference(DEPLOYMENT, deployment)]
        spec = deployment["spec"]
        replica_set["spec"] = {"replicas": spec.get("replicas", 1), "selector": spec["selector"], "template": template}
        return self._state.store.put(REPLICA_SET, replica_set)

    def _report(self, deployment: Object, running: list[Object]) -> None:
        ready = sum(pod.get("status", {}).get("phase") == "Running" for pod in running)
        wanted = deployment["spec"].get("replicas", 1)
        status = {
            "observedGeneration": deployment["metadata"].get("generation", 1),
            "replicas": len(running),
            "updatedReplicas": len(running),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "conditions": [{"type": "Available", "status": "True" if ready >= wanted else "False"}],
        }
        if deployment.get("status") != status:
            self._state.store.put(DEPLOYMENT, {**deployment, "status": status})


def pod_of(state: KubernetesState, kind: Kind, owner: Object, template: Object, name: str) -> Object:
    """A new pod that the owner asks for."""
    pod = head(POD, name, owner["metadata"]["namespace"], state.now())
    for key in ("labels", "annotations"):
        if key in template.get("metadata", {}):
            pod["metadata"][key] = dict(template["metadata"][key])
    pod["metadata"]["ownerReferences"] = [reference(kind, owner)]
    return {**pod, "spec": dict(template.get("spec", {}))}


def reference(kind: Kind, owner: Object) -> Object:
    """How an object names its owner."""
    metadata = owner["metadata"]
    names = {"apiVersion": kind.api_version, "kind": kind.kind, "name": metadata["name"], "uid": metadata["uid"]}
    return {**names, "controller": True, "blockOwnerDeletion": True}


def revision(template: Object) -> str:
    """A name for a template as it is now."""
    digest = sha256(json.dumps(template, sort_keys=True).encode()).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:10])


def _letters() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(5))
