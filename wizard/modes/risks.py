"""What works, and gives access to more than the workload: wide roles, grants to a whole pool, keys that still work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from wizard.clouds import iam_policies
from wizard.clouds.session import Clouds
from wizard.language import _
from wizard.modes.opened import Observation
from wizard.resources import account_keys
from wizard.setup import role_sets
from wizard.setup.resource_types import PROJECT, ResourceName, of_place

WIDE = ("roles/owner", "roles/editor")
_WIDE_ROLE = "{holder} has {role} on {project}"
_POOL_WIDE = "{member} has {role} on {on}: every identity of the pool has this role"
_KEYS = {
    "used": "the key {key} of {email} is enabled, and was last used on {detail}",
    "not used": "the key {key} of {email} is enabled, and Google Cloud has no record that the key was used",
    "unknown": "the key {key} of {email} is enabled. The wizard could not read when the key was last used: {detail}",
}
_DISABLE = (
    "disable the key when no application uses the key: gcloud iam service-accounts keys disable {key} "
    "--iam-account={email}"
)
_FIRST_USE = "find out which applications use the key {key}: look at the last use of the key, and at the audit log"


_ON_PROJECT = "roles on the project {project}"
_ON_RESOURCE = "roles on {name}"


def bindings_at(clouds: Clouds, place: str) -> list[dict[str, Any]]:
    """Return the bindings of the allow policy of a project or another resource. Raises CloudError."""
    on = of_place(place) or ResourceName(PROJECT, (("project", place),))
    return list(iam_policies.get_policy(clouds.google, on).get("bindings", ()))


def title_at(place: str) -> str:
    """Return what is looked at in the policy of a project or another resource, for people."""
    return _(_ON_RESOURCE).format(name=place) if "/" in place else _(_ON_PROJECT).format(project=place)


def of_bindings(
    bindings: Iterable[dict[str, Any]], on: str, holder: str, is_holder: Callable[[str], bool], pool: str
) -> list[Observation]:
    """Return the risks in the policy of a resource: wide roles of the holder, and roles of everyone in a pool.

    `pool` is the full name of the pool, `holder` is how people call the identity that `is_holder` recognises.
    """
    risks = []
    for binding in bindings:
        role, members = str(binding.get("role")), [str(member) for member in binding.get("members", ())]
        if role in WIDE and any(is_holder(member) for member in members):
            risks.append(Observation("WIF1005", (_(_WIDE_ROLE).format(holder=holder, role=role, project=on),)))
        wide = [member for member in members if member.endswith(f"/{pool}/*")]
        risks += [Observation("WIF1004", (_(_POOL_WIDE).format(member=member, role=role, on=on),)) for member in wide]
    return risks


def gaps(roles: Iterable[str]) -> list[Observation]:
    """Return a note if the roles of a workload cannot do their usual job: it can be that the workload needs less."""
    notes = role_sets.notes(roles)
    return [Observation("WIF0523", tuple(notes), severity="note")] if notes else []


def keys_left(clouds: Clouds, project: str, email: str) -> list[Observation]:
    """Return a risk for each enabled key of a service account that a person created. Raises CloudError."""
    risks = []
    for key in account_keys.read(clouds, project, email):
        if key.disabled:
            continue
        # Advice to disable a key whose use is not known could stop an application.
        fix = _(_FIRST_USE) if key.last_use.known == "unknown" else _(_DISABLE)
        evidence = _(_KEYS[key.last_use.known]).format(key=key.id, email=email, detail=key.last_use.detail)
        risks.append(Observation("WIF1006", (evidence,), fix.format(key=key.id, email=email)))
    return risks
