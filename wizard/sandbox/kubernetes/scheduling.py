"""Where the scheduler puts pods: node names, selectors, affinity to nodes, taints and tolerations.

Source: Kubernetes documentation, "Assigning Pods to Nodes" and "Taints and Tolerations"; the texts are the scheduler's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .kinds import Object
from .nodes import CORDONED, Node, nodes
from .selectors import requirement_holds
from .state import KubernetesState

_BLOCKING = ("NoSchedule", "NoExecute")
_OF_DAEMON_SETS = (
    *("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/disk-pressure"),
    *("node.kubernetes.io/memory-pressure", "node.kubernetes.io/pid-pressure", "node.kubernetes.io/unschedulable"),
)


def fitting(state: KubernetesState, spec: Mapping[str, Any], daemon: bool = False) -> list[Node]:
    """The nodes that a pod with this spec can run on. Pods of a DaemonSet tolerate nodes that are cordoned."""
    return [node for node in nodes(state) if refusal(node, spec, daemon) is None]


def unschedulable(state: KubernetesState, spec: Mapping[str, Any]) -> str:
    """The scheduler's message about a pod that fits no node."""
    reasons = Counter(refusal(node, spec) for node in nodes(state))
    count = sum(reasons.values())
    if not count:
        return "no nodes available to schedule pods"
    why = ", ".join(f"{number} {reason}" for reason, number in sorted(reasons.items(), key=str))
    tail = f"preemption: 0/{count} nodes are available: {count} Preemption is not helpful for scheduling."
    return f"0/{count} nodes are available: {why}. {tail}"


def refusal(node: Node, spec: Mapping[str, Any], daemon: bool = False) -> str | None:
    """Why a pod cannot run on a node, in the scheduler's words after the number of nodes; None if it can.

    A pod that names its node passes the scheduler by, so that only taints that evict pods matter.
    """
    named = spec.get("nodeName")
    if named:
        return None if named == node.name else "node(s) didn't match the requested node name"
    if not _selected(node, spec):
        return "node(s) didn't match Pod's node affinity/selector"
    for taint in node.taints:
        if taint["effect"] in _BLOCKING and not _tolerated(taint, spec, daemon):
            if taint["key"] == CORDONED["key"]:
                return "node(s) were unschedulable"
            return f"node(s) had untolerated taint {{{taint['key']}: {taint.get('value') or ''}}}"
    return None


def _selected(node: Node, spec: Mapping[str, Any]) -> bool:
    if not node.labels.items() >= (spec.get("nodeSelector") or {}).items():
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or any(_term_holds(term, node) for term in required.get("nodeSelectorTerms") or [])


def _term_holds(term: Mapping[str, Any], node: Node) -> bool:
    expressions, fields = term.get("matchExpressions") or [], term.get("matchFields") or []
    if not expressions and not fields:
        return False
    by_field = {"metadata.name": node.name}
    return all(requirement_holds(each, node.labels) for each in expressions) and all(
        requirement_holds(each, by_field) for each in fields
    )


def _tolerated(taint: Mapping[str, str], spec: Mapping[str, Any], daemon: bool) -> bool:
    if daemon and taint["key"] in _OF_DAEMON_SETS:
        return True
    return any(_tolerates(toleration, taint) for toleration in spec.get("tolerations") or [])


def _tolerates(toleration: Object, taint: Mapping[str, str]) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("key") not in (None, "", taint["key"]):
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key")) and (toleration.get("value") or "") == (taint.get("value") or "")
