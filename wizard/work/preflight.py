"""Checks whether the operator has the permissions that a plan needs, before anything is changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wizard.clouds import iam_policies
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.engine.resource import Change
from wizard.language import _
from wizard.resources.kind import Kind, Needed
from wizard.resources.operator_roles import role_for
from wizard.setup.resource_types import DATASET, PROJECT, ResourceName, of_place

_UNASKED = "the wizard cannot check the permission on {on} in advance"


@dataclass(frozen=True)
class PermissionCheck:
    """The result for one permission. `fix` is what to ask for if it is missing, or why the result is unknown."""

    needed: Needed
    status: Literal["granted", "missing", "unknown"]
    fix: str = ""


def needed_for(changes: Sequence[Change]) -> list[Needed]:
    """Return the permissions that the pending changes need, each once."""
    needed: dict[Needed, None] = {}
    for change in changes:
        if change.action != "none" and isinstance(change.resource, Kind):
            needed.update(dict.fromkeys(change.resource.permissions(change)))
    return list(needed)


def check_permissions(changes: Sequence[Change], clouds: Clouds) -> list[PermissionCheck]:
    """Return the result for each permission that the changes need. Raises CloudError.

    Asks Google (projects.testIamPermissions, one call for each project) and clusters (SelfSubjectAccessReview, one call
    for each permission, or for each namespace). AWS has no such call that all operators can make, so that its
    permissions are unknown.
    """
    needed = needed_for(changes)
    projects: dict[str, list[Needed]] = defaultdict(list)
    for permission in needed:
        if permission.cloud == "google":
            projects[permission.on].append(permission)
    in_clusters: dict[tuple[object, str], list[Needed]] = defaultdict(list)
    for permission in needed:
        if permission.cloud == "kubernetes":
            in_clusters[permission.cluster, permission.permission].append(permission)
    with Readers(max_workers=max(len(projects) + len(in_clusters), 1)) as pool:
        by_project = pool.map(lambda item: _ask_google(clouds, *item), projects.items())
        by_permission = pool.map(lambda permissions: _ask_cluster(clouds, permissions), in_clusters.values())
        google = [check for checks in by_project for check in checks]
        clusters = [check for checks in by_permission for check in checks]
    others = [permission for permission in needed if permission.cloud not in ("google", "kubernetes")]
    unknown = [
        PermissionCheck(permission, "unknown", _("the wizard cannot check AWS permissions in advance"))
        for permission in others
    ]
    return google + clusters + unknown


def _ask_google(clouds: Clouds, project: str, needed: list[Needed]) -> list[PermissionCheck]:
    permissions = sorted({permission.permission for permission in needed})
    on = of_place(project) or ResourceName(PROJECT, (("project", project),))
    try:
        granted = iam_policies.held_permissions(clouds.google, on, permissions)
    except CloudError as error:
        if on.type is not PROJECT:
            return [PermissionCheck(permission, "unknown", _(_UNASKED).format(on=on.short)) for permission in needed]
        if error.service_disabled:
            reason = _("the wizard cannot check the permission yet: cloudresourcemanager.googleapis.com is not enabled")
            return [PermissionCheck(permission, "unknown", reason) for permission in needed]
        raise
    if on.type is DATASET and not granted:
        # The dataset's own access list can give it too, and BigQuery does not tell what that gives to the caller.
        return [PermissionCheck(permission, "unknown", _(_UNASKED).format(on=on.short)) for permission in needed]
    return [
        PermissionCheck(permission, "granted") if permission.permission in granted else _missing(permission)
        for permission in needed
    ]


def _ask_cluster(clouds: Clouds, permissions: list[Needed]) -> list[PermissionCheck]:
    """Ask for one permission, in all namespaces at once if several need it; if that is refused, in each namespace."""
    first = permissions[0]
    if len(permissions) > 1 and _is_allowed(clouds, first, None):
        return [PermissionCheck(needed, "granted") for needed in permissions]
    return [_ask_namespace(clouds, needed) for needed in permissions]


def _ask_namespace(clouds: Clouds, needed: Needed) -> PermissionCheck:
    if _is_allowed(clouds, needed, needed.namespace):
        return PermissionCheck(needed, "granted")
    assert needed.cluster is not None
    project = needed.cluster.project
    fix = _(
        "ask for an RBAC role that has this permission in the cluster, or for the role roles/container.developer on "
        "{project}"
    ).format(project=project)
    return PermissionCheck(needed, "missing", fix)


def _is_allowed(clouds: Clouds, needed: Needed, namespace: str | None) -> bool:
    assert needed.cluster is not None
    verb, _blank, what = needed.permission.partition(" ")
    resource, _dot, group = what.partition(".")
    return clouds.kubernetes(needed.cluster).allowed(verb, resource, namespace, group)


def _missing(needed: Needed) -> PermissionCheck:
    role = role_for(needed.permission)
    if role:
        return PermissionCheck(needed, "missing", _("ask for the role {role} on {on}").format(role=role, on=needed.on))
    return PermissionCheck(
        needed,
        "missing",
        _("ask for the permission {permission} on {on}").format(permission=needed.permission, on=needed.on),
    )
