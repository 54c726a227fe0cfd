"""Server-side apply: the applier owns the fields that it names, and others' values are not taken without force."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from . import ownership
from .kinds import Kind, Object
from .merging import strategic
from .ownership import Owner, Path
from .status import ApiError


def apply(
    kind: Kind, live: Object, applied: Object, manager: str, force: bool
) -> tuple[Object, dict[Owner, set[Path]]]:
    """The live object with what is applied, and who owns what then. Raises ApiError 409 with every conflict."""
    me = (manager, "Apply")
    owners = ownership.read(live)
    wanted, there = ownership.leaves(applied), ownership.leaves(live)
    differing = {path for path, value in wanted.items() if path in there and there[path] != value}
    taken = {owner: paths & differing for owner, paths in owners.items() if owner != me and paths & differing}
    if taken and not force:
        raise _conflicts(kind, taken)
    others = {owner: paths - differing for owner, paths in owners.items() if owner != me}
    merged = deepcopy(live)
    left = owners.get(me, set()) - set(wanted) - {path for paths in others.values() for path in paths}
    for path in sorted(left, key=lambda path: (path[-1] != ".", path)):  # a whole item before its fields
        ownership.without(merged, path)
    return strategic(merged, _without_managed_fields(applied)), {**others, me: set(wanted)}


def _without_managed_fields(applied: Object) -> Object:
    metadata = {key: value for key, value in applied["metadata"].items() if key != "managedFields"}
    return {**applied, "metadata": metadata}


def _conflicts(kind: Kind, taken: Mapping[Owner, set[Path]]) -> ApiError:
    said, causes, count = [], [], 0
    for owner, paths in taken.items():
        fields = [_dotted(path) for path in sorted(paths)]
        count += len(fields)
        who = f'"{owner[0]}"' + (f" using {kind.api_version}" if owner[1] == "Update" else "")
        causes += [
            {"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": field} for field in fields
        ]
        if len(fields) == 1:
            said.append(f"conflict with {who}: {fields[0]}")
        else:
            said.append(f"conflicts with {who}:\n" + "\n".join(f"- {field}" for field in fields))
    message = f"Apply failed with {count} conflict{'s' if count > 1 else ''}: " + "\n".join(said)
    return ApiError(409, "Conflict", message, {"causes": causes})


def _dotted(path: Path) -> str:
    """A path as messages show it: .metadata.annotations.iam.gke.io/gcp-service-account."""
    shown = ""
    for part in path:
        if part.startswith("f:"):
            shown += "." + part[2:]
        elif part.startswith("k:"):
            shown += "[" + part[3:-1].replace('":', "=").replace('"', "", 1) + "]"
    return shown
