"""The commands that grant a role on a resource, for the clouds' own clients."""

from __future__ import annotations

import json
import shlex

from wizard.clouds import dataset_access
from wizard.setup import resource_types
from wizard.setup.resource_types import DATASET, TABLE, ResourceName

_DATASET = (
    "bq --format=prettyjson show {dataset} | jq {edit} > {file} && bq update --source={file} {dataset} && rm {file}"
)
_EDIT = ".access |= (. + [{entry}] | unique)"


def grant_command(on: str, role: str, member: str) -> str:
    """Return the command that grants a role, without a condition, on a resource, by its relative name.

    A service account can be in the project `-`: gcloud finds it by its email.
    """
    email = on.removeprefix("projects/-/serviceAccounts/")
    if email != on:
        return _with_flags(f"gcloud iam service-accounts add-iam-policy-binding {email}", role, member, True)
    name = resource_types.parse(on)
    if name is None:  # a project number, such as policies of other teams have
        start = f"gcloud projects add-iam-policy-binding {on.removeprefix('projects/')}"
        return _with_flags(start, role, member, True)
    return command_on(name, role, member)


def command_on(on: ResourceName, role: str, member: str) -> str:
    """Return the command that grants a role, without a condition, on a resource."""
    parts = dict(on.parts)
    if on.type is DATASET:
        key, value = dataset_access.entry_member(member)
        edit = _EDIT.format(entry=json.dumps({"role": role, key: value}))
        file = f"{parts['dataset']}-access.json"
        return _DATASET.format(dataset=shlex.quote(on.short), edit=shlex.quote(edit), file=file)
    if on.type is TABLE:
        member_and_role = f"--member={shlex.quote(member)} --role={role}"
        return f"{on.type.command} {member_and_role} {shlex.quote(on.short)}"
    start = on.type.command.format(**{key: shlex.quote(value) for key, value in parts.items()})
    return _with_flags(start, role, member, on.type.conditions)


def _with_flags(start: str, role: str, member: str, conditions: bool) -> str:
    condition = " --condition=None" if conditions else ""
    return f"{start} --role={role} --member={shlex.quote(member)}{condition}"
