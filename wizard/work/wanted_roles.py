"""Checks that the roles that a setup grants exist, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.chain.signatures import shipped_permissions
from wizard.clouds.google import Google
from wizard.clouds.google_roles import read_role
from wizard.engine.readers import Readers
from wizard.engine.resource import Refused, Resource
from wizard.language import _
from wizard.resources.grants import ProjectGrants
from wizard.resources.resource_grants import ResourceGrants

_AT_ONCE = 16
_ABSENT = (
    "these roles do not exist: {roles}. Correct the role names in the setup: `gcloud iam roles list` prints the "
    "predefined roles; add --project or --organization to print the custom roles"
)
_DELETED = "these roles have been deleted: {roles}. Undelete the roles, or use other roles in the setup"
_DISABLED = (
    "these custom roles are disabled, and give no permissions: {roles}. Enable the roles: change their launch stage to "
    "GA, or use other roles in the setup"
)


def refuse_unknown(resources: Iterable[Resource], google: Google) -> None:
    """Raise Refused if a wanted role is absent, deleted or disabled. Roles that cannot be read are let through."""
    granting = (each for each in resources if isinstance(each, (ProjectGrants, ResourceGrants)))
    granted = (role for resource in granting for role in resource.grants)
    unknown = [role for role in dict.fromkeys(granted) if shipped_permissions(role) is None]
    with Readers(max_workers=_AT_ONCE) as readers:
        contents = readers.map(lambda role: read_role(google, role), unknown)
        gone = [(role, content.gone) for role, content in zip(unknown, contents, strict=True) if content.gone]
    for template, why in ((_(_ABSENT), "absent"), (_(_DELETED), "deleted"), (_(_DISABLED), "disabled")):
        if roles := [role for role, reason in gone if reason == why]:
            raise Refused(template.format(roles=", ".join(roles)))
