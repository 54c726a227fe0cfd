"""What can be done with the objects of a cluster: create, read, change, delete."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from wizard.sandbox.json_value import copied

from . import admission, json_patch, merging, ownership, rbac, server_side, shapes, subresources, validation
from .bodies import typed
from .controllers import Controllers
from .jobs import label
from .kinds import (
    CLUSTER_ROLE,
    DISRUPTION_BUDGET,
    JOB,
    NAMESPACE,
    NODE,
    POD,
    RESOURCE_QUOTA,
    SECRET,
    SERVICE_ACCOUNT,
    STORED,
    Kind,
    Object,
)
from .limits import usage
from .making import LETTERS, Maker
from .namespaces import Namespaces, ending
from .nodes import change, nodes, shown
from .ownership import Owner, Path
from .paths import Target
from .pods import Pods
from .quantities import written
from .state import KubernetesState, head
from .status import ApiError, already_exists, bad_request, conflict, invalid, modified, not_found

PATCHES: Mapping[str, Callable[[Any, Any], Any]] = {
    "application/json-patch+json": json_patch.apply,
    "application/merge-patch+json": json_patch.merge,
    "application/strategic-merge-patch+json": merging.strategic,
}
COUNTED = (RESOURCE_QUOTA, DISRUPTION_BUDGET, CLUSTER_ROLE)
"""The kinds of which something is counted or gathered when somebody looks."""
KEPT = ("uid", "creationTimestamp", "name", "namespace", "resourceVersion", "generation", "deletionTimestamp")
"""What of an object's metadata no caller changes."""


class Objects:
    """The stored objects of one cluster, and what happens when they change."""

    def __init__(self, state: KubernetesState, pods: Pods) -> None:
        self._state = state
        self._pods = pods
        self._controllers = Controllers(state, Maker(state, self._admit_made, pods.start, pods.stop))
        self._namespaces = Namespaces(state, pods)
        self._is_filling = False
        self._is_woken = False
        state.store.woken = self._wake

    def _wake(self) -> None:
        """Let the controllers do their work soon: after what changes something now has come to its end."""
        if not self._is_woken:
            self._is_woken = True
            asyncio.get_running_loop().call_soon(self._settle_woken)

    def _settle_woken(self) -> None:
        self._is_woken = False
        self.settle()

    def settle(self) -> None:
        """Let the cluster's controllers do their work."""
        if not self._is_filling:
            self._controllers.settle()

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Let the cluster's controllers do their work once, after everything in the block was created."""
        self._is_filling = True
        yield
        self._is_filling = False
        self.settle()

    def get(self, target: Target) -> Object:
        """One object; ApiError 404."""
        if target.kind is NODE:
            found = next((each for each in self._nodes() if each["metadata"]["name"] == target.name), None)
        else:
            found = self._state.store.get(target.kind, target.namespace, target.name)
        if found is None:
            raise not_found(target.kind, target.name)
        return self._counted(target.kind, found)

    def all(self, kind: Kind, namespace: str, wanted: Callable[[Object], bool]) -> list[Object]:
        """The objects of a namespace, or of all, that are wanted; nobody may change them."""
        if kind is NODE:
            return [node for node in self._nodes() if wanted(node)]
        items = [item for item in self._state.store.peek_all(kind, namespace) if wanted(item)]
        return [self._counted(kind, item) for item in items] if kind in COUNTED else items

    def create(self, target: Target, item: Object, manager: str, dry_run: bool = False) -> Object:
        """Create an object. Raises ApiError 400, 403, 404, 409 or 422."""
        kind, metadata = target.kind, item["metadata"]
        self._locate(target, metadata)
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"] + "".join(secrets.choice(LETTERS) for _ in range(5))
        if metadata.get("resourceVersion"):
            raise bad_request("resourceVersion should not be set on objects to be created")
        validation.check(kind, item)
        if self._state.store.get(kind, target.namespace, metadata["name"]) is not None:
            raise already_exists(kind, metadata["name"])
        admission.admit_new(self._state, kind, item)
        fresh = head(kind, metadata["name"], target.namespace, self._state.now())
        item["metadata"] = {**metadata, **fresh["metadata"], "generation": 1}
        if kind is JOB:
            label(item)
        if "spec" not in kind.fields:
            del item["metadata"]["generation"]
        if "managedFields" not in item["metadata"]:
            ownership.write(item, ownership.updated(_nothing(item), item, manager), self._state.now())
        if dry_run:
            return item
        return self._started(item) if kind is POD else self._stored(kind, item)

    def update(self, target: Target, item: Object, manager: str, dry_run: bool = False) -> Object:
        """Replace an object. Raises ApiError 400, 404, 409 or 422."""
        before = self.get(target)
        self._locate(target, item["metadata"])
        if item["metadata"].get("name", target.name) != target.name:
            said = f"the name of the object ({item['metadata']['name']}) does not match the name on the URL"
            raise bad_request(f"{said} ({target.name})")
        return self._changed(target, before, item, dry_run, lambda after: ownership.updated(before, after, manager))

    def patch(self, target: Target, media: str, patch: Any, manager: str, dry_run: bool = False) -> Object:
        """Patch an object. Raises ApiError 400, 404, 409 or 422."""
        before, after = self.get(target), self.patched(target, media, patch)
        return self._changed(target, before, after, dry_run, lambda item: ownership.updated(before, item, manager))

    def apply(self, target: Target, item: Object, manager: str, force: bool, dry_run: bool) -> tuple[Object, bool]:
        """Apply on the server's side: the object, and whether it is new. Raises ApiError 403, 404, 409 or 422."""
        item["metadata"].setdefault("name", target.name)
        self._locate(target, item["metadata"])
        if item["metadata"].get("managedFields"):
            raise bad_request("metadata.managedFields must be nil")
        wanted = copied(item)
        before = self._state.store.get(target.kind, target.namespace, target.name)
        if before is None:
            owners = {(manager, "Apply"): set(ownership.leaves(wanted))}
            ownership.write(item, owners, self._state.now())
            return self.create(target, item, manager, dry_run), True
        after, owners = server_side.apply(target.kind, before, wanted, manager, force)
        return self._changed(target, before, after, dry_run, lambda _: owners), False

    def delete(self, target: Target, options: Object) -> Object:
        """Delete an object; the object as it was, or is while it ends. Raises ApiError 404 or 409."""
        item = self.get(target)
        wanted = options.get("preconditions") or {}
        for name in ("uid", "resourceVersion"):
            if wanted.get(name) not in (None, item["metadata"][name]):
                said = f"the {name} in the precondition ({wanted[name]}) does not match the {name} in record"
                raise conflict(target.kind, target.name, f"Precondition failed: {said}")
        if options.get("dryRun"):
            return item
        if target.kind is NAMESPACE:
            return self._namespaces.end(item)
        if options.get("propagationPolicy") == "Orphan" or options.get("orphanDependents") is True:
            self._orphan(item)
        if item["metadata"].get("finalizers"):
            return self._state.store.put(target.kind, ending(item, self._state.now()))
        self._remove(target.kind, item)
        return item

    def change_status(self, target: Target, item: Object) -> Object:
        """Replace the status of an object, and nothing else; a phase stays if none is given. ApiError 404, 409, 422."""
        before = self.get(target)
        if item["metadata"].get("resourceVersion") not in (None, "", before["metadata"]["resourceVersion"]):
            raise modified(target.kind, target.name)
        if target.kind is NODE:
            return before
        causes = list(shapes.missing_in_status(target.kind, item))
        if causes:
            raise invalid(target.kind, target.name, causes)
        kept = {key: value for key, value in (before.get("status") or {}).items() if key in ("phase", "startTime")}
        stored = self._state.store.put(target.kind, {**before, "status": {**kept, **(item.get("status") or {})}})
        self.settle()
        return stored

    def patched(self, target: Target, media: str, patch: Any) -> Object:
        """An object with a patch applied, which is not stored. Raises ApiError 400, 404 or 422."""
        after = PATCHES[media](copied(self.get(target)), patch)
        if not isinstance(after, dict):
            raise bad_request("the patch leaves no object")
        return typed(target.kind, after, "Ignore")[0]

    def finalize(self, target: Target, item: Object) -> Object:
        """Take a namespace out that nothing finalizes any longer. Raises ApiError 404."""
        return self._namespaces.finalize(self.get(target), item)

    def _changed(
        self,
        target: Target,
        before: Object,
        after: Object,
        dry_run: bool,
        owners: Callable[[Object], dict[Owner, set[Path]]],
    ) -> Object:
        """Store a changed object."""
        kind, now = target.kind, self._state.now()
        if after["metadata"].get("resourceVersion") not in (None, "", before["metadata"]["resourceVersion"]):
            raise modified(kind, target.name)
        for key in ("labels", "annotations"):
            if not after["metadata"].get(key):
                after["metadata"].pop(key, None)  # Go's encoder omits empty maps
        after["metadata"] |= {key: before["metadata"][key] for key in KEPT if key in before["metadata"]}
        after["metadata"].setdefault("managedFields", before["metadata"].get("managedFields", []))
        if "status" in before:
            after["status"] = before["status"]
        if kind is NODE:
            change(self._state, target.name, after)
            return self.get(target)
        validation.check(kind, after)
        admission.admit(kind, after)
        admission.check_change(kind, before, after)
        admission.check_policies(self._state, kind, after, before)
        ownership.write(after, owners(after), now)
        if after == before or dry_run:
            return after
        if after.get("spec") != before.get("spec"):
            after["metadata"]["generation"] = before["metadata"].get("generation", 1) + 1
        if after["metadata"].get("deletionTimestamp") and not after["metadata"].get("finalizers"):
            self._remove(kind, after)
            return after
        return self._stored(kind, after)

    def _stored(self, kind: Kind, item: Object) -> Object:
        if kind is SECRET:
            _encode(item)
        stored = self._state.store.put(kind, item)
        if kind is NAMESPACE and stored["status"]["phase"] == "Active":
            self._give_default_account(item["metadata"]["name"])
        self.settle()
        return self._state.store.get(kind, item["metadata"].get("namespace", ""), item["metadata"]["name"]) or stored

    def _started(self, pod: Object) -> Object:
        """Start a pod that a caller creates, which a controller may adopt at once; returns the pod as it is then."""
        stored = self._pods.start(pod)
        self.settle()
        return self._state.store.get(POD, pod["metadata"]["namespace"], pod["metadata"]["name"]) or stored

    def _admit_made(self, pod: Object) -> None:
        """Check a pod that a controller makes as any new pod. Raises ApiError."""
        path = f"POST /api/v1/namespaces/{pod['metadata']['namespace']}/pods"
        fault = self._state.world.faults.match("kubernetes", path)
        if fault is not None and fault.status is not None:
            raise ApiError(fault.status, fault.code or "InternalError", fault.message or "The scenario refuses this.")
        admission.admit_new(self._state, POD, pod)

    def _give_default_account(self, namespace: str) -> None:
        if self._state.store.get(SERVICE_ACCOUNT, namespace, "default") is None:
            self._state.store.put(SERVICE_ACCOUNT, head(SERVICE_ACCOUNT, "default", namespace, self._state.now()))

    def _remove(self, kind: Kind, item: Object) -> None:
        metadata = item["metadata"]
        if kind is POD:
            self._pods.stop(item)
        else:
            self._state.store.remove(kind, metadata.get("namespace", ""), metadata["name"])
        self.settle()
        self._namespaces.finish(metadata.get("namespace", ""))
        if kind is SERVICE_ACCOUNT and metadata["name"] == "default":
            self._give_default_account(metadata["namespace"])

    def hold_ending(self, namespace: Object) -> Object:
        """Mark a namespace as being deleted, so that nothing new is created in it; returns it as stored."""
        return self._namespaces.mark(namespace)

    def _orphan(self, owner: Object) -> None:
        """Let what an object owns stay when it goes."""
        uid = owner["metadata"]["uid"]
        for kind in STORED:
            for item in self._state.store.owned(kind, owner):
                others = [each for each in item["metadata"]["ownerReferences"] if each["uid"] != uid]
                self._state.store.put(kind, {**item, "metadata": {**item["metadata"], "ownerReferences": others}})

    def _counted(self, kind: Kind, item: Object) -> Object:
        """An object with what is counted or gathered when somebody looks."""
        if kind is RESOURCE_QUOTA:
            used = {name: written(value, name) for name, value in usage(self._state, item).items()}
            return {**item, "status": {"hard": dict(item["spec"].get("hard") or {}), "used": used}}
        if kind is CLUSTER_ROLE and item.get("aggregationRule"):
            return {**item, "rules": rbac.rules_in(self._state, item)}
        if kind is DISRUPTION_BUDGET:
            return {**item, "status": subresources.budget_status(self._state, item)}
        return item

    def _nodes(self) -> list[Object]:
        return [shown(self._state.cluster, node) for node in nodes(self._state)]

    @staticmethod
    def _locate(target: Target, metadata: Object) -> None:
        """Fill in the object's name and namespace from the request, which it must not contradict (ApiError 400)."""
        given = metadata.get("namespace") or target.namespace
        if given != target.namespace:
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
        if target.namespace:
            metadata["namespace"] = target.namespace


def _nothing(item: Object) -> Object:
    return {"metadata": {}, "apiVersion": item["apiVersion"], "kind": item["kind"]}


def _encode(secret: Object) -> None:
    """Move what a Secret has as text into its data, as the API server does."""
    for key, text in (secret.pop("stringData", None) or {}).items():
        secret.setdefault("data", {})[key] = base64.b64encode(str(text).encode()).decode()
    secret.setdefault("type", "Opaque")
