"""The targets of a live test: projects on which the wanted roles are proved by a permission each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.chain.hop import Outcome


@dataclass(frozen=True)
class Target:
    """A project on which each signature permission (the key) must be held, and the role (the value) that it proves."""

    project: str
    permissions: Mapping[str, str]


def permission_request(targets: Iterable[Target]) -> list[dict[str, Any]]:
    """The permissions to test, as the probe takes them."""
    return [{"project": target.project, "permissions": list(target.permissions)} for target in targets]


def missing_roles(outcome: Outcome, targets: Iterable[Target]) -> str:
    """The roles that the outcome found missing, each with its project, such as `roles/viewer on acme`.

    A permission that proves none of the wanted roles stands for itself.
    """
    roles = {target.project: target.permissions for target in targets}
    missing = []
    for item in outcome.received.get("missing", []):
        project, permission = item["project"], item["permission"]
        role = roles.get(project, {}).get(permission, permission)
        missing.append(f"{role} on {project}")
    return ", ".join(missing) or "a role on the target"
