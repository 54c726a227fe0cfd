"""The controller of deployments: each has a replica set for its pod template as it is now."""

from __future__ import annotations

from .kinds import DEPLOYMENT, POD, REPLICA_SET, Object
from .making import is_ready, reference, revision
from .state import KubernetesState, head

HASH = "pod-template-hash"
"""The label that tells the pods of one replica set of a deployment from those of another."""


class Deployments:
    """Brings the replica sets of one cluster in line with its deployments."""

    def __init__(self, state: KubernetesState) -> None:
        self._state = state

    def settle(self, deployment: Object) -> None:
        """Create or scale the replica set of the current template, and remove those of others."""
        store = self._state.store
        current = self._replica_set(deployment)
        for old in store.owned(REPLICA_SET, deployment):
            if old["metadata"]["uid"] != current["metadata"]["uid"]:
                store.remove(REPLICA_SET, old["metadata"]["namespace"], old["metadata"]["name"])
        wanted = deployment["spec"].get("replicas", 1)
        if current["spec"]["replicas"] != wanted:
            store.put(REPLICA_SET, {**current, "spec": {**current["spec"], "replicas": wanted}})
        self._report(deployment, current, wanted)

    def end(self, deployment: Object) -> None:
        """Remove what belongs to a deployment that was deleted."""
        for each in self._state.store.owned(REPLICA_SET, deployment):
            self._state.store.remove(REPLICA_SET, each["metadata"]["namespace"], each["metadata"]["name"])

    def _replica_set(self, deployment: Object) -> Object:
        """The replica set of the deployment's template as it is now."""
        metadata, spec = deployment["metadata"], deployment["spec"]
        template = spec["template"]
        suffix = revision(template)
        name = f"{metadata['name']}-{suffix}"
        found = self._state.store.peek(REPLICA_SET, metadata["namespace"], name)
        if found is not None:
            return found
        replica_set = head(REPLICA_SET, name, metadata["namespace"], self._state.now())
        inner = template.get("metadata") or {}
        labels = {**inner.get("labels", {}), HASH: suffix}
        selector = spec["selector"]
        replica_set["metadata"] |= {"labels": labels, "ownerReferences": [reference(DEPLOYMENT, deployment)]}
        replica_set["spec"] = {
            "replicas": spec.get("replicas", 1),
            "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH: suffix}},
            "template": {**template, "metadata": {**inner, "labels": labels}},
        }
        return self._state.store.put(REPLICA_SET, replica_set)

    def _report(self, deployment: Object, current: Object, wanted: int) -> None:
        pods = self._state.store.owned(POD, current)[:wanted]
        ready = sum(is_ready(pod) for pod in pods)
        status = {
            "observedGeneration": deployment["metadata"].get("generation", 1),
            "replicas": len(pods),
            "updatedReplicas": len(pods),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "conditions": [{"type": "Available", "status": "True" if ready >= wanted else "False"}],
        }
        if deployment.get("status") != status:
            self._state.store.put(DEPLOYMENT, {**deployment, "status": status})
