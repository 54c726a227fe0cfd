"""Find service account keys that a workload's pods carry: with one, the auth libraries do not use federation.

Of Secrets and ConfigMaps, only names and the `type` in a key file are kept.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from wizard.clouds.errors import CloudError
from wizard.language import _
from wizard.modes.gke.live.reads import ClusterReads
from wizard.modes.gke.live.users import User
from wizard.resources.pod_keys import (
    KEY_TYPES,
    VARIABLE,
    account_of,
    has_only_keys,
    read_paths,
    read_types,
    type_of,
    volume_parts,
)

Json = Mapping[str, Any]

_UNREAD_IN_VOLUME = (
    "{user}: {variable} names {path}, a file in the volume {volume}; the live test cannot determine the type of this "
    "file"
)
_UNREAD_IN_IMAGE = (
    "{user}: {variable} names {path}, a file in the image of the container {container}; the live test cannot "
    "determine the type of this file"
)

_FIXES = {
    ("file", False): "remove the volume with {kind} {name} from {title}, and its volume mount from container {box}",
    ("file", True): "in container {box} of {title}, mount all entries of {kind} {name} except {key}: list the other "
    "entries under `items` of the volume",
    ("one file", False): "remove the volume mount {place} from container {box} of {title}",
    ("one file", True): "remove the volume mount {place} from container {box} of {title}",
    ("variable", False): "remove the variable {place} from container {box} of {title}",
    ("variable", True): "remove the variable {place} from container {box} of {title}",
    ("all variables", False): "remove the envFrom entry for {kind} {name} from container {box} of {title}",
    ("all variables", True): "in container {box} of {title}, replace the envFrom entry for {kind} {name} with the "
    "variables that the program needs, other than {key}",
}
"""What to remove, by how the container gets the key, and whether it gets other entries in the same way."""
_FOUND = {
    "file": "{title}: container {box} has a service account key in the file {place}, from the entry {key} of {kind} "
    "{name}",
    "named file": "{title}: {variable} names the file {place}, which is a service account key from the entry {key} of "
    "{kind} {name}",
    "variable": "{title}: the variable {place} contains a service account key, from the entry {key} of {kind} {name}",
}
_NAMED_FIX = "remove the variable {variable} from container {box} of {title}"

How = Literal["file", "one file", "variable", "all variables"]


@dataclass(frozen=True)
class Source:
    """A Secret or ConfigMap, and how a container gets at one of its keys: `place` is a variable or a path."""

    kind: str
    name: str
    key: str
    place: str
    how: How
    mixed: bool = False
    """Whether the container gets entries that are not keys in the same way, which it can need."""


@dataclass
class OwnKeys:
    """The keys that pods carry, and what could not be known, one sentence each; `fixes` says what to remove."""

    found: list[str] = field(default_factory=list)
    fixes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unread: set[tuple[str, str]] = field(default_factory=set)
    """The kinds and names of the objects that could not be read."""
    sources: list[Source] = field(default_factory=list)
    """The Secrets and ConfigMaps that have the keys."""
    accounts: list[str] = field(default_factory=list)
    """The emails of the service accounts of keys that are in the text of a variable."""
    forbidden: list[str] = field(default_factory=list)
    """The kinds of objects that the operator does not have permission to read."""


def _where(source: Source, named: str) -> str:
    if source.how in ("variable", "all variables"):
        return "variable"
    return "named file" if source.place == named else "file"


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
            text = str(entry.get("value") or "")
            if type_of(text) in KEY_TYPES:
                self.keys.accounts.append(account_of(text))
                self._carries_value(str(entry["name"]))
        if named and not any(source.place == named and self._type_of(source) for source in files):
            self._unknown_file(named, volumes)

    def _carries(self, source: Source, named: str) -> None:
        names = {
            "title": self.user.title,
            "box": self.container.get("name"),
            "variable": VARIABLE,
            "place": source.place,
            "key": source.key,
            "kind": source.kind,
            "name": source.name,
        }
        self.keys.sources.append(source)
        self.keys.found.append(_(_FOUND[_where(source, named)]).format(**names))
        if source.place == named:
            self.keys.fixes.append(_(_NAMED_FIX).format(**names))
        self.keys.fixes.append(_(_FIXES[source.how, source.mixed]).format(**names))

    def _carries_value(self, variable: str) -> None:
        title, box = self.user.title, self.container.get("name")
        self.keys.found.append(
            _("{title}: the variable {variable} contains a service account key").format(title=title, variable=variable)
        )
        self.keys.fixes.append(
            _("remove the variable {variable} from container {box} of {title}").format(
                variable=variable, box=box, title=title
            )
        )

    def _path(self) -> str:
        """Return the path in the variable that the auth libraries read; empty if it is not set, or is not known."""
        for entry in self.container.get("env") or ():
            if entry.get("name") == VARIABLE and entry.get("value"):
                return posixpath.normpath(str(entry["value"]))
        for entry in self.container.get("env") or ():
            for field_name, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                reference = (entry.get("valueFrom") or {}).get(field_name)
                if entry.get("name") == VARIABLE and reference:
                    return self._plain(kind, str(reference["name"]), str(reference["key"]))
        for each in self.container.get("envFrom") or ():
            for field_name, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                reference = each.get(field_name)
                if reference and VARIABLE.startswith(each.get("prefix") or ""):
                    key = VARIABLE.removeprefix(each.get("prefix") or "")
                    path = self._plain(kind, str(reference["name"]), key)
                    if path:
                        return path
        return ""

    def _files(self, volumes: Mapping[str, Json]) -> Iterator[Source]:
        """Yield the files that the container gets from Secrets and ConfigMaps."""
        for mount in self.container.get("volumeMounts") or ():
            volume = volumes.get(str(mount.get("name")), {})
            base, part = str(mount["mountPath"]), str(mount.get("subPath") or "")
            mixed = not has_only_keys(volume, self._types)
            for kind, name, items in volume_parts(volume):
                for key, path in self._paths(kind, name, items):
                    if not part:
                        yield Source(kind, name, key, posixpath.normpath(posixpath.join(base, path)), "file", mixed)
                    elif path == part:
                        yield Source(kind, name, key, posixpath.normpath(base), "one file")
                    elif path.startswith(f"{part}/"):
                        inner = path.removeprefix(f"{part}/")
                        yield Source(kind, name, key, posixpath.normpath(posixpath.join(base, inner)), "file", mixed)

    def _variables(self) -> Iterator[Source]:
        """Yield the variables that the container gets from Secrets and ConfigMaps."""
        for entry in self.container.get("env") or ():
            origin = entry.get("valueFrom") or {}
            for field_name, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
                if field_name in origin:
                    reference = origin[field_name]
                    name, key = str(reference["name"]), str(reference["key"])
                    yield Source(kind, name, key, str(entry["name"]), "variable")
        for each in self.container.get("envFrom") or ():
            for field_name, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
                if field_name in each:
                    name = str(each[field_name]["name"])
                    types = self._types(kind, name)
                    mixed = any(known not in KEY_TYPES for known in types.values())
                    for key in types:
                        yield Source(kind, name, key, f"{each.get('prefix') or ''}{key}", "all variables", mixed)

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
        """Return the path in a key of a ConfigMap or Secret; empty if it is not known, or if it is no path."""
        try:
            paths = self.reads.shared.once(
                ("paths", kind, self.namespace, name),
                lambda: read_paths(self.reads.kubernetes, kind, self.namespace, name),
            )
        except CloudError as error:
            if error.status != 404:
                self._unread(kind, name, error)
            return ""
        path = paths.get(key, "")
        return posixpath.normpath(path) if path else ""

    def _unread(self, kind: str, name: str, error: CloudError) -> None:
        sentence = _(
            "the wizard could not read {kind} {name}, which {title} uses ({message}): {kind} {name} might contain a "
            "service account key"
        ).format(kind=kind, name=name, title=self.user.title, message=error.message)
        if sentence not in self.keys.unknown:
            self.keys.unknown.append(sentence)
        self.keys.unread.add((kind, name))
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
        template = _(_UNREAD_IN_VOLUME) if mount else _(_UNREAD_IN_IMAGE)
        self.keys.unknown.append(
            template.format(user=self.user.title, variable=VARIABLE, path=path, volume=volume_name, container=box)
        )

    def _is_unread(self, volume: Json) -> bool:
        """Return whether a volume is made of an object that could not be read, which is noted already."""
        return any((kind, name) in self.keys.unread for kind, name, _items in volume_parts(volume))
