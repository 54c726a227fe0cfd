"""Roles and permissions in Google Cloud: what a role contains, and which permissions a project can test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wizard.clouds import iam_policies
from wizard.clouds.errors import CloudError
from wizard.clouds.google import Google
from wizard.setup.resource_types import ResourceName

AT_ONCE = 100
"""The most permissions that one testIamPermissions call takes."""

_PAGE = 1000


@dataclass(frozen=True)
class RoleContent:
    """The permissions of a role; or `gone` says why it gives none, or `unread` why they are not known."""

    permissions: tuple[str, ...] = ()
    gone: Literal["", "absent", "deleted", "disabled"] = ""
    unread: str = ""


def read_role(google: Google, name: str) -> RoleContent:
    """Return what a role contains: `roles/X`, `projects/P/roles/X` or `organizations/O/roles/X`."""
    try:
        role = google.call("iam", "GET", f"/v1/{name}")
    except CloudError as error:
        if error.status == 404:
            return RoleContent(gone="absent")
        return RoleContent(unread=f"{error.reason}: {error.message}")
    if role.get("deleted"):
        return RoleContent(gone="deleted")
    if role.get("stage") == "DISABLED":  # a binding keeps the role, but gets no permission from it
        return RoleContent(gone="disabled")
    return RoleContent(tuple(role.get("includedPermissions", ())))


def refused_permissions(google: Google, on: ResourceName, permissions: Sequence[str]) -> list[str] | None:
    """Return the permissions that a refusal names as not testable on the resource: none if all can be tested.

    Returns None if the refusal names none of them. Raises CloudError for a refusal of another kind.
    """
    refused: list[str] = []
    for start in range(0, len(permissions), AT_ONCE):
        batch = list(permissions[start : start + AT_ONCE])
        try:
            iam_policies.held_permissions(google, on, batch)
        except CloudError as error:
            if error.status != 400:
                raise
            named = set(re.findall(r"[\w.]*\w", error.message)) & set(batch)
            if not named:
                return None
            refused += sorted(named)
    return refused


def testable_permissions(google: Google, full_name: str) -> frozenset[str]:
    """Return every permission that a resource can test, by its full name, from all pages. Raises CloudError."""
    names: set[str] = set()
    body = {"fullResourceName": full_name, "pageSize": _PAGE}
    while True:
        page = google.call("iam", "POST", "/v1/permissions:queryTestablePermissions", body)
        names.update(str(permission.get("name")) for permission in page.get("permissions", ()))
        if not page.get("nextPageToken"):
            return frozenset(names)
        body = {**body, "pageToken": page["nextPageToken"]}
