"""The resources that give the role and its variables to the workload itself: the last step of a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wizard.engine.resource import Resource
from wizard.language import _
from wizard.modes.aws import app_code, rules
from wizard.modes.aws.model import AwsSetup
from wizard.resources.aws_role import Role
from wizard.resources.ec2_instance import Ec2Instance
from wizard.resources.ecs_service import EcsService
from wizard.resources.job_definition import JobDefinition
from wizard.resources.lambda_function import LambdaFunction
from wizard.resources.registration import Variables
from wizard.resources.task_definition import TaskDefinition

_IN_THE_IMAGE = (
    "The image must contain the credential configuration at {path}. The wizard does not read images: check that the "
    "image contains the file."
)
_IN_THE_ENVIRONMENT = (
    "The entrypoint must write the value of {variable} to {path} before the application starts. The wizard does not "
    "change the entrypoint."
)
_IN_THE_PACKAGE = (
    "The deployment package must contain the credential configuration, so that Lambda unpacks the file to {path}. "
    "The wizard does not read packages."
)
_SETTLING = (
    "A new grant takes effect a few minutes after Google Cloud stores it: typically after 2 minutes, and sometimes "
    "after more than 7 minutes. Until then, Google Cloud refuses requests from the workload. To change the workload "
    "later, apply the setup without {key}, run the live test, then add the key and apply again."
)
_ONE_SIDE = (
    "This plan contains only the changes on AWS. Apply the changes on Google Cloud first. Until then, Google Cloud "
    "refuses the workload's requests."
)
_FOLLOWING = ("AWS_REGION",)
"""Variables that are set only where the workload does not have them: what it reads already is its own choice."""


@dataclass(frozen=True)
class _Wired:
    """A setup, its role, its credential configuration, and what must be in place before the switch."""

    setup: AwsSetup
    role: Role
    config: Mapping[str, object]
    needs: tuple[Resource, ...]
    hints: tuple[str, ...]

    def variables(self) -> Variables:
        """Return the variables that the workload needs."""
        values = {variable.name: variable.value for variable in app_code.variables(self.setup)}
        if self.setup.aws.config_delivery == "environment":
            values |= app_code.in_environment(self.setup, self.config)
        defaults = {name: values.pop(name) for name in _FOLLOWING if name in values}
        return Variables(values, defaults)

    def container_hints(self) -> tuple[str, ...]:
        """Return what the team must do so that the container finds the credential configuration."""
        path = self.variables().always["GOOGLE_APPLICATION_CREDENTIALS"]
        text = _(_IN_THE_ENVIRONMENT) if self.setup.aws.config_delivery == "environment" else _(_IN_THE_IMAGE)
        return (text.format(path=path, variable=app_code.CONTENT_VARIABLE), *self.hints)


def resources(
    setup: AwsSetup, role: Role, config: Mapping[str, object], needs: tuple[Resource, ...], *, one_side: bool
) -> list[Resource]:
    """Return the resources of the workload itself, each after those that it needs.

    `needs` are all other resources, so that the switch is the last change. `one_side`
    says that those on Google Cloud are not among them.
    """
    found: list[Resource] = []
    for key, make in _MADE.items():
        if getattr(setup.aws, key):
            hints = (_(_ONE_SIDE),) if one_side else (_(_SETTLING).format(key=f"aws.{key}"),)
            found += make(_Wired(setup, role, config, needs, hints))
    return found


def _job_definition(wired: _Wired) -> list[Resource]:
    aws = wired.setup.aws
    name, revision = rules.definition_parts(aws.job_definition or "")
    return [
        JobDefinition(
            aws.account,
            aws.region,
            name,
            wired.role,
            wired.variables(),
            aws.container,
            revision,
            wired.container_hints(),
            needs=wired.needs,
        )
    ]


def _task_definition(wired: _Wired) -> list[Resource]:
    aws = wired.setup.aws
    name, revision = rules.definition_parts(aws.task_definition or "")
    definition = TaskDefinition(
        aws.account,
        aws.region,
        name,
        wired.role,
        wired.variables(),
        aws.container,
        revision,
        wired.container_hints(),
        frozenset(aws.services),
        needs=wired.needs,
    )
    return [definition, *(_service(definition, service) for service in aws.services)]


def _service(definition: TaskDefinition, service: str) -> EcsService:
    cluster, _, name = service.partition("/")
    return EcsService(definition.account, definition.region, cluster, name, definition)


def _function(wired: _Wired) -> list[Resource]:
    aws = wired.setup.aws
    name = (aws.function or "").rpartition(":")[2]
    hint = _(_IN_THE_PACKAGE).format(path=wired.variables().always["GOOGLE_APPLICATION_CREDENTIALS"])
    function = LambdaFunction(
        aws.account, aws.region, name, wired.role, wired.variables(), (hint, *wired.hints), needs=wired.needs
    )
    return [function]


def _instance(wired: _Wired) -> list[Resource]:
    aws = wired.setup.aws
    role = wired.setup.role_name
    instance = Ec2Instance(
        aws.account, aws.region, aws.instance or "", role, aws.containerized, wired.hints, wired.needs
    )
    return [instance]


_MADE: dict[str, Callable[[_Wired], list[Resource]]] = {
    "job_definition": _job_definition,
    "task_definition": _task_definition,
    "function": _function,
    "instance": _instance,
}
"""The key in `aws` of a setup -> the resources that it needs."""
