"""Compute on which nodes a pod can run: node selectors, affinity to nodes, taints and tolerations.

Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/ and .../taint-and-toleration/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.clouds import clusters
from wizard.federation.gke import NODE_SELECTOR
from wizard.modes.gke.live.label_selector import matches

Json = Mapping[str, Any]

POOL_LABEL = "cloud.google.com/gke-nodepool"
_UNSCHEDULABLE = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
"""The effects of taints in the Container API, and in Kubernetes."""


@dataclass(frozen=True)
class Place:
    """A node of a node pool, or one that the node pool would create (`name` is empty)."""

    pool: str
    name: str
    labels: Mapping[str, str]
    taints: tuple[Json, ...]


def nodes_of(nodes: list[dict[str, Any]]) -> list[Place]:
    """Return the nodes of a cluster as places."""
    places = []
    for node in nodes:
        metadata, spec = node["metadata"], node.get("spec") or {}
        labels = metadata.get("labels") or {}
        taints = [taint for taint in spec.get("taints") or () if taint["key"] != _UNSCHEDULABLE["key"]]
        if spec.get("unschedulable"):
            taints.append(_UNSCHEDULABLE)
        places.append(Place(str(labels.get(POOL_LABEL, "")), str(metadata["name"]), labels, tuple(taints)))
    return places


def new_nodes_of(pool: Json, cluster_location: str) -> Iterator[Place]:
    """Yield a node for each zone in which a node pool of the Container API creates nodes."""
    config = pool.get("config", {})
    system = "windows" if "WINDOWS" in str(config.get("imageType", "")).upper() else "linux"
    labels = {
        **config.get("labels", {}),
        POOL_LABEL: str(pool["name"]),
        "kubernetes.io/os": system,
        "kubernetes.io/arch": "arm64"
        if str(config.get("machineType", "")).startswith(("t2a", "c4a", "n4a"))
        else "amd64",
        "node.kubernetes.io/instance-type": str(config.get("machineType", "")),
    }
    if clusters.metadata_mode(dict(pool)) == clusters.WITH_POOL:
        labels |= NODE_SELECTOR
    taints = [
        {**taint, "effect": _EFFECTS.get(taint.get("effect"), "NoSchedule")} for taint in config.get("taints", ())
    ]
    for zone in pool.get("locations") or (cluster_location,):
        region = zone.rpartition("-")[0] if zone.count("-") > 1 else zone
        where = {"topology.kubernetes.io/zone": zone, "topology.kubernetes.io/region": region}
        yield Place(str(pool["name"]), "", {**labels, **where}, tuple(taints))


def fits(place: Place, spec: Json) -> bool:
    """Return whether a pod with this spec can run at a place."""
    named = spec.get("nodeName")
    if named:
        return bool(named == place.name)
    return _is_selected(place, spec) and all(_is_tolerated(taint, spec) for taint in place.taints)


def _is_selected(place: Place, spec: Json) -> bool:
    selector = (spec.get("nodeSelector") or {}).items()
    if not place.labels.items() >= selector:
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or any(_term_matches(term, place) for term in required.get("nodeSelectorTerms") or ())


def _term_matches(term: Json, place: Place) -> bool:
    """Return whether a place meets all requirements of a term. A term without any matches nothing."""
    by_label, by_field = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not by_label and not by_field:
        return False
    return all(matches(each, place.labels) for each in by_label) and all(
        matches(each, {"metadata.name": place.name}) for each in by_field
    )


def _is_tolerated(taint: Json, spec: Json) -> bool:
    if taint.get("effect") == "PreferNoSchedule":
        return True
    return any(_tolerates(toleration, taint) for toleration in spec.get("tolerations") or ())


def _tolerates(toleration: Json, taint: Json) -> bool:
    if toleration.get("effect") not in (None, "", taint.get("effect")):
        return False
    if toleration.get("key") not in (None, "", taint["key"]):
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key")) and (toleration.get("value") or "") == (taint.get("value") or "")
