"""The variables that a container's manifest sets: by value, from the pod's fields, from ConfigMaps and Secrets.

Source: Kubernetes documentation, "Define Dependent Environment Variables".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .kinds import CONFIG_MAP, SECRET, Object
from .state import KubernetesState
from .volumes import MissingError, read

_KEYS = {"configMapKeyRef": CONFIG_MAP, "secretKeyRef": SECRET}
_WHOLE = {"configMapRef": CONFIG_MAP, "secretRef": SECRET}
_FIELDS: dict[str, Callable[[Object], str]] = {
    "metadata.name": lambda pod: str(pod["metadata"]["name"]),
    "metadata.namespace": lambda pod: str(pod["metadata"]["namespace"]),
    "metadata.uid": lambda pod: str(pod["metadata"]["uid"]),
    "spec.nodeName": lambda pod: str(pod["spec"].get("nodeName", "")),
    "spec.serviceAccountName": lambda pod: str(pod["spec"].get("serviceAccountName", "")),
}
_REFERENCE = re.compile(r"\$(\$|\((?P<name>[-._a-zA-Z][-._a-zA-Z0-9]*)\))")


def environment(state: KubernetesState, pod: Object, container: Object) -> dict[str, str]:
    """The container's own variables. Raises MissingError for an object or a key that does not exist."""
    namespace = pod["metadata"]["namespace"]
    variables: dict[str, str] = {}
    for source in container.get("envFrom") or ():
        for reference, kind in _WHOLE.items():
            values = read(state, kind, namespace, source[reference]) if reference in source else {}
            prefix = source.get("prefix", "")
            variables |= {prefix + key: value.decode(errors="replace") for key, value in values.items()}
    for entry in container.get("env") or ():
        value = _value(state, pod, entry)
        if value is not None:
            variables[entry["name"]] = _resolved(value, variables)
    return variables


def _value(state: KubernetesState, pod: Object, entry: Object) -> str | None:
    """The text of a variable; None if it has an optional source that does not exist, or one the sandbox cannot give."""
    origin = entry.get("valueFrom") or {}
    for reference, kind in _KEYS.items():
        if reference not in origin:
            continue
        wanted, namespace = origin[reference], pod["metadata"]["namespace"]
        values = read(state, kind, namespace, wanted)
        if wanted["key"] in values:
            return values[wanted["key"]].decode(errors="replace")
        if wanted.get("optional"):
            return None
        where = f"{kind.kind} {namespace}/{wanted['name']}"
        raise MissingError(f"couldn't find key {wanted['key']} in {where}")
    if "fieldRef" in origin:
        field = _FIELDS.get(origin["fieldRef"].get("fieldPath", ""))
        return None if field is None else field(pod)
    return None if origin else str(entry.get("value", ""))


def _resolved(text: str, known: dict[str, str]) -> str:
    """A text with the values of the variables that it names, such as $(REGION); $$ is a dollar sign."""

    def replaced(found: re.Match[str]) -> str:
        name = found["name"]
        return "$" if name is None else known.get(name, found[0])

    return _REFERENCE.sub(replaced, text)
