"""Objects as the table that kubectl prints. Source: Kubernetes API concepts, "Receiving resources as Tables"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .kinds import (
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    CRON_JOB,
    DAEMON_SET,
    DEPLOYMENT,
    DISRUPTION_BUDGET,
    EVENT,
    JOB,
    LIMIT_RANGE,
    NAMESPACE,
    NETWORK_POLICY,
    NODE,
    POD,
    REPLICA_SET,
    REPLICATION_CONTROLLER,
    RESOURCE_QUOTA,
    ROLE_BINDING,
    ROLES,
    SECRET,
    SERVICE,
    SERVICE_ACCOUNT,
    STATEFUL_SET,
    Kind,
    Object,
)

MEDIA = ("as=Table", "v=v1", "g=meta.k8s.io")

Cell = Callable[[Object], Any]
Column = tuple[str, str, int, Cell]
"""Name, type, priority (above 0: only for `-o wide`), and what is in it."""


def wanted(accept: str) -> bool:
    """Whether the Accept header's first choice is a table."""
    first = [part.strip() for part in accept.partition(",")[0].split(";")]
    return all(part in first for part in MEDIA)


def table(kind: Kind, items: Sequence[Object], version: str, now: datetime, include: str = "Metadata") -> Object:
    """The table of these objects; `include` says what of each object goes along: None, Metadata or Object."""
    columns = _columns(kind, now)
    definitions = [
        {"name": name, "type": type_, "format": "name" if name == "Name" else "", "description": name, "priority": rank}
        for name, type_, rank, _ in columns
    ]
    rows = [{"cells": [cell(item) for *_, cell in columns], "object": _included(item, include)} for item in items]
    head = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"resourceVersion": version}}
    return {**head, "columnDefinitions": definitions, "rows": rows}


def age(since: str, now: datetime) -> str:
    """How long ago that was, as kubectl says it: 12s, 3m4s, 5h, 7d."""
    try:
        seconds = int((now - datetime.fromisoformat(since)).total_seconds())
    except ValueError:
        return "<unknown>"
    for unit, size, finest in (
        ("s", 1, 120),
        ("m", 60, 600),
        ("m", 60, 10800),
        ("h", 3600, 28800),
        ("h", 3600, 172800),
    ):
        if seconds < finest:
            rest = seconds % size if finest == 600 else (seconds % size) // 60 if finest == 28800 else 0
            return f"{max(seconds, 0) // size}{unit}" + (f"{rest}{'s' if unit == 'm' else 'm'}" if rest else "")
    return f"{seconds // 86400}d"


def _included(item: Object, include: str) -> Object | None:
    if include == "None":
        return None
    if include == "Object":
        return item
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": item["metadata"]}


def _columns(kind: Kind, now: datetime) -> list[Column]:
    own = list(_OWN.get(kind, ()))
    name: Column = ("Name", "string", 0, lambda item: item["metadata"]["name"])
    created: Column = ("Age", "string", 0, lambda item: age(item["metadata"].get("creationTimestamp", ""), now))
    if kind is EVENT:
        seen: Column = ("Last Seen", "string", 0, lambda item: age(item.get("lastTimestamp", ""), now))
        return [seen, *own]
    if kind in (*ROLES, LIMIT_RANGE):
        return [name, ("Created At", "date", 0, _at("metadata", "creationTimestamp"))]
    plain = [column for column in own if column[2] == 0]
    return [name, *plain, created, *(column for column in own if column[2] > 0)]


def _at(*path: str, default: Any = "") -> Cell:
    def cell(item: Object) -> Any:
        value: Any = item
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return default if value is None else value

    return cell


def _ready(item: Object) -> str:
    statuses = item.get("status", {}).get("containerStatuses", [])
    return f"{sum(bool(each.get('ready')) for each in statuses)}/{len(item['spec'].get('containers', []))}"


def _status(item: Object) -> str:
    """A pod's one word: why it ended or waits, if it does."""
    if item["metadata"].get("deletionTimestamp"):
        return "Terminating"
    status = item.get("status", {})
    for each in status.get("containerStatuses", []):
        for how in ("waiting", "terminated"):
            if reason := each.get("state", {}).get(how, {}).get("reason"):
                return str(reason)
    return str(status.get("reason") or status.get("phase", ""))


def _replicas(item: Object) -> str:
    return f"{_at('status', 'readyReplicas', default=0)(item)}/{_at('spec', 'replicas', default=1)(item)}"


def _completions(item: Object) -> str:
    return f"{_at('status', 'succeeded', default=0)(item)}/{_at('spec', 'completions', default=1)(item)}"


def _job_status(item: Object) -> str:
    conditions = item.get("status", {}).get("conditions") or []
    ended = [each["type"] for each in conditions if each["type"] in ("Complete", "Failed")]
    return ended[0] if ended else "Suspended" if item["spec"].get("suspend") else "Running"


def _node_status(item: Object) -> str:
    conditions = item.get("status", {}).get("conditions", [])
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    status = "Ready" if ready else "NotReady"
    return f"{status},SchedulingDisabled" if item["spec"].get("unschedulable") else status


def _selector(item: Object) -> str:
    selector = (item.get("spec", {}).get("podSelector") or {}).get("matchLabels") or {}
    return ",".join(f"{key}={value}" for key, value in sorted(selector.items())) or "<none>"


def _outside(item: Object) -> str:
    """How a service is reached from outside; the sandbox's load balancers never get an address."""
    if item["spec"].get("type") == "LoadBalancer":
        return "<pending>"
    return str(item["spec"].get("externalName", "<none>"))


def _ports(item: Object) -> str:
    shown = []
    for each in item["spec"].get("ports") or ():
        number = f"{each['port']}:{each['nodePort']}" if each.get("nodePort") else str(each["port"])
        shown.append(f"{number}/{each.get('protocol', 'TCP')}")
    return ",".join(shown) or "<none>"


def _role(item: Object) -> str:
    return f"{item['roleRef']['kind']}/{item['roleRef']['name']}"


def _subjects(kind: str) -> Cell:
    """The subjects of a binding that are of one kind."""

    def cell(item: Object) -> str:
        chosen = [each for each in item.get("subjects") or () if each["kind"] == kind]
        return ", ".join(
            f"{each['namespace']}/{each['name']}" if "namespace" in each else each["name"] for each in chosen
        )

    return cell


def _used(limits: bool) -> Cell:
    """How much of a quota is used: of its limits, or of the rest."""

    def cell(item: Object) -> str:
        hard, used = item["spec"].get("hard") or {}, item.get("status", {}).get("used", {})
        names = [name for name in sorted(hard) if name.startswith("limits.") == limits]
        return ", ".join(f"{name}: {used.get(name, 0)}/{hard[name]}" for name in names)

    return cell


def _involved(item: Object) -> str:
    about = item.get("involvedObject", {})
    return f"{about.get('kind', '').lower()}/{about.get('name', '')}"


_OF_BINDINGS: Sequence[Column] = [
    ("Role", "string", 0, _role),
    ("Users", "string", 1, _subjects("User")),
    ("Groups", "string", 1, _subjects("Group")),
    ("ServiceAccounts", "string", 1, _subjects("ServiceAccount")),
]
_OF_REPLICAS: Sequence[Column] = [
    ("Desired", "integer", 0, _at("spec", "replicas", default=1)),
    ("Current", "integer", 0, _at("status", "replicas", default=0)),
    ("Ready", "integer", 0, _at("status", "readyReplicas", default=0)),
]
_OWN: Mapping[Kind, Sequence[Column]] = {
    NAMESPACE: [("Status", "string", 0, _at("status", "phase"))],
    SERVICE_ACCOUNT: [("Secrets", "integer", 0, lambda item: len(item.get("secrets") or []))],
    POD: [
        ("Ready", "string", 0, _ready),
        ("Status", "string", 0, _status),
        ("Restarts", "string", 0, lambda _: "0"),
        ("Node", "string", 1, _at("spec", "nodeName", default="<none>")),
    ],
    DEPLOYMENT: [
        ("Ready", "string", 0, _replicas),
        ("Up-to-date", "integer", 0, _at("status", "updatedReplicas", default=0)),
        ("Available", "integer", 0, _at("status", "availableReplicas", default=0)),
    ],
    STATEFUL_SET: [("Ready", "string", 0, _replicas)],
    DAEMON_SET: [
        ("Desired", "integer", 0, _at("status", "desiredNumberScheduled", default=0)),
        ("Current", "integer", 0, _at("status", "currentNumberScheduled", default=0)),
        ("Ready", "integer", 0, _at("status", "numberReady", default=0)),
        ("Up-to-date", "integer", 0, _at("status", "updatedNumberScheduled", default=0)),
        ("Available", "integer", 0, _at("status", "numberAvailable", default=0)),
    ],
    REPLICA_SET: _OF_REPLICAS,
    REPLICATION_CONTROLLER: _OF_REPLICAS,
    SECRET: [
        ("Type", "string", 0, _at("type")),
        ("Data", "string", 0, lambda item: len(item.get("data") or {})),
    ],
    CONFIG_MAP: [("Data", "string", 0, lambda item: len(item.get("data") or {}))],
    SERVICE: [
        ("Type", "string", 0, _at("spec", "type")),
        ("Cluster-IP", "string", 0, _at("spec", "clusterIP", default="<none>")),
        ("External-IP", "string", 0, _outside),
        ("Port(s)", "string", 0, _ports),
    ],
    DISRUPTION_BUDGET: [
        ("Min Available", "string", 0, _at("spec", "minAvailable", default="N/A")),
        ("Max Unavailable", "string", 0, _at("spec", "maxUnavailable", default="N/A")),
        ("Allowed Disruptions", "integer", 0, _at("status", "disruptionsAllowed", default=0)),
    ],
    RESOURCE_QUOTA: [("Request", "string", 0, _used(limits=False)), ("Limit", "string", 0, _used(limits=True))],
    ROLE_BINDING: _OF_BINDINGS,
    CLUSTER_ROLE_BINDING: _OF_BINDINGS,
    JOB: [
        ("Status", "string", 0, _job_status),
        ("Completions", "string", 0, _completions),
    ],
    CRON_JOB: [
        ("Schedule", "string", 0, _at("spec", "schedule")),
        ("Timezone", "string", 0, _at("spec", "timeZone", default="<none>")),
        ("Suspend", "boolean", 0, lambda item: str(_at("spec", "suspend", default=False)(item))),
        ("Active", "integer", 0, lambda item: len(_at("status", "active", default=())(item))),
    ],
    NODE: [
        ("Status", "string", 0, _node_status),
        ("Roles", "string", 0, lambda _: "<none>"),
        ("Version", "string", 0, _at("status", "nodeInfo", "kubeletVersion")),
    ],
    EVENT: [
        ("Type", "string", 0, _at("type")),
        ("Reason", "string", 0, _at("reason")),
        ("Object", "string", 0, _involved),
        ("Message", "string", 0, _at("message")),
    ],
    NETWORK_POLICY: [("Pod-Selector", "string", 0, _selector)],
}
