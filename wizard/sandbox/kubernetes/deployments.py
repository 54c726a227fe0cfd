"""The controller of deployments: each has a replica set for its pod template as it is now, and keeps those of before.

Source: Kubernetes documentation, "Deployments".
"""

from __future__ import annotations

from .kinds import DEPLOYMENT, POD, REPLICA_SET, Object
from .making import is_ready, reference, revision
from .state import KubernetesState, head

HASH = "pod-template-hash"
"""The label that tells the pods of one replica set of a deployment from those of another."""
REVISION = "deployment.kubernetes.io/revision"
"""The annotation of a replica set, and of its deployment: which template of the deployment it is, from 1 on."""
CHANGE_CAUSE = "kubernetes.io/change-cause"
_KEPT = 10
"""How many old replica sets a deployment keeps if it does not say."""


class Deployments:
    """Brings the replica sets of one cluster in line with its deployments."""

    def __init__(self, state: KubernetesState) -> None:
        self._state = state

    def settle(self, deployment: Object) -> None:
        """Create or scale the replica set of the current template; others have no pods, and the oldest of them go."""
        wanted = deployment["spec"].get("replicas", 1)
        if deployment["spec"].get("paused"):
            self._report(deployment, self._newest(deployment), wanted)
            return
        current = self._replica_set(deployment)
        deployment = self._annotated(deployment, current)
        self._scale(deployment, current, wanted)
        others = [
            each for each in self._replica_sets(deployment) if each["metadata"]["uid"] != current["metadata"]["uid"]
        ]
        for old in others:
            self._scale(deployment, old, 0)
        kept = deployment["spec"].get("revisionHistoryLimit", _KEPT)
        for old in sorted(others, key=number)[: max(len(others) - kept, 0)]:
            self._state.store.remove(REPLICA_SET, old["metadata"]["namespace"], old["metadata"]["name"])
        self._report(deployment, current, wanted)

    def end(self, deployment: Object) -> None:
        """Remove what belongs to a deployment that was deleted."""
        for each in self._replica_sets(deployment):
            self._state.store.remove(REPLICA_SET, each["metadata"]["namespace"], each["metadata"]["name"])

    def _replica_sets(self, deployment: Object) -> list[Object]:
        return self._state.store.owned(REPLICA_SET, deployment)

    def _newest(self, deployment: Object) -> Object | None:
        return max(self._replica_sets(deployment), key=number, default=None)

    def _scale(self, deployment: Object, replica_set: Object, wanted: int) -> None:
        before, name = replica_set["spec"]["replicas"], replica_set["metadata"]["name"]
        if before == wanted:
            return
        self._state.store.put(REPLICA_SET, {**replica_set, "spec": {**replica_set["spec"], "replicas": wanted}})
        way = "up" if wanted > before else "down"
        said = f"Scaled {way} replica set {name} from {before} to {wanted}"
        self._state.say(DEPLOYMENT, deployment, "ScalingReplicaSet", said)

    def _replica_set(self, deployment: Object) -> Object:
        """The replica set of the deployment's template as it is now; that of an old one becomes the newest again."""
        metadata, spec = deployment["metadata"], deployment["spec"]
        template = spec["template"]
        suffix = revision(template)
        name = f"{metadata['name']}-{suffix}"
        newest = self._newest(deployment)
        found = self._state.store.peek(REPLICA_SET, metadata["namespace"], name)
        if found is not None and newest is not None and found["metadata"]["uid"] == newest["metadata"]["uid"]:
            return found
        annotations = {REVISION: str(number(newest) + 1 if newest is not None else 1)}
        if cause := (metadata.get("annotations") or {}).get(CHANGE_CAUSE):
            annotations[CHANGE_CAUSE] = cause
        if found is not None:
            return self._state.store.put(REPLICA_SET, _with_annotations(found, annotations))
        replica_set = head(REPLICA_SET, name, metadata["namespace"], self._state.now())
        inner = template.get("metadata") or {}
        labels = {**inner.get("labels", {}), HASH: suffix}
        selector = spec["selector"]
        owner = reference(DEPLOYMENT, deployment)
        replica_set["metadata"] |= {"labels": labels, "annotations": annotations, "ownerReferences": [owner]}
        replica_set["spec"] = {
            "replicas": 0,
            "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), HASH: suffix}},
            "template": {**template, "metadata": {**inner, "labels": labels}},
        }
        return self._state.store.put(REPLICA_SET, replica_set)

    def _annotated(self, deployment: Object, current: Object) -> Object:
        """The deployment with the number of its revision."""
        own = {REVISION: current["metadata"]["annotations"][REVISION]}
        if own.items() <= (deployment["metadata"].get("annotations") or {}).items():
            return deployment
        return self._state.store.put(DEPLOYMENT, _with_annotations(deployment, own))

    def _report(self, deployment: Object, current: Object | None, wanted: int) -> None:
        pods = self._state.store.owned(POD, current)[:wanted] if current is not None else []
        ready = sum(is_ready(pod) for pod in pods)
        status: Object = {
            "observedGeneration": deployment["metadata"].get("generation", 1),
            "replicas": len(pods),
            "updatedReplicas": len(pods),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "conditions": _conditions(current, ready, wanted),
        }
        if ready < wanted:
            status["unavailableReplicas"] = wanted - ready
        if deployment.get("status") != status:
            self._state.store.put(DEPLOYMENT, {**deployment, "status": status})


def number(replica_set: Object) -> int:
    """Which revision of its deployment a replica set is; 0 if it does not say."""
    text = str((replica_set["metadata"].get("annotations") or {}).get(REVISION, ""))
    return int(text) if text.isdecimal() else 0


def _with_annotations(item: Object, more: dict[str, str]) -> Object:
    metadata = item["metadata"]
    return {**item, "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), **more}}}


def _conditions(current: Object | None, ready: int, wanted: int) -> list[Object]:
    """Whether enough replicas are there, and whether the newest template has got as far as it wants."""
    enough = ready >= wanted
    available = {"reason": "MinimumReplicasAvailable", "message": "Deployment has minimum availability."}
    lacking = {"reason": "MinimumReplicasUnavailable", "message": "Deployment does not have minimum availability."}
    name = current["metadata"]["name"] if current is not None else ""
    done = {"reason": "NewReplicaSetAvailable", "message": f'ReplicaSet "{name}" has successfully progressed.'}
    going = {"reason": "ReplicaSetUpdated", "message": f'ReplicaSet "{name}" is progressing.'}
    return [
        {"type": "Available", "status": "True" if enough else "False", **(available if enough else lacking)},
        {"type": "Progressing", "status": "True", **(done if enough else going)},
    ]
