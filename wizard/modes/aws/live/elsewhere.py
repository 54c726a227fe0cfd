"""Wanted roles that are granted on another resource than the one that needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.language import _
from wizard.modes.aws.blueprint import Blueprint
from wizard.modes.aws.live.facts import Elsewhere


def read_elsewhere(blueprint: Blueprint, clouds: Clouds) -> tuple[Elsewhere, ...]:
    """Return the wanted roles on the setup's other projects and on its service account, as far as they can be read."""
    setup, targets = blueprint.setup, blueprint.roles()
    wanted = {role for roles in targets.values() for role in roles}
    found: list[Elsewhere] = []
    for project in dict.fromkeys([setup.google.project, setup.pool_project]):
        if project not in targets:
            found += _granted(
                partial(_project_policy, clouds, project), wanted, _("project {project}").format(project=project)
            )
    email, home = blueprint.service_account, setup.service_account_project
    if email:
        read = partial(clouds.google_iam.get_policy, home, email)
        found += _granted(read, wanted, _("service account {email}").format(email=email))
    return tuple(found)


def _granted(read: Callable[[], dict[str, Any]], wanted: Iterable[str], on: str) -> list[Elsewhere]:
    try:
        bindings = read().get("bindings", [])
    except CloudError:
        return []
    found = []
    for binding in bindings:
        if binding["role"] in wanted:
            found += [Elsewhere(binding["role"], member, on) for member in binding.get("members", ())]
    return found


def _project_policy(clouds: Clouds, project: str) -> dict[str, Any]:
    body = {"options": {"requestedPolicyVersion": 3}}
    return clouds.google.call("cloudresourcemanager", "POST", f"/v1/projects/{project}:getIamPolicy", body)
