"""The access list of a BigQuery dataset, and the policy that follows from it.

Source: BigQuery API v2 discovery document (`access` of datasets: the keys of an entry, and the forms of roles).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wizard.sandbox.json_value import JSON

from .policy import Binding
from .policy_rules import check_grant, merged
from .projects import Dataset, Projects
from .refusals import InvalidError

SHORT_ROLES = {
    "roles/bigquery.dataOwner": "OWNER",
    "roles/bigquery.dataEditor": "WRITER",
    "roles/bigquery.dataViewer": "READER",
}
"""Roles that read back in their short form, whichever form was written."""

_FULL_ROLES = {short: role for role, short in SHORT_ROLES.items()}
_WHO = ("userByEmail", "groupByEmail", "domain", "specialGroup", "iamMember")
_RESOURCES = ("view", "routine", "dataset")
_OF_PROJECT = ("projectOwners", "projectReaders", "projectWriters")


def set_access(projects: Projects, dataset: Dataset, access: JSON, now: datetime, propagation: float) -> None:
    """Replace the access list. Raises InvalidError for an entry that BigQuery would not store."""
    if not isinstance(access, list):
        raise InvalidError("Invalid value at 'access'.")
    entries = [_stored(entry) for entry in access]
    bindings = list(_bindings(entries))
    for binding in bindings:
        if not binding.role.startswith("roles/bigquery.") and binding.role.startswith("roles/") and "." in binding.role:
            raise InvalidError(f"Role {binding.role} is not supported for this resource.")
        check_grant(projects, binding, dataset.policy.members)
    dataset.access = [entry for place, entry in enumerate(entries) if entry not in entries[:place]]
    dataset.policy.set(merged(bindings), None, now, propagation)


def seed_access(projects: Projects, dataset: Dataset, access: list[JSON], now: datetime) -> None:
    """Start with these entries, already enforced, and with those that every new dataset has."""
    own: list[JSON] = [
        {"role": "WRITER", "specialGroup": "projectWriters"},
        {"role": "OWNER", "specialGroup": "projectOwners"},
        {"role": "READER", "specialGroup": "projectReaders"},
    ]
    set_access(projects, dataset, [*own, *access], now, 0.0)
    dataset.policy.seed(merged(_bindings(dataset.access)), now)


def _stored(entry: JSON) -> JSON:
    """An entry as it reads back: one thing that it is about, and the short form of the role."""
    if not isinstance(entry, dict):
        raise InvalidError("Invalid value at 'access'.")
    about = [key for key in (*_WHO, *_RESOURCES) if entry.get(key)]
    if len(about) != 1 or (about[0] in _WHO and not entry.get("role")):
        raise InvalidError("Invalid value at 'access'.")
    if about[0] in _RESOURCES:
        return dict(entry)
    role = str(entry["role"])
    stored = {**entry, "role": SHORT_ROLES.get(role, role)}
    member = str(entry.get("iamMember", ""))
    kind, _, who = member.partition(":")
    if kind in ("user", "serviceAccount") and "[" not in who:
        del stored["iamMember"]
        stored["userByEmail"] = who
    return stored


def _bindings(entries: Iterable[JSON]) -> Iterable[Binding]:
    """The bindings of the entries that grant a role to someone; projects' own groups follow from their policies."""
    for entry in entries:
        member = _member(entry)
        if member:
            role = str(entry["role"])
            yield Binding(_FULL_ROLES.get(role, role), (member,), entry.get("condition"))


def _member(entry: JSON) -> str:
    email = str(entry.get("userByEmail") or "")
    if email:
        return f"{'serviceAccount' if email.endswith('.gserviceaccount.com') else 'user'}:{email}"
    if entry.get("groupByEmail"):
        return f"group:{entry['groupByEmail']}"
    if entry.get("domain"):
        return f"domain:{entry['domain']}"
    special = str(entry.get("specialGroup") or "")
    return str(entry.get("iamMember") or "") or ("" if special in _OF_PROJECT else special)
