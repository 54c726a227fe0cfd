"""What the journal says a setup created, and what was there before, among the resources of the setup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast

from wizard.clouds.errors import CloudError
from wizard.engine.journal import Run, Write
from wizard.engine.resource import Resource, State, is_deleted
from wizard.modes.opened import Opened
from wizard.resources import owners
from wizard.resources.namespace import Namespace

History: TypeAlias = Sequence[tuple[Run, Sequence[Write]]]
"""The runs of a setup, reverts included, oldest first, each with its writes."""

Part: TypeAlias = tuple[str, str]
"""A role and its member, or a service and its state."""

_HALVES = 2


def created(resources: Iterable[Resource], history: History) -> list[Resource]:
    """Return the resources that the runs created and did not delete since, in the order of the setup.

    Grants and services are returned with only what the runs added. An object that existed and that the runs only
    changed is not among them.
    """
    found = (_created(resource, _writes(resource, history)) for resource in resources)
    return [resource for resource in found if resource is not None]


def existing(resources: Iterable[Resource], history: History) -> list[Resource]:
    """Return the resources that existed before the runs, or of which a part did, in the order of the setup.

    Only a run that applied the whole setup tells: what it did not write was in place. Without such a run, nothing is
    returned. Grants and services are returned with only what was in place.
    """
    if not _is_whole(history):
        return []
    found = (_existing(resource, _writes(resource, history)) for resource in resources)
    return [resource for resource in found if resource is not None]


def namespaces(opened: Opened) -> list[Resource]:
    """Return the namespaces that the cluster has, and that no Terraform configuration manages, as far as it tells.

    A namespace belongs to all objects in it: Terraform must not create it again, nor delete it.
    """
    return [
        resource for resource in opened.resources() if isinstance(resource, Namespace) and _is_foreign(resource, opened)
    ]


def _is_foreign(resource: Namespace, opened: Opened) -> bool:
    from lightkube.resources.core_v1 import Namespace as KubernetesNamespace

    try:
        there = opened.clouds.kubernetes(resource.cluster).get_or_none(KubernetesNamespace, resource.namespace)
    except CloudError:
        return False
    if there is None:
        return False
    owner = owners.of(owners.in_cluster("Namespace", there.metadata))
    return owner is None or owner.tool != "Terraform"


def _is_whole(history: History) -> bool:
    """Return whether runs that ended well applied the whole setup, at once or by its two halves."""
    done = {run.details.only for run, _ in history if run.outcome == "done" and not run.details.reverts}
    return None in done or len(done) == _HALVES


def _writes(resource: Resource, history: History) -> list[Write]:
    """Return the writes of one resource that the cloud accepted."""
    writes = [write for _, writes in history for write in writes]
    return [write for write in writes if (write.kind, write.name) == resource.identity and write.outcome == "done"]


def _created(resource: Resource, writes: Sequence[Write]) -> Resource | None:
    if _is_in_parts(resource):
        return _with(resource, _added(writes))
    is_ours, is_gone = _fate(writes)
    return resource if is_ours and not is_gone else None


def _existing(resource: Resource, writes: Sequence[Write]) -> Resource | None:
    if _is_in_parts(resource):
        return _with(resource, _parts(_state(resource)) - _touched(writes))
    is_ours, is_gone = _fate(writes)
    return None if is_ours or is_gone else resource


def _fate(writes: Sequence[Write]) -> tuple[bool, bool]:
    """Return whether the writes created an object, and whether they deleted it in the end."""
    is_ours = is_gone = False
    for write in writes:
        if write.action == "create":
            is_ours, is_gone = True, False
        else:
            is_gone = is_deleted(write.after)
    return is_ours, is_gone


def _is_in_parts(resource: Any) -> bool:
    return hasattr(resource, "grants") or (hasattr(resource, "services") and resource.kind == "enabled services")


def _state(resource: Any) -> State:
    """Return the wanted state of grants or services."""
    return resource.grants if hasattr(resource, "grants") else dict.fromkeys(resource.services, "ENABLED")


def _parts(state: Mapping[str, Any] | None) -> set[Part]:
    """Return what a state of grants or services has: lists of members, members with whether they are there, states."""
    found: set[Part] = set()
    for key, value in (state or {}).items():
        if isinstance(value, Mapping):
            found |= {(key, member) for member, is_there in value.items() if is_there}
        elif isinstance(value, str):
            found |= {(key, value)} if value == "ENABLED" else set()
        elif value is not None:
            found |= {(key, str(member)) for member in value}
    return found


def _added(writes: Sequence[Write]) -> set[Part]:
    """Return the parts that the writes added and did not remove since."""
    ours: set[Part] = set()
    for write in writes:
        before, after = _parts(write.before), _parts(write.after)
        ours = (ours - (before - after)) | (after - before)
    return ours


def _touched(writes: Sequence[Write]) -> set[Part]:
    """Return the parts that the writes added or removed."""
    return {part for write in writes for part in _parts(write.before) ^ _parts(write.after)}


def _with(resource: Any, parts: set[Part]) -> Resource | None:
    """Return a resource with only some of its parts; None if there are none."""
    kept = parts & _parts(_state(resource))
    if not kept:
        return None
    if not hasattr(resource, "grants"):
        services = tuple(sorted(service for service, _ in kept))
        return cast(Resource, replace(resource, services=services))
    grants = {
        role: tuple(member for member in members if (role, member) in kept) for role, members in resource.grants.items()
    }
    return cast(Resource, replace(resource, grants={role: members for role, members in grants.items() if members}))
