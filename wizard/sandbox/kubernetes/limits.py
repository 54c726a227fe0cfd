"""LimitRanges and ResourceQuotas, in the words of Kubernetes' admission plugins LimitRanger and ResourceQuota."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from .kinds import LIMIT_RANGE, POD, RESOURCE_QUOTA, STORED, Kind, Object
from .making import has_ended
from .quantities import amount, requested, written
from .state import KubernetesState
from .status import forbidden

_COUNTED = {"persistentvolumeclaims", "pods", "services", "secrets", "configmaps", "replicationcontrollers"}
_COMPUTE = ("cpu", "memory", "ephemeral-storage")


def set_defaults(state: KubernetesState, pod: Object) -> None:
    """Fill in what the LimitRanges of the namespace give to containers that ask for nothing."""
    for limit in _container_limits(state, pod):
        for container in pod["spec"]["containers"]:
            resources = container.setdefault("resources", {})
            limits = {**(limit.get("default") or {}), **(resources.get("limits") or {})}
            own = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
            requests = {**(limit.get("default") or {}), **(limit.get("defaultRequest") or {}), **own}
            resources |= {key: value for key, value in (("limits", limits), ("requests", requests)) if value}


def check_range(state: KubernetesState, pod: Object) -> None:
    """Refuse a pod whose containers ask for less or more than a LimitRange allows (ApiError 403)."""
    problems = [
        problem
        for limit in _container_limits(state, pod)
        for container in pod["spec"]["containers"]
        for problem in _out_of_range(limit, container.get("resources") or {})
    ]
    if problems:
        said = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
        raise forbidden(POD, pod["metadata"]["name"], said)


def check_quota(state: KubernetesState, kind: Kind, item: Object) -> None:
    """Refuse an object for which a ResourceQuota of its namespace has no room (ApiError 403)."""
    for quota in state.store.peek_all(RESOURCE_QUOTA, item["metadata"].get("namespace", "-")):
        hard = quota["spec"].get("hard") or {}
        _check_specified(quota, hard, kind, item)
        used = usage(state, quota)
        asked = {name: _asked(name, kind, item) for name in hard}
        over = [name for name in sorted(hard) if asked[name] and used[name] + asked[name] > amount(hard[name])]
        if over:
            parts = [
                ",".join(f"{name}={written(values[name], name)}" for name in over)
                for values in (asked, used, {name: amount(hard[name]) for name in over})
            ]
            why = f"exceeded quota: {quota['metadata']['name']}, requested: {parts[0]}, used: {parts[1]}, limited: "
            raise forbidden(kind, item["metadata"]["name"], why + parts[2])


def usage(state: KubernetesState, quota: Object) -> dict[str, Decimal]:
    """How much of each resource of a quota is used."""
    namespace, hard = quota["metadata"]["namespace"], quota["spec"].get("hard") or {}
    used = dict.fromkeys(hard, Decimal(0))
    for kind in STORED:
        if not any(name == kind.plural or name.startswith("count/") or kind is POD for name in hard):
            continue
        for item in state.store.peek_all(kind, namespace) if kind.namespaced else ():
            if not (kind is POD and has_ended(item)):
                used = {name: value + _asked(name, kind, item) for name, value in used.items()}
    return used


def _asked(name: str, kind: Kind, item: Object) -> Decimal:
    """How much of a resource an object uses."""
    if name in (kind.plural, f"count/{kind.qualified}"):
        return Decimal(1) if name.startswith("count/") or name in _COUNTED else Decimal(0)
    part, _, resource = name.rpartition(".")
    if kind is not POD or (part or "requests") not in ("requests", "limits") or resource not in _COMPUTE:
        return Decimal(0)
    return requested(item["spec"]["containers"], part or "requests", resource)


def _check_specified(quota: Object, hard: Mapping[str, Any], kind: Kind, item: Object) -> None:
    """Refuse a pod with containers that do not say how much they need of what the quota limits."""
    missing: dict[str, list[str]] = {}
    for name in sorted(hard):
        part, _, resource = name.rpartition(".")
        if kind is not POD or resource not in _COMPUTE or part not in ("", "requests", "limits"):
            continue
        for container in item["spec"]["containers"]:
            if resource not in ((container.get("resources") or {}).get(part or "requests") or {}):
                missing.setdefault(name, []).append(container["name"])
    if missing:
        what = "; ".join(f"{name} for: {','.join(names)}" for name, names in missing.items())
        raise forbidden(
            POD, item["metadata"]["name"], f"failed quota: {quota['metadata']['name']}: must specify {what}"
        )


def _container_limits(state: KubernetesState, pod: Object) -> Iterator[Object]:
    for each in state.store.peek_all(LIMIT_RANGE, pod["metadata"]["namespace"]):
        yield from (limit for limit in each["spec"].get("limits") or [] if limit.get("type") == "Container")


def _out_of_range(limit: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[str]:
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    for name, least in (limit.get("min") or {}).items():
        said = f"minimum {name} usage per Container is {least}"
        if name not in requests:
            yield f"{said}.  No request is specified"
        elif amount(requests[name]) < amount(least):
            yield f"{said}, but request is {requests[name]}"
    for name, most in (limit.get("max") or {}).items():
        said = f"maximum {name} usage per Container is {most}"
        if name not in limits:
            yield f"{said}.  No limit is specified"
        elif amount(limits[name]) > amount(most):
            yield f"{said}, but limit is {limits[name]}"
