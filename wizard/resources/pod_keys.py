"""Finds service account keys in the pods of a controller, and what to remove so that the pods have none.

Of Secrets and ConfigMaps, only names, and the `type` and `client_email` in a key file, are kept.
"""

from __future__ import annotations

import base64
import binascii
import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.clouds.kubernetes import Kubernetes
from wizard.language import _

KEY_TYPES = ("service_account", "authorized_user", "gdch_service_account")
"""The types of files that hold a long-lived secret."""

VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"
"""The variable with the path of the file that the auth libraries read first."""

_PATH = re.compile(r"/[\w./@:+ -]{1,200}\.json", re.ASCII)
"""A path that names a file in JSON. Other texts in a Secret can be secret themselves, and are not kept."""

Json = Mapping[str, Any]
Types = Callable[[str, str], Mapping[str, str]]
"""Returns the type of each key of a Secret or ConfigMap, given its kind and name; empty if it cannot be read."""

_INLINE = (
    "The variable {variable} of container {container} contains the text of a service account key. The wizard does not "
    "remove the variable, because `revert` could not restore the value: remove the variable from the manifest."
)
_WHOLE = (
    "Container {container} gets all entries of {source} as variables, and one of these entries contains a service "
    "account key. The wizard does not remove the variables: remove envFrom from the manifest, or remove this entry "
    "from {source}."
)
_MIXED = (
    "The volume {volume} also contains files other than the service account key. The wizard keeps the volume, and "
    "removes only the variable {variable}."
)


@dataclass
class Removal:
    """What to remove from the pods, as it is in their specification now, and what stays, one sentence each.

    `variables` and `mounts` have items {"container": NAME, "init": bool, "entry": {...}}: names and paths, no value.
    """

    volumes: list[Json] = field(default_factory=list)
    variables: list[Json] = field(default_factory=list)
    mounts: list[Json] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)

    def parts(self) -> dict[str, list[Json]]:
        """Return it for the state of a resource."""
        return {"volumes": self.volumes, "variables": self.variables, "mounts": self.mounts}


def removal(pod_spec: Json, types: Types) -> Removal:
    """Return what to remove from the pods of a specification, so that the auth libraries find no key there."""
    found = Removal()
    volumes = {str(volume["name"]): volume for volume in pod_spec.get("volumes") or ()}
    keys = {name for name, volume in volumes.items() if _has_key(volume, types)}
    pure = {name for name in keys if has_only_keys(volumes[name], types)}
    for field_name in ("initContainers", "containers"):
        for container in pod_spec.get(field_name) or ():
            _look(found, container, field_name == "initContainers", keys, pure, types)
    found.volumes = [volumes[name] for name in sorted(pure)]
    found.stays += [_(_MIXED).format(volume=name, variable=VARIABLE) for name in sorted(keys - pure)]
    return found


def _look(found: Removal, container: Json, init: bool, keys: set[str], pure: set[str], types: Types) -> None:
    name = str(container["name"])
    place = {"container": name, "init": init}
    mounts = list(container.get("volumeMounts") or ())
    found.mounts += [{**place, "entry": mount} for mount in mounts if mount.get("name") in pure]
    for entry in container.get("env") or ():
        if type_of(str(entry.get("value") or "")) in KEY_TYPES:
            found.stays.append(_(_INLINE).format(variable=entry["name"], container=name))
        elif _names_key_file(entry, mounts, keys) or _is_key(entry, types):
            found.variables.append({**place, "entry": entry})
    for source in container.get("envFrom") or ():
        for field_name, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
            if field_name in source:
                box = str(source[field_name]["name"])
                if set(types(kind, box).values()) & set(KEY_TYPES):
                    found.stays.append(_(_WHOLE).format(container=name, source=f"{kind} {box}"))


def _names_key_file(entry: Json, mounts: list[Json], keys: set[str]) -> bool:
    """Return whether a variable is the one that the auth libraries read, and names a file in a volume with a key."""
    if entry.get("name") != VARIABLE or not entry.get("value"):
        return False
    path = posixpath.normpath(str(entry["value"]))
    inside = [mount for mount in mounts if f"{path}/".startswith(f"{posixpath.normpath(str(mount['mountPath']))}/")]
    return any(mount.get("name") in keys for mount in inside)


def _is_key(entry: Json, types: Types) -> bool:
    origin = entry.get("valueFrom") or {}
    for field_name, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
        if field_name in origin:
            reference = origin[field_name]
            return types(kind, str(reference["name"])).get(str(reference["key"])) in KEY_TYPES
    return False


def _has_key(volume: Json, types: Types) -> bool:
    return any(kind in KEY_TYPES for kind in _file_types(volume, types))


def has_only_keys(volume: Json, types: Types) -> bool:
    """Return whether a volume has no files other than service account keys."""
    only_boxes = not volume.get("projected") or all(
        "secret" in source or "configMap" in source for source in volume["projected"].get("sources") or ()
    )
    return only_boxes and all(kind in KEY_TYPES for kind in _file_types(volume, types))


def _file_types(volume: Json, types: Types) -> list[str]:
    """Return the type of every file that a volume gets from Secrets and ConfigMaps; "" for those without one."""
    found = []
    for kind, name, items in volume_parts(volume):
        known = types(kind, name)
        keys = [str(item["key"]) for item in items] if items is not None else list(known)
        found += [known.get(key, "") for key in keys]
    return found


def volume_parts(volume: Json) -> Iterator[tuple[str, str, list[Json] | None]]:
    """Yield kind, name and items of each Secret and ConfigMap that a volume is made of."""
    projected = (volume.get("projected") or {}).get("sources") or ()
    for source in (volume, *projected):
        if "secret" in source:
            secret = source["secret"]
            yield "Secret", str(secret.get("secretName") or secret.get("name")), secret.get("items")
        if "configMap" in source:
            yield "ConfigMap", str(source["configMap"].get("name")), source["configMap"].get("items")


def read_types(kubernetes: Kubernetes, kind: str, namespace: str, name: str) -> dict[str, str]:
    """Return the type of each key of a Secret or ConfigMap: that of a credentials file, or "". Raises CloudError."""
    return {key: type_of(text) for key, text in _texts(kubernetes, kind, namespace, name).items()}


def _texts(kubernetes: Kubernetes, kind: str, namespace: str, name: str) -> dict[str, str]:
    """Return the text of each key of a Secret or ConfigMap. Callers keep only types and emails of it."""
    from lightkube.resources.core_v1 import ConfigMap, Secret

    if kind == "Secret":
        secret = kubernetes.get(Secret, name, namespace)
        return {key: _decoded(value) for key, value in (secret.data or {}).items()}
    found = kubernetes.get(ConfigMap, name, namespace)
    return dict(found.data or {}) | {key: _decoded(value) for key, value in (found.binaryData or {}).items()}


def read_accounts(kubernetes: Kubernetes, kind: str, namespace: str, name: str) -> dict[str, str]:
    """Return the email of the service account of each key in a Secret or ConfigMap, or "". Raises CloudError."""
    return {key: account_of(text) for key, text in _texts(kubernetes, kind, namespace, name).items()}


def read_paths(kubernetes: Kubernetes, kind: str, namespace: str, name: str) -> dict[str, str]:
    """Return the path in each key of a Secret or ConfigMap that has a path as its text, or "". Raises CloudError."""
    texts = _texts(kubernetes, kind, namespace, name)
    return {key: text if _PATH.fullmatch(text) else "" for key, text in texts.items()}


def type_of(text: str) -> str:
    """Return the type that a credentials file states, also if it is in base64; empty for other texts."""
    return str(_document(text).get("type", ""))


def account_of(text: str) -> str:
    """Return the email of the service account that a key is for, also if the key is in base64; empty otherwise."""
    document = _document(text)
    return str(document.get("client_email", "")) if document.get("type") == KEY_TYPES[0] else ""


def _document(text: str) -> Json:
    """Return the JSON object in a text, also if it is in base64; empty for other texts."""
    for content in (text, _decoded(text.strip())):
        if content.lstrip().startswith("{"):
            try:
                found = json.loads(content)
            except ValueError:
                continue
            if isinstance(found, dict) and "type" in found:
                return found
    return {}


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
