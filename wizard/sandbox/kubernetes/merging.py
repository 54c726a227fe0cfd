"""Merging as Kubernetes does: lists of named things are merged item by item (strategic merge patch).

Source: Kubernetes documentation, "Update API Objects in Place Using kubectl patch"; patch merge keys of k8s.io/api.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from .status import bad_request

KEYS: Mapping[str, str] = {
    "conditions": "type",
    "containers": "name",
    "env": "name",
    "ephemeralContainers": "name",
    "hostAliases": "ip",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "ownerReferences": "uid",
    "secrets": "name",
    "topologySpreadConstraints": "topologyKey",
    "volumeDevices": "devicePath",
    "volumeMounts": "mountPath",
    "volumes": "name",
}
"""The lists that are merged item by item, and the key that tells their items apart; others are replaced."""

PORTS = "ports"
PORT_KEYS = ("containerPort", "port")
"""The key of a list of ports: a container's, or a service's."""
SETS = ("finalizers",)
"""Lists of strings that are merged as sets."""


def key_of(name: str, items: Any) -> str | None:
    """The merge key of a list under that name, if it is one that is merged item by item."""
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        return None
    if name == PORTS:
        ports = [each for each in items if each.get("$patch") != "replace"]
        return next((key for key in PORT_KEYS if ports and all(key in each for each in ports)), None)
    return KEYS.get(name)


def strategic(target: Any, patch: Any) -> Any:
    """The target with a strategic merge patch applied. Raises ApiError 400 for a list item without its merge key."""
    if not isinstance(patch, dict):
        raise bad_request("A strategic merge patch must be an object.")
    return _merge_map(target if isinstance(target, dict) else {}, patch)


def _merge_map(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    if patch.get("$patch") == "replace":
        return {key: deepcopy(value) for key, value in patch.items() if not key.startswith("$")}
    merged = dict(target)
    if "$retainKeys" in patch:
        merged = {key: value for key, value in merged.items() if key in patch["$retainKeys"]}
    for key, value in patch.items():
        if key.startswith("$deleteFromPrimitiveList/"):
            name = key.partition("/")[2]
            merged[name] = [each for each in merged.get(name, []) if each not in value]
        elif key.startswith("$"):
            continue
        elif value is None or (isinstance(value, dict) and value.get("$patch") == "delete"):
            merged.pop(key, None)
        else:
            merged[key] = _merge_value(key, merged.get(key), value)
    return merged


def _merge_value(name: str, target: Any, patch: Any) -> Any:
    if isinstance(patch, dict):
        return _merge_map(target if isinstance(target, dict) else {}, patch)
    if name in SETS and isinstance(patch, list):
        return [*(target or []), *(each for each in patch if each not in (target or []))]
    key = key_of(name, patch)
    if key is not None:
        return _merge_list(target or [], patch, key)
    return deepcopy(patch)


def _merge_list(target: list[dict[str, Any]], patch: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    if any(each.get("$patch") == "replace" for each in patch):
        return [deepcopy(each) for each in patch if each.get("$patch") != "replace"]
    merged = {each.get(key): each for each in target}
    for each in patch:
        if key not in each:
            raise bad_request(f"map: {each} does not contain declared merge key: {key}")
        if not isinstance(each[key], str | int):
            raise bad_request(f"the merge key {key} is neither a text nor a number")
        if each.get("$patch") == "delete":
            merged.pop(each[key], None)
        else:
            merged[each[key]] = _merge_map(merged.get(each[key], {}), each)
    return list(merged.values())
