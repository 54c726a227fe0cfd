"""The test in a one-off task or job: what it takes, what the operator confirms, and how it is prepared."""

from __future__ import annotations

from typing import Any

from wizard.clouds.aws import Aws
from wizard.clouds.session import Clouds
from wizard.engine.journal import Journal
from wizard.federation import aws as federation
from wizard.language import _
from wizard.modes.aws.live.places import Place
from wizard.modes.aws.live.task import batch_place, detect, ecs_place
from wizard.modes.aws.live.task.batch import OneOffJob
from wizard.modes.aws.live.task.ecs import OneOffTask
from wizard.modes.aws.live.task.function import FunctionProbe
from wizard.modes.aws.live.task.instance import InstanceProbe
from wizard.modes.aws.live.task.prober import Start, TaskProbe
from wizard.modes.aws.live.task.wanted import IMAGE, OneOff, Wanted, new_name
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.modes.opened import Consent
from wizard.resources.trust_quota import AwsCalls

_NEEDS = (
    "the test in the workload's runtime needs iam:PassRole for the workload's role and for the execution role, and "
    "these permissions: {actions}. If you do not have these permissions, run the test with --from here or --from "
    "inside"
)
_BATCH_ACTIONS = (
    "batch:RegisterJobDefinition, batch:DeregisterJobDefinition, batch:DescribeJobDefinitions, batch:SubmitJob, "
    "batch:TerminateJob, batch:DescribeJobs, batch:ListJobs, batch:DescribeJobQueues, "
    "batch:DescribeComputeEnvironments, logs:GetLogEvents"
)
_ECS_ACTIONS = (
    "ecs:RegisterTaskDefinition, ecs:DeregisterTaskDefinition, ecs:ListTaskDefinitions, ecs:RunTask, ecs:StopTask, "
    "ecs:DescribeTasks, ecs:ListTasks, ecs:ListClusters, ecs:ListServices, ecs:DescribeServices, logs:GetLogEvents, "
    "logs:CreateLogGroup, logs:DeleteLogGroup"
)
_JOB_MEANING = (
    "The test registers a separate job definition, and submits one job to the workload's queue. The job runs the "
    "image {image} with the workload's role {role}, requests a token, and tests the permissions of the granted roles. "
    "The job ends within a few minutes. The test stops the job and removes its definition at the end. Your own "
    "job definitions do not change."
)
_TASK_MEANING = (
    "The test registers a separate task definition, and runs one task in the workload's cluster and network. The task "
    "runs the image {image} with the workload's role {role}, requests a token, and tests the permissions of the "
    "granted roles. The task ends within a few minutes. The test stops the task and removes its "
    "definition at the end. Your own task definitions and services do not change."
)
_LAMBDA_ACTIONS = "lambda:CreateFunction, lambda:GetFunctionConfiguration, lambda:InvokeFunction, lambda:DeleteFunction"
_FUNCTION_MEANING = (
    "The test creates a separate Lambda function with the workload's role {role}, and invokes the function. The "
    "function requests a token, and tests the permissions of the granted roles. The test deletes the function at "
    "the end. Your own functions do not change."
)
_NEEDS_ON_INSTANCE = (
    "the test on an instance needs these permissions: ssm:SendCommand, ssm:GetCommandInvocation, ssm:CancelCommand, "
    "ssm:DescribeInstanceInformation, ec2:DescribeInstances, iam:ListInstanceProfilesForRole. If you do not have these "
    "permissions, run the test with --from here or --from inside"
)
_INSTANCE_MEANING = (
    "AWS Systems Manager runs the test as one shell command on a running instance that has the workload's role "
    "{role}: the command requests a token, and tests the permissions of the granted roles. The command ends within a "
    "few minutes, and leaves no file on the instance."
)
_DECLINED = "The wizard did not start anything, and did not run the test."
_INSTEAD = "To test on this machine with the workload's role, add `--from here`."


def consent(setup: AwsSetup) -> Consent:
    """Return what the operator must confirm before something is started."""
    question, meaning, agree = _question(setup)
    return Consent(question, meaning, agree, _(_DECLINED), instead=_(_INSTEAD))


def _question(setup: AwsSetup) -> tuple[str, str, str]:
    """Return the question, what is started, and the label to confirm."""
    image, role = setup.probe.image or IMAGE, setup.role_name
    if _is_batch(setup):
        meaning = _(_JOB_MEANING).format(image=image, role=role)
        return _("Start a one-off job for this test?"), meaning, _("Start and remove the job")
    if _is_ecs(setup):
        meaning = _(_TASK_MEANING).format(image=image, role=role)
        return _("Start a one-off task for this test?"), meaning, _("Start and remove the task")
    if _is_lambda(setup):
        meaning = _(_FUNCTION_MEANING).format(role=role)
        return _("Create a one-off function for this test?"), meaning, _("Create and remove the function")
    meaning = _(_INSTANCE_MEANING).format(role=role)
    return _("Run the test on an instance of the workload?"), meaning, _("Run the test on the instance")


def is_first_choice(setup: AwsSetup) -> bool:
    """Return whether the wizard offers the test in the runtime first: on EC2, only if the setup names the instance."""
    return _is_batch(setup) or _is_ecs(setup) or _is_lambda(setup) or setup.aws.instance is not None


def place(setup: AwsSetup, clouds: Clouds) -> Place:
    """Return the place of a test in a one-off workload."""
    if _is_lambda(setup):
        return Place({}, True, in_workload=True, runtime=setup.aws.runtime, remote=_function(setup, clouds.aws))
    if not (_is_batch(setup) or _is_ecs(setup)):
        probe = InstanceProbe(clouds.aws, setup.role_name, _(_NEEDS_ON_INSTANCE), setup.aws.instance)
        return Place({}, True, in_workload=True, runtime=setup.aws.runtime, remote=probe)
    is_batch = _is_batch(setup)
    prepare = _prepare_job(setup, clouds.aws) if is_batch else _prepare_task(setup, clouds.aws)
    needed = _(_NEEDS).format(actions=_BATCH_ACTIONS if is_batch else _ECS_ACTIONS)
    task = TaskProbe(clouds.aws, prepare, needed, lambda: _is_settling(setup, clouds.aws), Journal())
    return Place({}, True, in_workload=True, runtime=setup.aws.runtime, remote=task)


def _is_settling(setup: AwsSetup, aws: AwsCalls) -> bool:
    where = setup.aws
    service = RUNTIMES[where.runtime].trusted_service(where.account, where.region)
    return detect.is_settling(aws, setup.role_name, service)


def _function(setup: AwsSetup, aws: Aws) -> FunctionProbe:
    where = setup.aws
    return FunctionProbe(
        aws=aws,
        name=new_name(),
        account=where.account,
        region=where.region,
        role=lambda: _role_arn(setup, aws),
        needed=_(_NEEDS).format(actions=_LAMBDA_ACTIONS),
        is_settling=lambda: _is_settling(setup, aws),
        network=lambda: _network_of_function(aws, setup.aws.function),
        journal=Journal(),
    )


def _network_of_function(aws: AwsCalls, name: str | None) -> dict[str, Any]:
    """Return the subnets and security groups of the workload's own function; empty if it is in no VPC."""
    if not name:
        return {}
    found = aws.call("lambda", "get_function_configuration", FunctionName=name).get("VpcConfig") or {}
    subnets = found.get("SubnetIds") or []
    return {"SubnetIds": subnets, "SecurityGroupIds": found.get("SecurityGroupIds") or []} if subnets else {}


def _role_arn(setup: AwsSetup, aws: AwsCalls) -> str:
    where = setup.aws
    arn = federation.role_arn(where.account, setup.role_name, federation.partition_of(where.region))
    return detect.role_arn(aws, setup.role_name, arn)


def _prepare_job(setup: AwsSetup, aws: AwsCalls) -> Start:
    def prepare(command: list[str], seconds: int) -> OneOff:
        on_fargate = RUNTIMES[setup.aws.runtime].platform == "FARGATE"
        own = batch_place.own_definition(aws, setup.aws.job_definition)
        properties = own.get("containerProperties", {})
        where = batch_place.find(aws, setup, own, on_fargate)
        execution_role = _execution_role(setup, aws, properties, on_fargate)
        platform = properties.get("runtimePlatform") or {}
        return OneOffJob(aws, _wanted(setup, aws, command, seconds, execution_role, on_fargate, platform), where)

    return prepare


def _prepare_task(setup: AwsSetup, aws: AwsCalls) -> Start:
    def prepare(command: list[str], seconds: int) -> OneOff:
        on_fargate = RUNTIMES[setup.aws.runtime].platform == "FARGATE"
        own = ecs_place.own_definition(aws, setup.aws.task_definition)
        where = ecs_place.find(aws, setup, own, on_fargate)
        execution_role = _execution_role(setup, aws, own, on_fargate)
        platform = own.get("runtimePlatform") or {}
        wanted = _wanted(setup, aws, command, seconds, execution_role, on_fargate, platform)
        return OneOffTask(aws, wanted.with_logs(ecs_place.logs_of(aws, own, wanted.name)), where)

    return prepare


def _execution_role(setup: AwsSetup, aws: AwsCalls, definition: object, on_fargate: bool) -> str | None:
    """Return the execution role. On EC2 the role of the host stands in where the workload has none."""
    given = definition if isinstance(definition, dict) else {}
    if not on_fargate and not setup.probe.execution_role:
        return given.get("executionRoleArn")
    return detect.execution_role(aws, setup.probe.execution_role, [given])


def _wanted(
    setup: AwsSetup,
    aws: AwsCalls,
    command: list[str],
    seconds: int,
    execution_role: str | None,
    on_fargate: bool,
    platform: dict[str, str],
) -> Wanted:
    where = setup.aws
    return Wanted(
        name=new_name(),
        account=where.account,
        region=where.region,
        image=setup.probe.image or IMAGE,
        command=command,
        seconds=seconds,
        role=_role_arn(setup, aws),
        execution_role=execution_role,
        on_fargate=on_fargate,
        platform=platform,
    )


def _is_batch(setup: AwsSetup) -> bool:
    return RUNTIMES[setup.aws.runtime].definition == "job_definition"


def _is_ecs(setup: AwsSetup) -> bool:
    return RUNTIMES[setup.aws.runtime].definition == "task_definition"


def _is_lambda(setup: AwsSetup) -> bool:
    return setup.aws.runtime == "lambda"
