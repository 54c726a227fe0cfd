"""What can be done with the objects of a cluster: create, read, change, delete."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from wizard.sandbox.json_value import copied

from . import admission, json_patch, merging, ownership, server_side, validation
from .bodies import typed
from .controllers import Controllers
from .jobs import label
from .kinds import JOB, NAMESPACE, NODE, POD, RESOURCE_QUOTA, SECRET, SERVICE_ACCOUNT, STORED, TEMPLATES, Kind, Object
from .limits import usage
from .making import LETTERS, Maker
from .nodes import change, nodes, shown
from .ownership import Owner, Path
from .paths import Target
from .pods import Pods
from .quantities import written
from .state import KubernetesState, head
from .status import ApiError, already_exists, bad_request, conflict, modified, not_found

PATCHES: Mapping[str, Callable[[Any, Any], Any]] = {
    "application/json-patch+json": json_patch.apply,
    "application/merge-patch+json": json_patch.merge,
    "application/strategic-merge-patch+json": merging.strategic,
}
KEPT = ("uid", "creationTimestamp", "name", "namespace", "resourceVersion", "generation", "deletionTimestamp")
"""What of an object's metadata no caller changes."""


class Objects:
    """The stored objects of one cluster, and what happens when they change."""

    def __init__(self, state: KubernetesState, pods: Pods) -> None:
        self._state = state
        self._pods = pods
        self._controllers = Controllers(state, Maker(state, self._admit_made, pods.start, pods.stop))
        self._is_filling = False

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
        return self._with_usage(found) if target.kind is RESOURCE_QUOTA else found

    def all(self, kind: Kind, namespace: str, wanted: Callable[[Object], bool]) -> list[Object]:
        """The objects of a namespace, or of all, that are wanted; nobody may change them."""
        if kind is NODE:
            return [node for node in self._nodes() if wanted(node)]
        items = [item for item in self._state.store.peek_all(kind, namespace) if wanted(item)]
        return [self._with_usage(item) for item in items] if kind is RESOURCE_QUOTA else items

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
        before = self.get(target)
        after = PATCHES[media](copied(before), patch)
        if not isinstance(after, dict):
            raise bad_request("the patch leaves no object")
        after, _ = typed(target.kind, after, "Ignore")
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
            return self._end_namespace(item)
        self._remove(target.kind, item)
        return item

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
        if kind is SERVICE_ACCOUNT and metadata["name"] == "default":
            self._give_default_account(metadata["namespace"])

    def _end_namespace(self, namespace: Object) -> Object:
        """Start to delete a namespace; its objects are deleted first, which takes as long as an operation."""
        if namespace["status"]["phase"] == "Terminating":
            return namespace
        ending = self.hold_ending(namespace)
        loop, name = asyncio.get_running_loop(), namespace["metadata"]["name"]
        loop.call_later(self._state.world.settings.operation, self._empty, name)
        return ending

    def hold_ending(self, namespace: Object) -> Object:
        """Mark a namespace as being deleted, so that nothing new is created in it; returns it as stored."""
        namespace["metadata"]["deletionTimestamp"] = self._state.now()
        namespace["status"]["phase"] = "Terminating"
        return self._state.store.put(NAMESPACE, namespace)

    def _empty(self, namespace: str) -> None:
        # What asks for pods goes first, or it would bring them back.
        for kind in sorted((each for each in STORED if each.namespaced), key=lambda each: each not in TEMPLATES):
            for item in self._state.store.all(kind, namespace):
                if kind is POD:
                    self._pods.stop(item)
                else:
                    self._state.store.remove(kind, namespace, item["metadata"]["name"])
        self._state.store.remove(NAMESPACE, "", namespace)

    def _with_usage(self, quota: Object) -> Object:
        """A quota with how much of it is used now."""
        used = {name: written(value, name) for name, value in usage(self._state, quota).items()}
        return {**quota, "status": {"hard": dict(quota["spec"].get("hard") or {}), "used": used}}

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
