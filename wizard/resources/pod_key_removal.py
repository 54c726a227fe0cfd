"""The service account keys that the pods of a controller carry, which the wizard removes on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.kubernetes import Kubernetes
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Resource, State
from wizard.federation.gke import ClusterName
from wizard.language import _
from wizard.resources import pod_keys
from wizard.resources.controller import PodsOfController

_UNREAD = (
    "The wizard could not read {source}: {reason}. The wizard does not know whether {source} contains a service "
    "account key."
)
_SECRET_STAYS = "The wizard does not delete {source}, which still contains the key: delete the key in Google Cloud."

_ADDED_AGAIN = "Someone has added the {what} again."
_NO_CONTAINER = "The pods no longer have the container {container}."
_NO_SOURCE = "The {kind} {name} with the key no longer exists, so the pods would not start after a revert."

Json = dict[str, Any]
Name = tuple[str, str, str]
"""What it is, its name, and the container that has it; the container is empty for a volume."""


@dataclass(frozen=True, eq=False)
class PodKeyRemoval(PodsOfController):
    """A controller whose pods carry no service account key that the auth libraries would use in place of federation.

    The state before has the removed parts, so that they can be restored. They hold names and paths, and no key.
    """

    kind: ClassVar[str] = "service account keys in pods"
    needs: tuple[Resource, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.place.name}/keys"

    def desired(self) -> State:
        return {"volumes": [], "variables": [], "mounts": []}

    def read(self, clouds: Clouds) -> State | None:
        """Return the parts to remove, and what the wizard leaves."""
        document = self.place.read(clouds)
        types = _Types(clouds, self.cluster, self.namespace)
        found = pod_keys.removal(self.place.template(document), types)
        boxes = [f"{kind} {name}" for volume in found.volumes for kind, name, _ignored in pod_keys.volume_parts(volume)]
        stays = [_(_SECRET_STAYS).format(source=box) for box in dict.fromkeys(boxes)]
        notes = [*found.stays, *types.unread, *stays]
        return {**found.parts(), **self.place.common_state(document), "notes": notes}

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        before = change.before or {}
        return self.place.patch(clouds, _without(before), before)

    def written(self, clouds: Clouds, change: Change) -> State | None:
        """Return the state before the change if everything that it removed is there again, else the state after it."""
        template = self.template_or_none(clouds)
        if template is None:
            return None
        removed = change.before or {}
        return removed if _names(removed) <= _names_in(template) else change.after

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        document = self.place.read(clouds)
        removed = change.before or {}
        return self.place.patch(clouds, _with(removed), self.place.common_state(document))

    def cannot_restore(self, clouds: Clouds, change: Change, going: Mapping[Resource, Change]) -> list[str]:
        """Return what others have changed since, so that the pods would not start, or not with the same key."""
        del going
        template = self.template_or_none(clouds) or {}
        removed = change.before or {}
        added = sorted(_names(removed) & _names_in(template))
        reasons = [_(_ADDED_AGAIN).format(what=" ".join(part for part in name if part)) for name in added]
        containers = {str(container["name"]) for _ignored, container in _containers(template)}
        gone = {str(part["container"]) for part in (*removed["variables"], *removed["mounts"])} - containers
        reasons += [_(_NO_CONTAINER).format(container=name) for name in sorted(gone)]
        boxes = {(kind, name) for each in removed["volumes"] for kind, name, _ignored in pod_keys.volume_parts(each)}
        kubernetes = clouds.kubernetes(self.cluster)
        missing = [box for box in sorted(boxes) if _is_missing(kubernetes, *box, self.namespace)]
        return reasons + [_(_NO_SOURCE).format(kind=kind, name=name) for kind, name in missing]

    def notes(self, change: Change) -> list[str]:
        return list((change.before or {}).get("notes", ()))

    def commands(self, change: Change) -> list[str]:
        return self.place.command(_without(change.before or {}))

    def patch_file(self, change: Change) -> Json:
        return self.place.manifest(_without(change.before or {}))


class _Types:
    """Reads the types of keys in Secrets and ConfigMaps, each once. `unread` has what could not be read."""

    def __init__(self, clouds: Clouds, cluster: ClusterName, namespace: str) -> None:
        self._kubernetes, self._namespace = clouds.kubernetes(cluster), namespace
        self._known: dict[tuple[str, str], Mapping[str, str]] = {}
        self.unread: list[str] = []

    def __call__(self, kind: str, name: str) -> Mapping[str, str]:
        if (kind, name) not in self._known:
            self._known[kind, name] = self._read(kind, name)
        return self._known[kind, name]

    def _read(self, kind: str, name: str) -> Mapping[str, str]:
        try:
            return pod_keys.read_types(self._kubernetes, kind, self._namespace, name)
        except CloudError as error:
            if error.status != 404:  # pods do not start without it, or run without an optional one
                self.unread.append(_(_UNREAD).format(source=f"{kind} {name}", reason=error.message))
            return {}


def _without(removed: State) -> Json:
    """Return the strategic merge patch of the pods' specification that removes the parts."""
    variables = _each(removed["variables"], lambda entry: {"name": entry["name"], "$patch": "delete"})
    mounts = _each(removed["mounts"], lambda mount: {"mountPath": mount["mountPath"], "$patch": "delete"})
    return _patch(variables, mounts, [{"name": volume["name"], "$patch": "delete"} for volume in removed["volumes"]])


def _with(removed: State) -> Json:
    """Return the strategic merge patch of the pods' specification that adds the parts again."""
    return _patch(removed["variables"], removed["mounts"], removed["volumes"])


def _each(parts: list[Json], changed: Callable[[Json], Json]) -> list[Json]:
    return [{**part, "entry": changed(part["entry"])} for part in parts]


def _patch(variables: list[Json], mounts: list[Json], volumes: list[Json]) -> Json:
    containers: dict[tuple[str, str], dict[str, Any]] = {}
    for field, parts in (("env", variables), ("volumeMounts", mounts)):
        for part in parts:
            place = ("initContainers" if part["init"] else "containers", str(part["container"]))
            container = containers.setdefault(place, {"name": part["container"]})
            container.setdefault(field, []).append(part["entry"])
    patch: dict[str, Any] = {"volumes": volumes} if volumes else {}
    for (field, _name), container in containers.items():
        patch.setdefault(field, []).append(container)
    return patch


def _containers(pod_spec: Json) -> Iterator[tuple[bool, Json]]:
    """Yield the containers of a specification, and whether each is an init container."""
    for field, init in (("initContainers", True), ("containers", False)):
        yield from ((init, container) for container in pod_spec.get(field) or ())


def _names(removed: State) -> set[Name]:
    """Return the names of the removed parts."""
    volumes = {("volume", str(volume["name"]), "") for volume in removed["volumes"]}
    variables = {("variable", str(part["entry"]["name"]), str(part["container"])) for part in removed["variables"]}
    mounts = {("mount", str(part["entry"]["mountPath"]), str(part["container"])) for part in removed["mounts"]}
    return volumes | variables | mounts


def _names_in(pod_spec: Json) -> set[Name]:
    """Return the names of all such parts of a specification."""
    names = {("volume", str(volume["name"]), "") for volume in pod_spec.get("volumes") or ()}
    for _place, container in _containers(pod_spec):
        owner = str(container["name"])
        names |= {("variable", str(entry["name"]), owner) for entry in container.get("env") or ()}
        names |= {("mount", str(mount["mountPath"]), owner) for mount in container.get("volumeMounts") or ()}
    return names


def _is_missing(kubernetes: Kubernetes, kind: str, name: str, namespace: str) -> bool:
    """Return whether a Secret or ConfigMap does not exist; False if it may not be read."""
    try:
        pod_keys.read_types(kubernetes, kind, namespace, name)
    except CloudError as error:
        return error.status == 404
    return False
