"""How grants on buckets, datasets, topics and others become Terraform.

Source: documentation of the provider hashicorp/google, the pages of the types, with their IDs for imports.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wizard.export.terraform.hcl import Block, Raw, Value, call, template
from wizard.export.terraform.renderers import Arguments, Members
from wizard.export.terraform.world import Lines, Rendered, World, name_of_member
from wizard.resources.resource_grants import ResourceGrants
from wizard.setup import resource_types as types
from wizard.setup.resource_types import ResourceType

_NO_IMPORT = (
    "Terraform cannot import the existing access to the dataset {name}, and cannot create the same access again. To "
    "manage the access with Terraform, first remove the access, then use this resource:"
)
_LEGACY = {
    "roles/bigquery.dataOwner": "OWNER",
    "roles/bigquery.dataEditor": "WRITER",
    "roles/bigquery.dataViewer": "READER",
}
"""The names that BigQuery gives back for these roles on a dataset. Other names would differ in each plan."""


@dataclass(frozen=True)
class Row:
    """The Terraform type for grants on one type of resource.

    `arguments` name the resource: the argument -> the parts of the resource's name, in braces. `place` is its name in
    the IDs of imports.
    """

    type: str
    arguments: dict[str, str]
    place: str


_KEY = "{project}/{location}/{key_ring}/{key}"
_RING = "{project}/{location}/{key_ring}"
_IN_PROJECT = {"project": "{project}"}

ROWS: dict[ResourceType, Row] = {
    types.FOLDER: Row("google_folder_iam_member", {"folder": "folders/{number}"}, "folders/{number}"),
    types.ORGANIZATION: Row("google_organization_iam_member", {"org_id": "{number}"}, "{number}"),
    types.BUCKET: Row("google_storage_bucket_iam_member", {"bucket": "{bucket}"}, "b/{bucket}"),
    types.MANAGED_FOLDER: Row(
        "google_storage_managed_folder_iam_member",
        {"bucket": "{bucket}", "managed_folder": "{managed_folder}/"},
        "b/{bucket}/managedFolders/{managed_folder}/",
    ),
    types.TABLE: Row(
        "google_bigquery_table_iam_member",
        {**_IN_PROJECT, "dataset_id": "{dataset}", "table_id": "{table}"},
        "projects/{project}/datasets/{dataset}/tables/{table}",
    ),
    types.TOPIC: Row(
        "google_pubsub_topic_iam_member", {**_IN_PROJECT, "topic": "{topic}"}, "projects/{project}/topics/{topic}"
    ),
    types.SUBSCRIPTION: Row(
        "google_pubsub_subscription_iam_member",
        {**_IN_PROJECT, "subscription": "{subscription}"},
        "projects/{project}/subscriptions/{subscription}",
    ),
    types.SECRET: Row(
        "google_secret_manager_secret_iam_member",
        {**_IN_PROJECT, "secret_id": "{secret}"},
        "projects/{project}/secrets/{secret}",
    ),
    types.INSTANCE: Row(
        "google_spanner_instance_iam_member", {**_IN_PROJECT, "instance": "{instance}"}, "{project}/{instance}"
    ),
    types.DATABASE: Row(
        "google_spanner_database_iam_member",
        {**_IN_PROJECT, "instance": "{instance}", "database": "{database}"},
        "{project}/{instance}/{database}",
    ),
    types.REPOSITORY: Row(
        "google_artifact_registry_repository_iam_member",
        {**_IN_PROJECT, "location": "{location}", "repository": "{repository}"},
        "projects/{project}/locations/{location}/repositories/{repository}",
    ),
    types.KEY_RING: Row("google_kms_key_ring_iam_member", {"key_ring_id": _RING}, _RING),
    types.KEY: Row("google_kms_crypto_key_iam_member", {"crypto_key_id": _KEY}, _KEY),
    types.SERVICE_ACCOUNT: Row(
        "google_service_account_iam_member",
        {"service_account_id": "projects/{project}/serviceAccounts/{email}"},
        "projects/{project}/serviceAccounts/{email}",
    ),
}
_DATASET = "google_bigquery_dataset_access"


class OnResource:
    """Grants on one resource: additive members of its policy, or entries in the access of a dataset."""

    types = (*dict.fromkeys(row.type for row in ROWS.values()), _DATASET)

    def register(self, resource: ResourceGrants, world: World) -> None:
        """Nothing refers to grants."""

    def render(self, resource: ResourceGrants, world: World) -> Rendered:
        if resource.on.type is types.DATASET:
            return _on_dataset(resource, world)
        row = ROWS[resource.on.type]
        return Members("google.tf", row.type, _arguments(row), _place(row), lambda grants: grants.on.id).render(
            resource, world
        )


def _arguments(row: Row) -> Callable[[Any, World], Arguments]:
    return lambda resource, world: {
        name: _filled(form, dict(resource.on.parts), world) for name, form in row.arguments.items()
    }


def _place(row: Row) -> Callable[[Any, World], Value]:
    return lambda resource, world: _filled(row.place, dict(resource.on.parts), world)


def _filled(form: str, parts: dict[str, str], world: World) -> Value:
    """Return a form with the parts of a name in it, in which the project is a variable."""
    before, found, after = form.partition("{project}")
    known = {name: part for name, part in parts.items() if name != "project"}
    project = [world.variables.project(parts["project"])] if found else []
    return template([before.format(**known), *project, after.format(**known)])


def _on_dataset(resource: ResourceGrants, world: World) -> Rendered:
    origins = world.parts(resource, _pairs)
    blocks: list[Block] = []
    lines: list[Lines] = []
    for member in dict.fromkeys(member for _, member in origins):
        new = [role for role, other in origins if other == member and origins[role, member] == "new"]
        there = [role for role, other in origins if other == member and origins[role, member] != "new"]
        if new:
            blocks.append(_access(resource, world, member, new))
        if there:
            why = _NO_IMPORT.format(name=resource.on.short)
            lines.append(Lines(why, _access(resource, world.literal, member, there)))
    return Rendered("google.tf", blocks, (), lines)


def _access(resource: ResourceGrants, world: World, member: str, roles: list[str]) -> Block:
    """Return the access of one member to a dataset, with its roles under the names that BigQuery uses."""
    parts = dict(resource.on.parts)
    name = world.name(_DATASET, f"{name_of_member(member)}_{parts['dataset']}", f"{resource.name} {member}")
    email = member.removeprefix("serviceAccount:")
    is_email = member != email
    who = (
        {"user_by_email": world.account(email, "email") or email} if is_email else {"iam_member": world.member(member)}
    )
    arguments: Arguments = {
        "project": world.variables.project(parts["project"]),
        "dataset_id": parts["dataset"],
        "role": Raw("each.value"),
        **who,
    }
    each: Arguments = {"for_each": call("toset", sorted(_LEGACY.get(role, role) for role in roles))}
    return Block("resource", (_DATASET, name), {**each, **arguments, **world.depends_on(resource, arguments)})


def _pairs(resource: ResourceGrants) -> list[tuple[str, str]]:
    return [(role, member) for role, members in resource.grants.items() for member in members]
