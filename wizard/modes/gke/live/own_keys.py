"""Find service account keys that a workload's pods carry: with one, the auth libraries do not use federation.

Of Secrets and ConfigMaps, only names and the `type` in a key file are kept.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import User
from wizard.resources.pod_keys import KEY_TYPES, VARIABLE, read_types, type_of, volume_parts

Json = Mapping[str, Any]

_UNREAD_IN_VOLUME = (
    "{user}: {variable} names {path}, a file in the volume {volume}; the live test cannot read the type of this file"
)
_UNREAD_IN_IMAGE = (
    "{user}: {variable} names {path}, a file in the image of the container {container}; the live test cannot read the "
    "type of this file"
)


@dataclass(frozen=True)
class Source:
    """A Secret or ConfigMap, and how a container gets at one of its keys: `place` is a variable or a path."""

    kind: str
    name: str
    key: str
    place: str
    whole: bool = False
    """Whether the container gets all keys of the object as variables."""


@dataclass
class OwnKeys:
    """The keys that pods carry, and what could not be known, one sentence each; `fixes` says what to remove."""

    found: list[str] = field(default_factory=list)
    fixes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    """The kinds of objects that the operator does not have permission to read."""


def find_keys(reads: ClusterReads, namespace: str, users: tuple[User, ...]) -> OwnKeys:
    """Return the keys that the pods of some users carry."""
    keys = OwnKeys()
    for user in users:
        spec = user.spec
        for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
            _Container(reads, namespace, user, container, keys).look()
    return keys


@dataclass
class _Container:
    """One container of a user, while it is looked at."""

    reads: ClusterReads
    namespace: str
    user: User
    container: Json
    keys: OwnKeys

    def look(self) -> None:
        volumes = {str(volume["name"]): volume for volume in self.user.spec.get("volumes") or ()}
        files = list(self._files(volumes))
        named = self._path()
        for source in (*files, *self._variables()):
            if self._type_of(source) in KEY_TYPES:
                self._carries(source, named)
        for entry in self.container.get("env") or ():
            if type_of(str(entry.get("value") or "")) in KEY_TYPES:
                self._carries_value(str(entry["name"]))
        if named and not any(source.place == named and self._type_of(source) for source in files):
            self._unknown_file(named, volumes)

    def _carries(self, source: Source, named: str) -> None:
        title, box = self.user.title, self.container.get("name")
        if source.place.startswith("/"):
            found = (
                f"{title}: container {box} has the file {source.place}, which is the service account key {source.key} "
                f"of {source.kind} {source.name}"
            )
            fix = (
                f"remove the volume with {source.kind} {source.name} and its volume mount from container {box} of "
                f"{title}"
            )
            if source.place == named:
                found = (
                    f"{title}: {VARIABLE} names the file {source.place}, which is the service account key "
                    f"{source.key} of {source.kind} {source.name}"
                )
                fix = (
                    f"remove the variable {VARIABLE}, the volume with {source.kind} {source.name} and its volume "
                    f"mount from container {box} of {title}"
                )
            self.keys.found.append(found)
            self.keys.fixes.append(fix)
            return
        self.keys.found.append(
            f"{title}: the variable {source.place} contains the service account key {source.key} of {source.kind} "
            f"{source.name}"
        )
        what = f"envFrom with {source.kind} {source.name}" if source.whole else f"the variable {source.place}"
        self.keys.fixes.append(f"remove {what} from container {box} of {title}")

    def _carries_value(self, variable: str) -> None:
        title, box = self.user.title, self.container.get("name")
        self.keys.found.append(f"{title}: the variable {variable} contains a service account key")
        self.keys.fixes.append(f"remove the variable {variable} from container {box} of {title}")

    def _path(self) -> str:
        """Return the path in the variable that the auth libraries read; empty if it is not set, or is not known."""
        for entry in self.container.get("env") or ():
            if entry.get("name") == VARIABLE and entry.get("value"):
                return posixpath.normpath(str(entry["value"]))
        for entry in self.container.get("env") or ():
            reference = (entry.get("valueFrom") or {}).get("configMapKeyRef")
            if entry.get("name") == VARIABLE and reference:
                return self._plain("ConfigMap", str(reference["name"]), str(reference["key"]))
        for each in self.container.get("envFrom") or ():
            reference = each.get("configMapRef")
            if reference and VARIABLE.startswith(each.get("prefix") or ""):
                key = VARIABLE.removeprefix(each.get("prefix") or "")
                path = self._plain("ConfigMap", str(reference["name"]), key)
                if path:
                    return path
        return ""

    def _files(self, volumes: Mapping[str, Json]) -> Iterator[Source]:
        """Yield the files that the container gets from Secrets and ConfigMaps."""
        for mount in self.container.get("volumeMounts") or ():
            volume = volumes.get(str(mount.get("name")), {})
            base, part = str(mount["mountPath"]), str(mount.get("subPath") or "")
            for kind, name, items in volume_parts(volume):
                for key, path in self._paths(kind, name, items):
                    if not part:
                        yield Source(kind, name, key, posixpath.normpath(posixpath.join(base, path)))
                    elif path == part:
                        yield Source(kind, name, key, posixpath.normpath(base))
                    elif path.startswith(f"{part}/"):
                        inner = path.removeprefix(f"{part}/")
                        yield Source(kind, name, key, posixpath.normpath(posixpath.join(base, inner)))

    def _variables(self) -> Iterator[Source]:
        """Yield the variables that the container gets from Secrets and ConfigMaps."""
        for entry in self.container.get("env") or ():
            origin = entry.get("valueFrom") or {}
            for field_name, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
                if field_name in origin:
                    reference = origin[field_name]
                    yield Source(kind, str(reference["name"]), str(reference["key"]), str(entry["name"]))
        for each in self.container.get("envFrom") or ():
            for field_name, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
                if field_name in each:
                    name = str(each[field_name]["name"])
                    for key in self._types(kind, name):
                        yield Source(kind, name, key, f"{each.get('prefix') or ''}{key}", whole=True)

    def _paths(self, kind: str, name: str, items: list[Json] | None) -> list[tuple[str, str]]:
        if items is not None:
            return [(str(item["key"]), str(item["path"])) for item in items]
        return [(key, key) for key in self._types(kind, name)]

    def _type_of(self, source: Source) -> str:
        return self._types(source.kind, source.name).get(source.key, "")

    def _types(self, kind: str, name: str) -> Mapping[str, str]:
        """Return the type of each key of a Secret or ConfigMap: that of a credentials file, or an empty text."""
        try:
            return self.reads.shared.once(("types", kind, self.namespace, name), lambda: self._read_types(kind, name))
        except CloudError as error:
            if error.status != 404:  # pods do not start without it, or run without an optional one
                self._unread(kind, name, error)
            return {}

    def _read_types(self, kind: str, name: str) -> Mapping[str, str]:
        return read_types(self.reads.kubernetes, kind, self.namespace, name)

    def _plain(self, kind: str, name: str, key: str) -> str:
        """Return the path in a key of a ConfigMap; empty if it is not known."""
        from lightkube.resources.core_v1 import ConfigMap

        try:
            found = self.reads.shared.once(
                ("paths", self.namespace, name), lambda: self.reads.kubernetes.get(ConfigMap, name, self.namespace)
            )
        except CloudError as error:
            self._unread(kind, name, error)
            return ""
        path = (found.data or {}).get(key, "")
        return posixpath.normpath(path) if path else ""

    def _unread(self, kind: str, name: str, error: CloudError) -> None:
        sentence = (
            f"the wizard could not read {kind} {name}, which {self.user.title} uses ({error.message}): {kind} {name} "
            "can contain a service account key"
        )
        if sentence not in self.keys.unknown:
            self.keys.unknown.append(sentence)
        if error.status == 403 and kind not in self.keys.forbidden:
            self.keys.forbidden.append(kind)

    def _unknown_file(self, path: str, volumes: Mapping[str, Json]) -> None:
        """Note that the type of the file in the variable is not known, and where the file comes from."""
        mounts = [
            mount
            for mount in self.container.get("volumeMounts") or ()
            if f"{path}/".startswith(f"{posixpath.normpath(str(mount['mountPath']))}/")
        ]
        mount = max(mounts, key=lambda mount: len(str(mount["mountPath"])), default=None)
        volume = volumes.get(str(mount["name"]), {}) if mount else {}
        if self._is_unread(volume):
            return
        box, volume_name = self.container.get("name"), mount["name"] if mount else ""
        template = _UNREAD_IN_VOLUME if mount else _UNREAD_IN_IMAGE
        self.keys.unknown.append(
            template.format(user=self.user.title, variable=VARIABLE, path=path, volume=volume_name, container=box)
        )

    def _is_unread(self, volume: Json) -> bool:
        """Return whether a volume is made of an object that could not be read, which is noted already."""
        boxes = [f"{kind} {name}, which" for kind, name, _ in volume_parts(volume)]
        return any(box in noted for box in boxes for noted in self.keys.unknown)
