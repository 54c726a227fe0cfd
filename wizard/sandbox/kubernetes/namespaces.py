"""How namespaces end: their objects first, as far as nobody's finalizers hold them, and then they themselves.

Source: Kubernetes documentation, "Finalizers"; the conditions are those of the namespace controller.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from .kinds import NAMESPACE, POD, STORED, TEMPLATES, Kind, Object
from .pods import Pods
from .state import KubernetesState

_CONTENT = "NamespaceContentRemaining"
_FINALIZERS = "NamespaceFinalizersRemaining"


def ending(item: Object, now: str) -> Object:
    """An object that is marked as being deleted; the first time counts."""
    metadata = {"deletionTimestamp": now, "deletionGracePeriodSeconds": 0, **item["metadata"]}
    return {**item, "metadata": metadata}


class Namespaces:
    """Ends the namespaces of one cluster."""

    def __init__(self, state: KubernetesState, pods: Pods) -> None:
        self._state = state
        self._pods = pods
        self._emptied: set[str] = set()
        """The namespaces that go as soon as nothing is in them."""

    def end(self, namespace: Object) -> Object:
        """Start to delete a namespace, which takes as long as an operation; returns it as stored."""
        if namespace["status"]["phase"] == "Terminating":
            return namespace
        marked = self.mark(namespace)
        loop, name = asyncio.get_running_loop(), namespace["metadata"]["name"]
        loop.call_later(self._state.world.settings.operation, self._empty, name)
        return marked

    def mark(self, namespace: Object) -> Object:
        """Mark a namespace as being deleted, so that nothing new is created in it; returns it as stored."""
        status = {**namespace["status"], "phase": "Terminating"}
        return self._state.store.put(NAMESPACE, {**ending(namespace, self._state.now()), "status": status})

    def finish(self, name: str) -> None:
        """Take a namespace out that is being deleted, once nothing is left of it."""
        namespace = self._state.store.get(NAMESPACE, "", name) if name in self._emptied else None
        if namespace is None:
            return
        left = self._left(name)
        if not left and not namespace["metadata"].get("finalizers") and namespace["spec"].get("finalizers"):
            self._remove(name)
            return
        status = {**namespace["status"], "conditions": _conditions(left)}
        if status != namespace["status"]:
            self._state.store.put(NAMESPACE, {**namespace, "status": status})

    def finalize(self, namespace: Object, asked: Object) -> Object:
        """Answer a call of the finalize subresource; without finalizers a namespace that is being deleted goes."""
        finalizers = (asked.get("spec") or {}).get("finalizers") or []
        name = namespace["metadata"]["name"]
        if namespace["status"]["phase"] == "Terminating" and not finalizers:
            self._remove(name)
        return {**namespace, "spec": {"finalizers": finalizers}}

    def _empty(self, name: str) -> None:
        # What asks for pods goes first, or it would bring them back.
        self._emptied.add(name)
        for kind in sorted((each for each in STORED if each.namespaced), key=lambda each: each not in TEMPLATES):
            for item in self._state.store.all(kind, name):
                if item["metadata"].get("finalizers"):
                    self._state.store.put(kind, ending(item, self._state.now()))
                elif kind is POD:
                    self._pods.stop(item)
                else:
                    self._state.store.remove(kind, name, item["metadata"]["name"])
        self.finish(name)

    def _remove(self, name: str) -> None:
        self._emptied.discard(name)
        self._state.store.remove(NAMESPACE, "", name)

    def _left(self, name: str) -> list[tuple[Kind, Object]]:
        """What is still in a namespace: objects with finalizers; events are not waited for."""
        kinds = [each for each in STORED if each.namespaced]
        items = [(kind, item) for kind in kinds for item in self._state.store.peek_all(kind, name)]
        return [(kind, item) for kind, item in items if item["metadata"].get("finalizers")]


def _conditions(left: list[tuple[Kind, Object]]) -> list[Object]:
    """Why a namespace stays, as its controller says it."""
    by_kind = Counter(f"{kind.qualified}" for kind, _ in left)
    by_finalizer = Counter(name for _, item in left for name in item["metadata"]["finalizers"])
    resources = ", ".join(f"{name} has {count} resource instances" for name, count in sorted(by_kind.items()))
    finalizers = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(by_finalizer.items()))
    some = {"status": "True" if left else "False"}
    return [
        {
            "type": _CONTENT,
            **some,
            "reason": "SomeResourcesRemain" if left else "ContentRemoved",
            "message": f"Some resources are remaining: {resources}" if left else "All content successfully removed",
        },
        {
            "type": _FINALIZERS,
            **some,
            "reason": "SomeFinalizersRemain" if left else "ContentHasNoFinalizers",
            "message": f"Some content in the namespace has finalizers remaining: {finalizers}"
            if left
            else "All content-preserving finalizers finished",
        },
    ]
