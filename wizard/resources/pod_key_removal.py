"""The service account keys that the pods of a controller carry, which the wizard removes on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.resource import Change, Operation, Resource, State
from wizard.federation.gke import ClusterName
from wizard.resources import pod_keys
from wizard.resources.controller import PodsOfController

_UNREAD = (
    "The wizard could not read {source}, so the wizard does not know whether {source} contains a service account "
    "key: {reason}."
)
_SECRET_STAYS = "The wizard does not delete {source}, which still contains the key: delete the key in Google Cloud."

Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class PodKeyRemoval(PodsOfController):
    """A controller whose pods carry no service account key that the auth libraries would use in place of federation.

    The state before has the removed parts, so that they can be restored. They hold names and paths, and no key.
    """

    kind: ClassVar[str] = "service account keys of pods"
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
        boxes = [f"{kind} {name}" for volume in found.volumes for kind, name, _ in pod_keys.volume_parts(volume)]
        stays = [_SECRET_STAYS.format(source=box) for box in dict.fromkeys(boxes)]
        notes = [*found.stays, *types.unread, *stays]
        return {**found.parts(), **self.place.common_state(document), "notes": notes}

    def update(self, clouds: Clouds, change: Change) -> Operation | None:
        before = change.before or {}
        return self.place.patch(clouds, _without(before), before)

    def restore(self, clouds: Clouds, change: Change) -> Operation | None:
        document = self.place.read(clouds)
        removed = change.before or {}
        if _is_there(self.place.template(document), removed):
            return None
        return self.place.patch(clouds, _with(removed), self.place.common_state(document))

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
                self.unread.append(_UNREAD.format(source=f"{kind} {name}", reason=error.message))
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
    for (field, _), container in containers.items():
        patch.setdefault(field, []).append(container)
    return patch


def _is_there(pod_spec: Json, removed: State) -> bool:
    """Return whether someone has added one of the removed volumes or variables again."""
    volumes = {volume.get("name") for volume in pod_spec.get("volumes") or ()}
    variables = {
        (container["name"], entry.get("name"))
        for container in (*(pod_spec.get("initContainers") or ()), *(pod_spec.get("containers") or ()))
        for entry in container.get("env") or ()
    }
    removed_variables = {(part["container"], part["entry"]["name"]) for part in removed["variables"]}
    return bool(volumes & {volume["name"] for volume in removed["volumes"]} or variables & removed_variables)
