"""Live lists from AWS: accounts, regions, roles, job definitions and task definitions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from wizard.clouds import aws_files
from wizard.clouds.errors import CloudError
from wizard.clouds.google import Json
from wizard.clouds.identity import aws_operator
from wizard.clouds.session import Clouds
from wizard.detect.live import Listing, Pages, read_pages
from wizard.federation import trust
from wizard.modes.aws.runtimes import RUNTIMES, Runtime
from wizard.setup.answers import Answers
from wizard.setup.question import Choice

_SERVICES = {
    "batch.amazonaws.com": "AWS Batch itself",
    "ecs.amazonaws.com": "ECS itself",
    "states.amazonaws.com": "Step Functions",
    "events.amazonaws.com": "EventBridge",
    "glue.amazonaws.com": "Glue",
    "codebuild.amazonaws.com": "CodeBuild",
    "sagemaker.amazonaws.com": "SageMaker",
}
"""Service principal -> what people call it, for services that run no workload of a known runtime."""

_NAMED_ROLES = 25
"""How many task definitions are read for the role that they name."""

_ACCOUNT = re.compile(r"arn:[a-z-]+:iam::(\d{12}):", re.ASCII)


def profiles(clouds: Clouds, _answers: Answers) -> Listing:
    """The profiles of this machine's AWS files."""
    found = aws_files.profiles(clouds.environ)
    return Listing(Choice(each.name, each.name, ", ".join(filter(None, (each.account, each.region)))) for each in found)


def accounts(clouds: Clouds, _answers: Answers) -> Listing:
    """The account of the operator's credentials, then those that profiles lead to. Raises CloudError if there is none.

    A profile's account is of use only when the wizard is started with that AWS_PROFILE.
    """
    found = {each.account: each.source for each in aws_files.profiles(clouds.environ) if each.account}
    try:
        mine = aws_operator(clouds)
    except CloudError:
        if not found:
            raise
        return Listing(Choice(account, account, source) for account, source in found.items())
    found.pop(mine.account, None)
    first = Choice(mine.account, mine.account, f"yours: {mine.who}", recommended=True)
    return Listing([first, *(Choice(account, account, source) for account, source in found.items())])


def regions(_clouds: Clouds, _answers: Answers) -> Listing:
    """The regions that botocore knows, which it knows without asking, and with whatever profile."""
    import botocore.session

    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    names = [
        name
        for partition in session.get_available_partitions()
        if not partition.startswith("aws-iso")  # isolated from the internet, and so from Google Cloud
        for name in session.get_available_regions("ecs", partition)
    ]
    return Listing(Choice(name, name) for name in names)


def roles(clouds: Clouds, answers: Answers) -> Listing:
    """The account's roles, with who each trusts; first those that trust the workload's runtime."""
    other = _other_account(clouds, answers.text("aws.account"))
    if other:
        return Listing(note=other)
    pages = _read(clouds, "iam", "list_roles", "Roles", {"MaxItems": 500}, ("Marker", "Marker"))
    usable = [role for role in pages.items if not role["Path"].startswith("/aws-service-role/")]
    choices = [_role(role, answers) for role in usable]
    return Listing(sorted(choices, key=lambda choice: not choice.recommended), pages.note)


def job_definitions(clouds: Clouds, answers: Answers) -> Listing:
    """The newest revision of each active job definition, with its job role; first those for the same platform."""
    token = ("nextToken", "nextToken")
    pages = _read(clouds, "batch", "describe_job_definitions", "jobDefinitions", {"status": "ACTIVE"}, token)
    newest: dict[str, Json] = {}
    for each in sorted(pages.items, key=lambda each: int(each["revision"])):
        newest[each["jobDefinitionName"]] = each
    runtime = RUNTIMES.get(answers.text("aws.runtime"))
    platform = runtime.platform if runtime else "EC2"
    found = sorted(newest.values(), key=lambda each: (platform not in _platforms(each), each["jobDefinitionName"]))
    return Listing([_job_definition(each) for each in found], pages.note)


def task_definitions(clouds: Clouds, _answers: Answers) -> Listing:
    """The families of active task definitions, the first of them with their task roles."""
    token = ("nextToken", "nextToken")
    pages = _read(clouds, "ecs", "list_task_definition_families", "families", {"status": "ACTIVE"}, token)
    with ThreadPoolExecutor(8) as pool:
        notes = list(pool.map(partial(_task_role, clouds), pages.items[:_NAMED_ROLES]))
    unread = [""] * (len(pages.items) - len(notes))
    both = zip(pages.items, notes + unread, strict=True)
    return Listing([Choice(family, family, note) for family, note in both], pages.note)


def _read(
    clouds: Clouds, service: str, operation: str, key: str, arguments: dict[str, Any], token: tuple[str, str]
) -> Pages:
    """A list of AWS; `token` is what the mark is called in answers and in calls."""
    answered, asked = token

    def fetch(mark: str) -> Json:
        return clouds.aws.quick_call(service, operation, **arguments, **({asked: mark} if mark else {}))

    return read_pages(fetch, key, answered)


def _other_account(clouds: Clouds, wanted: str) -> str:
    """Why roles of the wanted account cannot be listed, if the operator's credentials are of another one."""
    mine = aws_operator(clouds)
    if not wanted or mine.account == wanted:
        return ""
    return f"your AWS credentials are of account {mine.account}, so roles of {wanted} cannot be listed; type the name"


def _role(role: Json, answers: Answers) -> Choice:
    policy = role.get("AssumeRolePolicyDocument") or {}
    runtime = RUNTIMES.get(answers.text("aws.runtime"))
    fits = runtime is not None and _trusts(policy, runtime, answers)
    trusted = list(_trusted(policy))
    note = f"trusts {', '.join(trusted)}" if trusted else ""
    if runtime and not fits and runtime.service.title in trusted:
        note += ", but under conditions that this workload does not meet"
    return Choice(role["RoleName"], role["RoleName"], note, recommended=fits)


def _trusts(policy: Json, runtime: Runtime, answers: Answers) -> bool:
    service = runtime.trusted_service(answers.text("aws.account"), answers.text("aws.region"))
    try:
        return trust.trusts_service(policy, service)
    except ValueError:  # NotPrincipal
        return False


def _trusted(policy: Json) -> Iterator[str]:
    """Whom the policy's statements name, each once, in people's words."""
    seen: set[str] = set()
    for statement in trust.statements(policy):
        if statement.get("Effect") != "Allow":
            continue
        for name in _principals(statement.get("Principal")):
            if name not in seen:
                seen.add(name)
                yield name


def _principals(principal: object) -> Iterator[str]:
    if principal == "*":
        yield "everyone"
    if not isinstance(principal, dict):
        return
    for kind, names in principal.items():
        for name in [names] if isinstance(names, str) else names:
            yield _named(name) if kind == "Service" else _holder(kind, name)


def _named(service: str) -> str:
    titles = _SERVICES | {each.service.principal: each.service.title for each in RUNTIMES.values()}
    return titles.get(service, service)


def _holder(kind: str, name: str) -> str:
    if kind == "AWS":
        account = _ACCOUNT.match(name)
        return f"account {account[1]}" if account else "everyone" if name == "*" else f"account {name}"
    return name.rpartition("/")[2]


def _platforms(definition: Json) -> list[str]:
    return list(definition.get("platformCapabilities") or ["EC2"])


def _job_definition(definition: Json) -> Choice:
    name = definition["jobDefinitionName"]
    arns = list(_job_roles(definition))
    role = f"job role {_role_of(arns[0])}" if arns else "no job role"
    platforms = ", ".join(each.title() if each == "FARGATE" else each for each in _platforms(definition))
    return Choice(name, name, f"{role}, {platforms}")


def _job_roles(definition: Json) -> Iterable[str]:
    if arn := definition.get("containerProperties", {}).get("jobRoleArn"):
        yield arn
    for task in definition.get("ecsProperties", {}).get("taskProperties", []):
        if arn := task.get("taskRoleArn"):
            yield arn


def _task_role(clouds: Clouds, family: str) -> str:
    """The task role of a family's newest revision; nothing where reading it is not allowed."""
    try:
        answer = clouds.aws.quick_call("ecs", "describe_task_definition", taskDefinition=family)
    except CloudError:
        return ""
    arn = answer["taskDefinition"].get("taskRoleArn")
    return f"task role {_role_of(arn)}" if arn else "no task role"


def _role_of(arn: str) -> str:
    return arn.rpartition("/")[2]


READERS: dict[str, Callable[[Clouds, Answers], Listing]] = {
    "aws-profiles": profiles,
    "aws-accounts": accounts,
    "aws-regions": regions,
    "aws-roles": roles,
    "job-definitions": job_definitions,
    "task-definitions": task_definitions,
}
"""Name of a list -> what reads it."""
