"""The templates that stateful sets and daemon sets have had, as ControllerRevisions, for `kubectl rollout undo`.

Source: Kubernetes documentation, "Perform a Rollback on a DaemonSet".
"""

from __future__ import annotations

from .kinds import CONTROLLER_REVISION, Kind, Object
from .making import reference
from .state import KubernetesState, head

REVISION = "controller-revision-hash"
"""The label of a pod, and of a revision, that names the template it was made from."""
_KEPT = 10
"""How many old revisions a set keeps if it does not say."""


def remember(state: KubernetesState, kind: Kind, owner: Object, current: str) -> None:
    """Keep the template that a set has now; `current` is its hash. That of an old one becomes the newest again."""
    revisions = sorted(state.store.owned(CONTROLLER_REVISION, owner), key=lambda each: int(each["revision"]))
    name, namespace = f"{owner['metadata']['name']}-{current}", owner["metadata"]["namespace"]
    if revisions and revisions[-1]["metadata"]["name"] == name:
        return
    number = int(revisions[-1]["revision"]) + 1 if revisions else 1
    found = state.store.peek(CONTROLLER_REVISION, namespace, name)
    if found is not None:
        state.store.put(CONTROLLER_REVISION, {**found, "revision": number})
        return
    template = owner["spec"]["template"]
    item = head(CONTROLLER_REVISION, name, namespace, state.now())
    labels = {**((template.get("metadata") or {}).get("labels") or {}), REVISION: current}
    item["metadata"] |= {"labels": labels, "ownerReferences": [reference(kind, owner)]}
    data = {"spec": {"template": {"$patch": "replace", **template}}}
    state.store.put(CONTROLLER_REVISION, {**item, "data": data, "revision": number})
    kept = owner["spec"].get("revisionHistoryLimit", _KEPT)
    for old in revisions[: max(len(revisions) - kept, 0)]:
        state.store.remove(CONTROLLER_REVISION, namespace, old["metadata"]["name"])


def forget(state: KubernetesState, owner: Object) -> None:
    """Remove the revisions of a set that was deleted."""
    for each in state.store.owned(CONTROLLER_REVISION, owner):
        state.store.remove(CONTROLLER_REVISION, each["metadata"]["namespace"], each["metadata"]["name"])
