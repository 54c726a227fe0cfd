"""A dump of a whole world, to compare it before a run and after the revert of the run.

It leaves out what no revert can bring back: times, IDs, etags, versions, soft-deleted things, revisions that are no
longer active, and services that were switched on.
"""

import json
from pathlib import Path
from typing import Any

from tests.oracles.by_hand.reading import common, differences, everything

Json = dict[str, Any]

_GONE = ("DELETED", "INACTIVE")
_COUNTED = {
    "generation",
    "observedGeneration",
    "deployment.kubernetes.io/revision",
    "status",
    "services",
    "currentNodeCount",
    "deployments",
    "events",
    "AssociationId",
    "currentMasterVersion",
}
"""Keys of counters, of what runs at the moment, and of services."""


def dump(scenario: Json, *files: Path) -> Json:
    """Return what the clouds of a scenario have, as the operator of this environment reads it, and the files."""
    found = everything(scenario)
    there = {str(path): json.loads(path.read_text(encoding="utf-8")) for path in files if path.exists()}
    return {"clouds": _lasting(common(found)), "files": there}


def changed(before: Json, after: Json) -> list[str]:
    """Return where two dumps differ, one line for each place."""
    return differences(before, after)


def _lasting(value: Any, inside: str = "") -> Any:
    """Return a value without what no revert can bring back."""
    if isinstance(value, list):
        kept = [_lasting(item, inside) for item in value if not _is_gone(item)]
        return sorted(kept, key=lambda item: json.dumps(item, sort_keys=True, default=str))
    if not isinstance(value, dict):
        return value
    kept_items = {key: _lasting(item, key) for key, item in value.items() if key not in _dropped(value)}
    if kept_items.get("mode") == "GCE_METADATA" and inside == "workloadMetadataConfig":
        return {}
    return {key: item for key, item in kept_items.items() if item != {} or key != "workloadMetadataConfig"}


def _dropped(value: Json) -> set[str]:
    keep = {"services"} if "clusterArn" in value or "task definitions" in value else set()
    if "bindings" in value or set(value) <= {"version", "etag"}:  # a policy, whose version is only a format
        return _COUNTED | {"version"}
    keep |= {"status"} if not isinstance(value.get("status"), dict) else set()
    return _COUNTED - keep


def _is_gone(item: Any) -> bool:
    """Return whether a thing is deleted, or is the pool that Google manages for the clusters of a project."""
    if not isinstance(item, dict):
        return False
    is_googles = item.get("mode") == "SYSTEM_TRUST_DOMAIN"
    return is_googles or item.get("state") in _GONE or item.get("status") in _GONE
