"""The workload's own definition or function: whether it runs with the workload's role, and as which of two roles.

Source: Amazon ECS developer guide, "Task IAM role" and "Task execution IAM role".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.chain.hop import Outcome
from wizard.clouds.errors import CloudError
from wizard.engine.resource import Refused
from wizard.language import N_, _, translated
from wizard.modes.aws.live.hops import DEFINITION
from wizard.modes.aws.live.task import batch_place, ecs_place
from wizard.modes.aws.model import AwsSetup
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.resources.trust_quota import AwsCalls

_JOB, _TASK, _FUNCTION = N_("job definition"), N_("task definition"), N_("function")
"""The kinds of what runs a workload."""

_ONLY_EXECUTION = (
    "the {kind} {name} names the role {role} only as executionRoleArn. AWS itself uses this role to pull the image, "
    "to read secrets and to write logs. Because {key} is not set, the container gets no AWS credentials"
)
_ONLY_EXECUTION_ON_HOST = (
    "the {kind} {name} names the role {role} only as executionRoleArn. AWS itself uses this role to pull the image, "
    "to read secrets and to write logs. Because {key} is not set, the container finds only the credentials of its "
    "host's role"
)
_NO_ROLE = "the {kind} {name} does not set {key}, so the container gets no AWS credentials"
_NO_ROLE_ON_HOST = (
    "the {kind} {name} does not set {key}, so the container finds only the credentials of its host's role"
)
_OTHER_ROLE = "the {kind} {name} runs the container with the role {other}, not with {role}"
_CODE = "WIF0205"
_FIX = (
    "run wif-wizard apply, which registers a new revision of the {kind} and sets {key} to {arn}; executionRoleArn "
    "does not need to name this role"
)
_UNREAD = "the wizard could not read the {kind} {name}: {error}"
_OTHER_ROLE_OF_FUNCTION = "the function {name} runs with the role {other}, not with {role}"
_FIX_FUNCTION = "run wif-wizard apply, which sets the function's role to {arn}"
_SEEN_FUNCTION = "function {name}: role {role}"
_SEEN = "{kind} {name}: {key} {own}; executionRoleArn {execution}"

_BOTH = (
    "the {kind} {name} has the task role {task} and the execution role {execution}; Google Cloud sees only the task "
    "role"
)
_ONLY_TASK = "the {kind} {name} has the task role {task}, and no execution role"
_NO_TASK = (
    "the {kind} {name} has no task role. Its role {execution} is the execution role: AWS itself uses the execution "
    "role to pull the image, to read secrets and to write logs, and Google Cloud does not see this role"
)
_NEITHER = "the {kind} {name} has neither a task role nor an execution role"


@dataclass(frozen=True)
class OwnDefinition:
    """The roles of a job definition or task definition, as ARNs; empty if it does not name one.

    `key` is the name of the field for the workload's role. `unread` says why it could not be read.
    """

    kind: str
    name: str
    key: str
    role: str = ""
    execution_role: str = ""
    unread: str = ""


def read(aws: AwsCalls, setup: AwsSetup) -> OwnDefinition | None:
    """Return the definition that the setup names; None if it names none."""
    if setup.aws.function:
        return _of_function(aws, setup.aws.function)
    name = setup.aws.job_definition or setup.aws.task_definition
    if not name:
        return None
    is_job = RUNTIMES[setup.aws.runtime].definition == "job_definition"
    kind, key = (_JOB, "jobRoleArn") if is_job else (_TASK, "taskRoleArn")
    try:
        if is_job:
            return _of_job(batch_place.own_definition(aws, name))
        found = ecs_place.own_definition(aws, name)
    except (CloudError, Refused) as error:
        return OwnDefinition(kind, name, key, unread=_(_UNREAD).format(kind=translated(kind), name=name, error=error))
    title = f"{found['family']}:{found['revision']}"
    return OwnDefinition(kind, title, key, found.get(key, ""), found.get("executionRoleArn", ""))


def roles(own: OwnDefinition) -> list[str]:
    """Return the two roles of a definition, and which one Google Cloud sees, as one sentence; none if it is unread."""
    if own.unread:
        return []
    templates = {
        (True, True): _(_BOTH),
        (True, False): _(_ONLY_TASK),
        (False, True): _(_NO_TASK),
        (False, False): _(_NEITHER),
    }
    task, execution = _name(own.role), _name(own.execution_role)
    template, kind = templates[bool(task), bool(execution)], translated(own.kind)
    return [template.format(kind=kind, name=own.name, task=task, execution=execution)]


def _of_function(aws: AwsCalls, name: str) -> OwnDefinition:
    try:
        found = aws.call("lambda", "get_function_configuration", FunctionName=name)
    except CloudError as error:
        return OwnDefinition(
            _FUNCTION, name, "Role", unread=_(_UNREAD).format(kind=translated(_FUNCTION), name=name, error=error)
        )
    return OwnDefinition(_FUNCTION, name, "Role", str(found["Role"]))


def _of_job(found: Mapping[str, Any]) -> OwnDefinition:
    name = f"{found['jobDefinitionName']}:{found['revision']}"
    container = found.get("containerProperties")
    key = "jobRoleArn"
    if container is None:
        tasks = found.get("ecsProperties", {}).get("taskProperties") or [{}]
        container, key = tasks[0], "taskRoleArn"
    return OwnDefinition(_JOB, name, key, container.get(key, ""), container.get("executionRoleArn", ""))


def outcome(own: OwnDefinition, role: str, arn: str, on_fargate: bool) -> Outcome:
    """Return whether the definition gives the workload its role. `role` is the role's name, `arn` its usual ARN."""
    if own.unread:
        return Outcome(DEFINITION, "not_proven", (own.unread,), own.unread)
    if own.kind == _FUNCTION:
        return _outcome_of_function(own, role, arn)
    kind = translated(own.kind)
    evidence = _(_SEEN).format(
        kind=kind,
        name=own.name,
        key=own.key,
        own=own.role or _("none"),
        execution=own.execution_role or _("none"),
    )
    if _name(own.role) == role:
        return Outcome.of(DEFINITION, [evidence])
    texts = {"kind": kind, "name": own.name, "key": own.key, "role": role}
    reason, wanted = (_(_NO_ROLE) if on_fargate else _(_NO_ROLE_ON_HOST)).format(**texts), arn
    if own.role:
        reason = _(_OTHER_ROLE).format(other=_name(own.role), **texts)
    elif _name(own.execution_role) == role:
        only = _(_ONLY_EXECUTION) if on_fargate else _(_ONLY_EXECUTION_ON_HOST)
        reason, wanted = only.format(**texts), own.execution_role
    fix = _(_FIX).format(key=own.key, arn=wanted, kind=kind)
    return Outcome(DEFINITION, "failed", (evidence,), reason, fix, code=_CODE)


def _outcome_of_function(own: OwnDefinition, role: str, arn: str) -> Outcome:
    evidence = _(_SEEN_FUNCTION).format(name=own.name, role=own.role)
    if _name(own.role) == role:
        return Outcome.of(DEFINITION, [evidence])
    reason = _(_OTHER_ROLE_OF_FUNCTION).format(name=own.name, other=_name(own.role), role=role)
    return Outcome(DEFINITION, "failed", (evidence,), reason, _(_FIX_FUNCTION).format(arn=arn), code=_CODE)


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
