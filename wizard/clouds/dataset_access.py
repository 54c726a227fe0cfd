"""The access list of a BigQuery dataset, read and written as an IAM policy. Every entry that is not ours is kept.

Source: BigQuery API v2 discovery document (`access` of datasets), and "Control access to resources with IAM".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.google import Google
from wizard.setup.resource_types import ResourceName

Json = dict[str, Any]

_LEGACY = {
    "OWNER": "roles/bigquery.dataOwner",
    "WRITER": "roles/bigquery.dataEditor",
    "READER": "roles/bigquery.dataViewer",
}
"""The form in which the API returns these roles, whichever form was written."""

_ACCOUNT_DOMAIN = "gserviceaccount.com"

Grant = tuple[str, str]
"""A role and a member."""


def policy_of(dataset: Mapping[str, Any]) -> Json:
    """Return the access of a dataset as an IAM policy, with its etag. The key `access` has the list as it is."""
    access = [dict(entry) for entry in dataset.get("access") or ()]
    bindings = [binding for binding in map(_binding, access) if binding]
    return {"version": 3, "etag": dataset["etag"], "bindings": bindings, "access": access}


def access_of(policy: Mapping[str, Any]) -> list[Json]:
    """Return the access list that a policy from `policy_of` stands for after its bindings were changed.

    Entries for views, routines and datasets, conditions, and all other entries stay as they are.
    """
    access: list[Json] = policy["access"]
    before = set(_grants(filter(None, map(_binding, access))))
    after = list(dict.fromkeys(_grants(policy["bindings"])))
    kept = [entry for entry in access if not _is_removed(entry, set(after))]
    return [*kept, *(_entry(role, member) for role, member in after if (role, member) not in before)]


def _is_removed(entry: Json, after: set[Grant]) -> bool:
    grants = list(_grants(filter(None, [_binding(entry)])))
    return bool(grants) and grants[0] not in after


def _grants(bindings: Iterable[Mapping[str, Any]]) -> Iterator[Grant]:
    """Yield the grants without a condition."""
    for binding in bindings:
        if not binding.get("condition"):
            for member in binding.get("members") or ():
                yield str(binding["role"]), str(member)


def _binding(entry: Mapping[str, Any]) -> Json | None:
    """Return an entry as a binding; None for an entry that is no grant of a role."""
    member, role = _member(entry), str(entry.get("role") or "")
    if not member or not role:
        return None
    binding: Json = {"role": _LEGACY.get(role, role), "members": [member]}
    return binding | {"condition": entry["condition"]} if entry.get("condition") else binding


def _member(entry: Mapping[str, Any]) -> str:
    """Return whom an entry names, as a member of a policy; empty if it names a view, a routine or a dataset."""
    email = str(entry.get("userByEmail") or "")
    if email:
        return f"{'serviceAccount' if email.endswith(_ACCOUNT_DOMAIN) else 'user'}:{email}"
    for key, prefix in (("groupByEmail", "group:"), ("domain", "domain:"), ("iamMember", "")):
        if entry.get(key):
            return f"{prefix}{entry[key]}"
    special = str(entry.get("specialGroup") or "")
    return special if special in ("", "allAuthenticatedUsers", "allUsers") else f"specialGroup:{special}"


def first_table(google: Google, dataset: ResourceName) -> str:
    """Return the ID of a table in a dataset; empty if the operator sees none."""
    try:
        answer = google.call("bigquery", "GET", f"/{dataset.name}/tables", query={"maxResults": "1"})
    except CloudError:
        return ""
    tables = answer.get("tables") or [{}]
    return str((tables[0].get("tableReference") or {}).get("tableId", ""))


def entry_member(member: str) -> tuple[str, str]:
    """Return the key and the value by which an access entry names a member of a policy."""
    kind, _, who = member.partition(":")
    keys = {"user": "userByEmail", "serviceAccount": "userByEmail", "group": "groupByEmail", "domain": "domain"}
    is_workload = kind == "serviceAccount" and "[" in who
    if kind in keys and not is_workload:
        return keys[kind], who
    return ("specialGroup", member) if member == "allAuthenticatedUsers" else ("iamMember", member)


def _entry(role: str, member: str) -> Json:
    key, value = entry_member(member)
    return {"role": role, key: value}
