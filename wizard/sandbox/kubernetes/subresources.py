"""Subresources that are more than a part of their object: the scale of a workload, and the eviction of a pod."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from .kinds import DISRUPTION_BUDGET, POD, REPLICATION_CONTROLLER, Kind, Object
from .making import has_ended, is_ready
from .selectors import by_object, labels
from .state import KubernetesState
from .status import ApiError, Cause, too_many_requests

_SHOWN = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(kind: Kind, item: Object) -> Object:
    """The Scale of an object with replicas."""
    metadata = {key: item["metadata"][key] for key in _SHOWN if key in item["metadata"]}
    status = {"replicas": item.get("status", {}).get("replicas", 0), "selector": _selector_text(kind, item)}
    head = {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata}
    return {**head, "spec": {"replicas": item["spec"].get("replicas", 1)}, "status": status}


def check_eviction(state: KubernetesState, pod: Object) -> None:
    """Refuse to evict a pod that a disruption budget needs (ApiError 429, or 500 if several budgets select it)."""
    if has_ended(pod):
        return
    budgets = list(_budgets(state, pod))
    if len(budgets) > 1:
        said = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        raise ApiError(500, "InternalError", said)
    for budget in budgets:
        allowed, desired, healthy = _disruptions(state, budget)
        if allowed <= 0:
            name = budget["metadata"]["name"]
            why = f"The disruption budget {name} needs {desired} healthy pods and has {healthy} currently"
            said = "Cannot evict pod as it would violate the pod's disruption budget."
            raise too_many_requests(said, Cause("", "DisruptionBudget", why))


def budget_status(state: KubernetesState, budget: Object) -> Object:
    """The status of a disruption budget as it is now."""
    allowed, desired, healthy = _disruptions(state, budget)
    return {
        "observedGeneration": budget["metadata"].get("generation", 1),
        "disruptionsAllowed": max(allowed, 0),
        "desiredHealthy": desired,
        "currentHealthy": healthy,
        "expectedPods": len(_selected(state, budget)),
    }


def _disruptions(state: KubernetesState, budget: Object) -> tuple[int, int, int]:
    """How many more pods may go, how many must be healthy, and how many are."""
    pods, spec = _selected(state, budget), budget["spec"]
    healthy = sum(is_ready(pod) for pod in pods)
    if "maxUnavailable" in spec:
        desired = max(len(pods) - _share(spec["maxUnavailable"], len(pods)), 0)
    else:
        desired = _share(spec.get("minAvailable", 1), len(pods))
    return healthy - desired, desired, healthy


def _share(value: int | str, whole: int) -> int:
    """A number, or a percentage of the whole, rounded up."""
    if isinstance(value, int):
        return value
    number = value.removesuffix("%")
    return ceil(whole * int(number) / 100) if number.isdecimal() else 0


def _budgets(state: KubernetesState, pod: Object) -> Iterator[Object]:
    for budget in state.store.peek_all(DISRUPTION_BUDGET, pod["metadata"]["namespace"]):
        if by_object(budget["spec"].get("selector") or {}, labels(pod)):
            yield budget


def _selected(state: KubernetesState, budget: Object) -> list[Object]:
    selector = budget["spec"].get("selector") or {}
    pods = state.store.peek_all(POD, budget["metadata"]["namespace"])
    return [pod for pod in pods if not has_ended(pod) and by_object(selector, labels(pod))]


def _selector_text(kind: Kind, item: Object) -> str:
    """The label selector of a workload as text."""
    selector = item["spec"].get("selector") or {}
    matched = selector if kind is REPLICATION_CONTROLLER else selector.get("matchLabels") or {}
    parts = [f"{key}={value}" for key, value in sorted(matched.items())]
    for each in selector.get("matchExpressions") or () if kind is not REPLICATION_CONTROLLER else ():
        operator, key = each["operator"], each["key"]
        values = ",".join(each.get("values") or ())
        parts.append({"Exists": key, "DoesNotExist": f"!{key}"}.get(operator, f"{key} {operator.lower()} ({values})"))
    return ",".join(parts)
