"""The steps of the script: one row for each kind of resource, which calls a function of the script's library."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from wizard.clouds import dataset_access
from wizard.engine.resource import Change, Resource
from wizard.export.script.quoting import call, split
from wizard.federation import credential_config
from wizard.resources.account_keys import DisabledKeys
from wizard.resources.aws_role import InstanceProfile, Role
from wizard.resources.config_file import ConfigFile
from wizard.resources.grant_commands import command_on, grant_command
from wizard.resources.grants import ProjectGrants, ServiceAccountGrants
from wizard.resources.oidc_provider import OidcProvider
from wizard.resources.pod_key_removal import PodKeyRemoval
from wizard.resources.pool import Pool
from wizard.resources.provider import AwsProvider
from wizard.resources.resource_grants import ResourceGrants
from wizard.resources.service_account import ServiceAccount
from wizard.resources.services import EnabledServices
from wizard.setup.resource_types import DATASET, TABLE

Half = Literal["google", "aws", "kubernetes"]

_NOT_IN_SCRIPT = "The script does not do this: {what}. Run wif-wizard apply with the setup."


@dataclass(frozen=True)
class Step:
    """One step of the script: the side that it belongs to, its title, and the lines that do it."""

    half: Half
    title: str
    lines: tuple[str, ...]
    libraries: tuple[str, ...]
    """The files of the library that it needs."""


def google(title: str, *lines: str, library: str = "google.sh") -> Step:
    """Return a step on Google Cloud."""
    return Step("google", title, lines, ("google.sh",) if library == "google.sh" else ("google.sh", library))


def aws(title: str, *lines: str, library: str = "aws.sh") -> Step:
    """Return a step on AWS."""
    return Step("aws", title, lines, ("aws.sh",) if library == "aws.sh" else ("aws.sh", library))


def created(resource: Resource) -> list[str]:
    """Return the words of the command that creates a resource."""
    (command,) = resource.commands(Change(resource, None, resource.desired()))
    return split(command)


def compact(value: Any) -> str:
    """Return a value as JSON in one line, with sorted keys."""
    return json.dumps(value, sort_keys=True)


def services(resource: EnabledServices) -> Step:
    """Return the step that enables services."""
    return google(
        f"Enable services in the project {resource.project}",
        call("enable_services", resource.project, *resource.services),
    )


def pool(resource: Pool) -> Step:
    """Return the step that creates a pool."""
    return google(
        f"Create the workload identity pool {resource.pool}",
        call("ensure_pool", resource.project, resource.pool, *created(resource)),
    )


def aws_provider(resource: AwsProvider) -> Step:
    """Return the step that creates an AWS provider, or widens the condition of one that exists."""
    state = resource.desired()
    wanted = {
        "type": "aws",
        "account": resource.account,
        "mapping": state["mapping"],
        "condition": state["condition"],
    }
    return _provider(resource, wanted)


def oidc_provider(resource: OidcProvider) -> Step:
    """Return the step that creates an OIDC provider, or widens the condition of one that exists."""
    state = resource.desired()
    wanted = {
        "type": "oidc",
        "issuer": resource.tokens.issuer,
        "audience": resource.audience,
        "mapping": state["mapping"],
        "condition": state["condition"],
    }
    return _provider(resource, wanted)


def _provider(resource: AwsProvider | OidcProvider, wanted: dict[str, Any]) -> Step:
    place = (resource.project, resource.pool, resource.provider)
    return google(
        f"Create the provider {resource.provider}, or admit the workload to the provider",
        call("ensure_provider", *place, compact(wanted), *created(resource)),
    )


def service_account(resource: ServiceAccount) -> Step:
    """Return the step that creates a Google service account."""
    return google(
        f"Create the service account {resource.email}",
        call("ensure_google_service_account", resource.project, resource.email, *created(resource)),
    )


def project_grants(resource: ProjectGrants) -> Step:
    """Return the step that grants roles on a project."""
    read = call("read_policy", "gcloud", "projects", "get-iam-policy", resource.project)
    return google(f"Grant roles on the project {resource.project}", read, *_grants(resource))


def account_grants(resource: ServiceAccountGrants) -> Step:
    """Return the step that lets workloads impersonate a service account."""
    place = () if resource.project == "-" else (f"--project={resource.project}",)
    read = call("read_policy", "gcloud", "iam", "service-accounts", "get-iam-policy", resource.email, *place)
    return google(f"Let the workload impersonate {resource.email}", read, *_grants(resource))


def _grants(resource: ProjectGrants | ServiceAccountGrants) -> list[str]:
    return [
        call("grant", role, member, *split(grant_command(resource.name, role, member)))
        for role, members in resource.grants.items()
        for member in members
    ]


def resource_grants(resource: ResourceGrants) -> Step:
    """Return the step that grants roles on a resource that is not a project."""
    title = f"Grant roles on the {resource.label}"
    pairs = [(role, member) for role, members in resource.grants.items() for member in members]
    if resource.on.type is DATASET:
        lines = [_dataset_grant(resource, role, member) for role, member in pairs]
        return google(title, *lines, library="bigquery.sh")
    commands_of_pairs = [split(command_on(resource.on, role, member)) for role, member in pairs]
    if resource.on.type is TABLE:
        lines = [
            call("grant_on_table", resource.on.short, role, member, *command)
            for (role, member), command in zip(pairs, commands_of_pairs, strict=True)
        ]
        return google(title, *lines, library="bigquery.sh")
    lines = [
        call("grant", role, member, *command) for (role, member), command in zip(pairs, commands_of_pairs, strict=True)
    ]
    return google(title, call("read_policy", *_reading(commands_of_pairs[0])), *lines)


def _dataset_grant(resource: ResourceGrants, role: str, member: str) -> str:
    key, value = dataset_access.entry_member(member)
    return call("grant_on_dataset", resource.on.short, compact({"role": role, key: value}))


def _reading(command: Sequence[str]) -> list[str]:
    """Return the command that reads the policy which a command of gcloud adds a binding to."""
    kept = [word for word in command if not word.startswith(("--role=", "--member=", "--condition="))]
    return ["get-iam-policy" if word == "add-iam-policy-binding" else word for word in kept]


def configuration(resource: ConfigFile, folder: Path) -> Step:
    """Return the step that writes the credential configuration. A path in `folder` is relative to the script."""
    path = resource.path
    is_inside = path.is_relative_to(folder)
    place = '"$here"/' + call(str(path.relative_to(folder))) if is_inside else call(str(path))
    text = credential_config.dump(resource.content)
    return google(
        f"Write the credential configuration {path.name}",
        f"write_configuration {place} <<'WIF_WIZARD'\n{text}WIF_WIZARD",
    )


def role(resource: Role) -> Step:
    """Return the step that creates a role, or adds a statement to its trust policy."""
    wanted = resource.wanted_trust()
    arn = resource.name if resource.path is not None else ""
    (command,) = resource.commands(Change(resource, None, resource.desired()))
    create = split(command.partition(" --assume-role-policy-document ")[0])
    statement = compact(wanted["Statement"][0])
    create += ["--assume-role-policy-document", compact(wanted)]
    return aws(
        f"Create the role {resource.role}, or let {resource.service.principal} assume the role",
        call("ensure_role", resource.role, arn, resource.own_sid, statement, *create),
    )


def instance_profile(resource: InstanceProfile) -> Step:
    """Return the step that creates an instance profile."""
    return aws(f"Create the instance profile {resource.role}", call("ensure_instance_profile", resource.role))


def left_to_apply(resource: Resource, half: Half, what: str) -> Step:
    """Return a step that only says what the script does not do."""
    return Step(half, str(resource), (call("printf", "%s\\n", _NOT_IN_SCRIPT.format(what=what)),), ())


def disabled_keys(resource: DisabledKeys) -> Step:
    """Return the step that says who disables the keys."""
    return left_to_apply(resource, "google", f"disable the keys of {resource.email}")


def key_removal(resource: PodKeyRemoval) -> Step:
    """Return the step that says who removes the keys from pods."""
    return left_to_apply(resource, "kubernetes", f"remove service account keys from the pods of {resource.label}")


def commands(resource: Resource) -> Step:
    """Return the step for a kind without a row: the commands of a change, which add to what is there."""
    found: Sequence[str] = resource.commands(Change(resource, None, resource.desired()))
    return google(str(resource), *(call("change", *split(command)) for command in found))


Make = Callable[[Any], Step]

COMMON: dict[type[Resource], Make] = {
    EnabledServices: services,
    Pool: pool,
    AwsProvider: aws_provider,
    OidcProvider: oidc_provider,
    ServiceAccount: service_account,
    ProjectGrants: project_grants,
    ServiceAccountGrants: account_grants,
    ResourceGrants: resource_grants,
    Role: role,
    InstanceProfile: instance_profile,
    DisabledKeys: disabled_keys,
    PodKeyRemoval: key_removal,
}
"""The kind of a resource -> its step. `runtime_steps` has those of workloads and clusters."""
