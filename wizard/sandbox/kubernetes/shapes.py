"""What types the fields of objects have, where the sandbox reads them; a field that is not named may be anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .kinds import (
    ADMISSION_BINDING,
    ADMISSION_POLICY,
    CONFIG_MAP,
    CRON_JOB,
    DAEMON_SET,
    DEPLOYMENT,
    DISRUPTION_BUDGET,
    JOB,
    LIMIT_RANGE,
    NETWORK_POLICY,
    POD,
    REPLICA_SET,
    REPLICATION_CONTROLLER,
    RESOURCE_QUOTA,
    SECRET,
    SERVICE,
    STATEFUL_SET,
    Kind,
    Object,
)
from .status import ApiError, bad_request

Shape = Any
"""A type; a list of one shape; a dict of shapes by key; or MAP, strings by any key."""

MAP = "map[string]string"
NUMBER_OR_NAME = (int, str)

SELECTOR: Shape = {
    "matchLabels": MAP,
    "matchExpressions": [{"key": str, "operator": str, "values": [str]}],
}
METADATA: Shape = {
    **dict.fromkeys(("name", "namespace", "generateName", "uid", "resourceVersion", "creationTimestamp"), str),
    **dict.fromkeys(("labels", "annotations"), MAP),
    "generation": int,
    "finalizers": [str],
    "ownerReferences": [{"apiVersion": str, "kind": str, "name": str, "uid": str}],
    "managedFields": [{"manager": str, "operation": str, "time": str, "fieldsV1": {}}],
}
_NAMES = ("serviceAccountName", "serviceAccount", "nodeName", "runtimeClassName", "priorityClassName")
POD_SPEC: Shape = {
    "containers": [
        {
            **dict.fromkeys(("name", "image"), str),
            **{key: [str] for key in ("command", "args")},
            "env": [{"name": str, "value": str}],
        }
    ],
    "nodeSelector": MAP,
    "tolerations": [dict.fromkeys(("key", "operator", "value", "effect"), str)],
    "volumes": [{"name": str}],
    "readinessGates": [{"conditionType": str}],
    "hostNetwork": bool,
    "activeDeadlineSeconds": int,
    **dict.fromkeys((*_NAMES, "restartPolicy"), str),
}
TEMPLATE: Shape = {"metadata": METADATA, "spec": POD_SPEC}
JOB_SPEC: Shape = {
    **dict.fromkeys(
        ("parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"), int
    ),
    "suspend": bool,
    "template": TEMPLATE,
}
OF_KINDS: Mapping[Kind, Shape] = {
    POD: {"spec": POD_SPEC},
    DEPLOYMENT: {"spec": {"replicas": int, "selector": SELECTOR, "template": TEMPLATE}},
    REPLICA_SET: {"spec": {"replicas": int, "selector": SELECTOR, "template": TEMPLATE}},
    REPLICATION_CONTROLLER: {"spec": {"replicas": int, "selector": MAP, "template": TEMPLATE}},
    SERVICE: {"spec": {"selector": MAP, "ports": [{"name": str, "port": int, "targetPort": NUMBER_OR_NAME}]}},
    DISRUPTION_BUDGET: {"spec": {"selector": SELECTOR}},
    SECRET: {"data": MAP, "stringData": MAP, "type": str},
    CONFIG_MAP: {"data": MAP, "binaryData": MAP},
    RESOURCE_QUOTA: {"spec": {"hard": {}}},
    LIMIT_RANGE: {"spec": {"limits": [{"type": str}]}},
    ADMISSION_POLICY: {"spec": {"validations": [{"expression": str, "message": str, "reason": str}]}},
    ADMISSION_BINDING: {"spec": {"policyName": str, "validationActions": [str]}},
    STATEFUL_SET: {"spec": {"replicas": int, "selector": SELECTOR, "template": TEMPLATE}},
    DAEMON_SET: {"spec": {"selector": SELECTOR, "template": TEMPLATE}},
    JOB: {"spec": JOB_SPEC},
    CRON_JOB: {
        "spec": {
            **dict.fromkeys(("schedule", "timeZone", "concurrencyPolicy"), str),
            "suspend": bool,
            "jobTemplate": {"metadata": METADATA, "spec": JOB_SPEC},
        }
    },
    NETWORK_POLICY: {
        "spec": {
            "podSelector": SELECTOR,
            "policyTypes": [str],
            "egress": [
                {
                    "to": [{"ipBlock": {"cidr": str, "except": [str]}}],
                    "ports": [{"port": NUMBER_OR_NAME, "endPort": int, "protocol": str}],
                }
            ],
        }
    },
}

_STRUCTS = {"metadata": "v1.ObjectMeta", "spec": "Spec", "status": "Status"}
_GO = {str: "string", int: "int64", bool: "bool", MAP: MAP}
_FOUND = {bool: "bool", int: "number", float: "number", list: "array", dict: "object", str: "string"}


def check(kind: Kind, item: Object) -> None:
    """Refuse an object that cannot be read as one of its kind (ApiError 400)."""
    whole = {"spec": {}, "status": {}, **OF_KINDS.get(kind, {}), "metadata": METADATA}
    for key, shape in whole.items():
        if key in item:
            _check(kind, item[key], shape, key)


def _check(kind: Kind, value: Any, shape: Shape, path: str) -> None:
    if isinstance(shape, dict):
        _expect(kind, value, dict, path, _STRUCTS.get(path.rpartition(".")[2], "struct"))
        for key, inner in shape.items():
            if key in value:
                _check(kind, value[key], inner, f"{path}.{key}")
    elif isinstance(shape, list):
        _expect(kind, value, list, path, "slice")
        for each in value:
            _check(kind, each, shape[0], path)
    elif shape == MAP:
        _expect(kind, value, dict, path, MAP)
        for each in value.values():
            _expect(kind, each, str, path, "string")
    else:
        _expect(kind, value, shape, path, _GO.get(shape, "intstr.IntOrString"))


def _expect(kind: Kind, value: Any, wanted: type | tuple[type, ...], path: str, said: str) -> None:
    """A boolean is not a number here, although Python counts it as one."""
    is_bool = isinstance(value, bool)
    if not isinstance(value, wanted) or (is_bool and wanted is not bool):
        raise _unreadable(kind, value, path, said)


def _unreadable(kind: Kind, value: Any, path: str, wanted: str) -> ApiError:
    struct = "ObjectMeta" if path.startswith("metadata.") else kind.kind
    found = _FOUND.get(type(value), "null")
    problem = f"json: cannot unmarshal {found} into Go struct field {struct}.{path} of type {wanted}"
    return bad_request(f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: {problem}')
