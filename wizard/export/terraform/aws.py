"""How the kinds of AWS become Terraform. Sources: documentation of the provider hashicorp/aws."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from wizard.engine.resource import Resource
from wizard.export.terraform.hcl import Block, Raw, Value, call
from wizard.export.terraform.renderers import Arguments, NotHere, OneBlock, OnlyLines, Renderer
from wizard.export.terraform.world import Lines, World
from wizard.resources import aws_role
from wizard.resources.aws_role import InstanceProfile, Role
from wizard.resources.config_file import ConfigFile
from wizard.resources.ec2_instance import Ec2Instance
from wizard.resources.ecs_service import EcsService
from wizard.resources.job_definition import JobDefinition
from wizard.resources.lambda_function import LambdaFunction
from wizard.resources.task_definition import TaskDefinition

_OWNED = (
    "Add these lines to the resource that defines the {kind} {name}. The wizard does not create the {kind}, so this "
    "module does not manage it. Apply this module first: a new grant takes effect a few minutes after Google Cloud "
    "stores it."
)
_TRUST = "Add this statement to the trust policy of the role {name} if no statement admits {service} yet."


def _role(resource: Role, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    arguments: Arguments = {
        "name": resource.role,
        "path": resource.path or "/",
        "description": aws_role.DESCRIPTION,
        "assume_role_policy": call("jsonencode", _texts(resource.wanted_trust(), world)),
    }
    return arguments, ()


def _trust_lines(resource: Role, world: World) -> Sequence[Lines]:
    statement = _texts(resource.wanted_trust()["Statement"], world)
    name = world.name("aws_iam_role", resource.role, resource.name)
    block = Block(
        "resource", ("aws_iam_role", name), {"assume_role_policy": call("jsonencode", {"Statement": statement})}
    )
    return [Lines(_TRUST.format(name=resource.role, service=resource.service.principal), block)]


def _profile(resource: InstanceProfile, world: World) -> tuple[Arguments, tuple[Block, ...]]:
    home = next((need for need in resource.needs if isinstance(need, Role)), None)
    role = world.reference(home, "name") if home else None
    return {"name": resource.role, "role": role or resource.role}, ()


def _task_definition(resource: TaskDefinition, world: World) -> Sequence[Lines]:
    container = {"name": resource.container or "CONTAINER", "environment": _environment(resource, world)}
    arguments: Arguments = {
        "task_role_arn": _role_arn(resource.role, world),
        "container_definitions": call("jsonencode", [container]),
    }
    return [_owned(resource, resource.definition, "aws_ecs_task_definition", arguments, world)]


def _job_definition(resource: JobDefinition, world: World) -> Sequence[Lines]:
    properties = {"jobRoleArn": _role_arn(resource.role, world), "environment": _environment(resource, world)}
    arguments: Arguments = {"container_properties": call("jsonencode", properties)}
    return [_owned(resource, resource.definition, "aws_batch_job_definition", arguments, world)]


def _service(resource: EcsService, world: World) -> Sequence[Lines]:
    definition = resource.definition
    name = world.name("aws_ecs_task_definition", definition.definition, definition.name)
    arguments: Arguments = {"task_definition": Raw(f"aws_ecs_task_definition.{name}.arn")}
    return [_owned(resource, resource.label, "aws_ecs_service", arguments, world)]


def _function(resource: LambdaFunction, world: World) -> Sequence[Lines]:
    variables = {name: world.variables.text(value) for name, value in sorted(resource.variables.always.items())}
    inner = (Block("environment", (), {"variables": variables}),)
    arguments: Arguments = {"role": _role_arn(resource.role, world)}
    return [_owned(resource, resource.function, "aws_lambda_function", arguments, world, inner)]


def _instance(resource: Ec2Instance, world: World) -> Sequence[Lines]:
    state = resource.desired()
    options: Arguments = {"http_endpoint": state["metadata_service"]}
    if "hop_limit" in state:
        options["http_put_response_hop_limit"] = state["hop_limit"]
    profile = next((need for need in resource.needs if isinstance(need, InstanceProfile)), None)
    name = world.reference(profile, "name") if profile else None
    arguments: Arguments = {"iam_instance_profile": name or resource.role}
    inner = (Block("metadata_options", (), options),)
    return [_owned(resource, resource.instance, "aws_instance", arguments, world, inner)]


def _owned(
    resource: Resource, title: str, kind: str, arguments: Arguments, world: World, inner: tuple[Block, ...] = ()
) -> Lines:
    name = world.name(kind, title, resource.name)
    return Lines(_OWNED.format(kind=resource.kind, name=title), Block("resource", (kind, name), arguments, inner))


def _environment(resource: TaskDefinition | JobDefinition, world: World) -> list[Value]:
    """Return the environment variables as AWS has them in containers. The defaults are for those that are missing."""
    values = {**resource.variables.defaults, **resource.variables.always}
    return [{"name": name, "value": world.variables.text(value)} for name, value in sorted(values.items())]


def _role_arn(role: Role, world: World) -> Value:
    return world.reference(role, "arn") or world.variables.text(role.name)


def _texts(document: Any, world: World) -> Any:
    """Return a JSON document in which the texts have the variables."""
    if isinstance(document, Mapping):
        return {key: _texts(value, world) for key, value in document.items()}
    if isinstance(document, Sequence) and not isinstance(document, str):
        return [_texts(value, world) for value in document]
    return world.variables.text(document) if isinstance(document, str) else document


def configuration(resource: ConfigFile, world: World) -> Block:
    """Return the output that has the credential configuration, which contains no secret."""
    document = _texts(json.loads(json.dumps(resource.content)), world)
    arguments: Arguments = {
        "description": "Credential configuration of the application. The credential configuration contains no secret.",
        "value": call("jsonencode", document),
    }
    return Block("output", ("credential_configuration",), arguments)


RENDERERS: dict[type[Resource], Renderer] = {
    Role: OneBlock(
        "aws.tf",
        "aws_iam_role",
        lambda resource: resource.role,
        _role,
        lambda resource, _: resource.role,
        lambda resource, _: ({"name": resource.role}, ()),
        _trust_lines,
    ),
    InstanceProfile: OneBlock(
        "aws.tf",
        "aws_iam_instance_profile",
        lambda resource: resource.role,
        _profile,
        lambda resource, _: resource.role,
        lambda resource, _: ({"name": resource.role}, ()),
    ),
    TaskDefinition: OnlyLines("aws.tf", _task_definition),
    JobDefinition: OnlyLines("aws.tf", _job_definition),
    EcsService: OnlyLines("aws.tf", _service),
    LambdaFunction: OnlyLines("aws.tf", _function),
    Ec2Instance: OnlyLines("aws.tf", _instance),
    ConfigFile: NotHere(
        "google.tf",
        "The credential configuration is a file of the application. The output credential_configuration has it:\n"
        "terraform output -raw credential_configuration",
    ),
}
