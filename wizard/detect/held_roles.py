"""Reads the roles that a service account has on a project, to offer them to the workload that used its key."""

from __future__ import annotations

from wizard.clouds import iam_policies
from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.detect.live import RETRY_FOR
from wizard.setup.replacing import HeldRoles, Replaced
from wizard.setup.resource_types import PROJECT, ResourceName


def read(clouds: Clouds, account: Replaced) -> HeldRoles:
    """Return the roles of a service account in the policy of a project. Says what cannot be read, and never raises."""
    on = ResourceName(PROJECT, (("project", account.project),))
    try:
        policy = iam_policies.get_policy(clouds.google, on, RETRY_FOR)
    except CloudError as error:
        return HeldRoles(problem=error.message)
    member = f"serviceAccount:{account.email}"
    held = [binding for binding in policy.get("bindings", ()) if member in binding.get("members", ())]
    roles = [str(binding["role"]) for binding in held if not binding.get("condition")]
    conditional = [
        (str(binding["role"]), str(binding["condition"].get("title") or binding["condition"].get("expression")))
        for binding in held
        if binding.get("condition")
    ]
    return HeldRoles(tuple(dict.fromkeys(roles)), tuple(conditional))
