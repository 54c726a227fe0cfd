"""Whether a pod can run on a node: node selector, required node affinity, taints and tolerations.

Source: Kubernetes documentation, "Assigning Pods to Nodes" and "Taints and Tolerations".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wizard.clouds.kubernetes_briefs import Placed

Json = Mapping[str, Any]

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


@dataclass(frozen=True)
class NodeTraits:
    """What decides which pods run on a node: its name, its labels, and its taints."""

    name: str
    labels: Mapping[str, str]
    taints: tuple[Json, ...] = field(default=())


def can_run(pod: Placed, node: NodeTraits) -> bool:
    """Return whether the scheduler can place the pod on the node, as far as the node's resources allow it."""
    if pod.nodeName not in (None, "", node.name):
        return False
    selected = (pod.nodeSelector or {}).items() <= node.labels.items()
    return selected and _fits_affinity(pod.affinity or {}, node) and _tolerates(pod.tolerations or (), node.taints)


def _fits_affinity(affinity: Json, node: NodeTraits) -> bool:
    required = (affinity.get("nodeAffinity") or {}).get(_REQUIRED)
    if not required:
        return True
    return any(_fits_term(term, node) for term in required.get("nodeSelectorTerms") or ())


def _fits_term(term: Json, node: NodeTraits) -> bool:
    by_label, by_field = term.get("matchExpressions") or (), term.get("matchFields") or ()
    fields = {"metadata.name": node.name}
    by_name = all(_holds(expression, fields) for expression in by_field)
    return bool(by_label or by_field) and by_name and all(_holds(expression, node.labels) for expression in by_label)


_OPERATORS: dict[str, Callable[[str | None, list[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
    "Gt": lambda value, values: _as_number(value) is not None and int(value or 0) > int(values[0]),
    "Lt": lambda value, values: _as_number(value) is not None and int(value or 0) < int(values[0]),
}


def _holds(expression: Json, labels: Mapping[str, str]) -> bool:
    """Return whether an expression holds. An unknown operator holds: a pod that may run here is not left out."""
    holds = _OPERATORS.get(str(expression.get("operator")))
    return holds is None or holds(labels.get(expression.get("key", "")), list(expression.get("values") or ()))


def _as_number(value: str | None) -> int | None:
    return int(value) if value is not None and value.lstrip("-").isdigit() else None


def _tolerates(tolerations: Iterable[Json], taints: Iterable[Json]) -> bool:
    hard = [taint for taint in taints if taint.get("effect") in ("NoSchedule", "NoExecute")]
    listed = list(tolerations)
    return all(any(_matches(toleration, taint) for toleration in listed) for taint in hard)


def _matches(toleration: Json, taint: Json) -> bool:
    if toleration.get("effect") not in (None, "", taint.get("effect")):
        return False
    key = toleration.get("key")
    if toleration.get("operator") == "Exists":
        return not key or key == taint.get("key")
    return key == taint.get("key") and (toleration.get("value") or "") == (taint.get("value") or "")
