"""Live lists from AWS: accounts, regions, roles, and what runs a workload: definitions, functions and instances."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from wizard.clouds import aws_files
from wizard.clouds.errors import CloudError
from wizard.clouds.google import Json
from wizard.clouds.identity import aws_operator
from wizard.clouds.session import Clouds
from wizard.detect.live import Listing, Pages, read_pages
from wizard.engine.readers import Readers
from wizard.federation import trust
from wizard.language import N_, _, translated
from wizard.modes.aws.runtimes import RUNTIMES, Runtime
from wizard.setup.answers import Answers
from wizard.setup.question import Choice

_SERVICES = {
    "batch.amazonaws.com": "AWS Batch",
    "ecs.amazonaws.com": "ECS",
    "states.amazonaws.com": "Step Functions",
    "events.amazonaws.com": "EventBridge",
    "glue.amazonaws.com": "Glue",
    "codebuild.amazonaws.com": "CodeBuild",
    "sagemaker.amazonaws.com": "SageMaker",
}
"""Service principal -> its usual name, for services that do not run one of the known runtimes."""

_NAMED_ROLES = 25
"""The number of task definitions that are read to show their task role."""

_CONDITIONS = {
    False: N_("the role trusts {names}, but only under conditions that this workload does not meet"),
    None: N_("the role trusts {names} under conditions that the wizard cannot check"),
}
"""Whether the runtime can assume a role -> the note about the conditions of its trust policy."""

_BOTH_ROLES = "{kind} {role}, execution role {execution}"
_FUNCTION = "role {role}, {runtime}"
_NAMED_INSTANCE = "{name}, instance profile {profile}, {state}"
_INSTANCE = "instance profile {profile}, {state}"

_ACCOUNT = re.compile(r"arn:[a-z-]+:iam::(\d{12}):", re.ASCII)


def profiles(clouds: Clouds, _answers: Answers) -> Listing:
    """Return the profiles in this machine's AWS files, each with its account and region as far as they are known."""
    choices = []
    for profile in aws_files.profiles(clouds.environ):
        known = [value for value in (profile.account, profile.region) if value]
        choices.append(Choice(profile.name, profile.name, ", ".join(known)))
    return Listing(choices)


def accounts(clouds: Clouds, _answers: Answers) -> Listing:
    """Return the account of the operator's credentials, then those of profiles. Raises CloudError if there are none.

    To use the account of a profile, the operator must work with that AWS_PROFILE.
    """
    sources = {profile.account: profile.source for profile in aws_files.profiles(clouds.environ) if profile.account}
    try:
        operator = aws_operator(clouds)
    except CloudError:
        if not sources:
            raise
        return Listing(Choice(account, account, source) for account, source in sources.items())
    sources.pop(operator.account, None)
    own = Choice(
        operator.account, operator.account, _("your credentials: {who}").format(who=operator.who), recommended=True
    )
    return Listing([own, *(Choice(account, account, source) for account, source in sources.items())])


def regions(_clouds: Clouds, _answers: Answers) -> Listing:
    """Return the regions that botocore knows. Calls no cloud, and does not depend on the profile."""
    import botocore.session

    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    names = [
        name
        for partition in session.get_available_partitions()
        if not partition.startswith("aws-iso")  # isolated from the internet, and therefore from Google Cloud
        for name in session.get_available_regions("ecs", partition)
    ]
    return Listing(Choice(name, name) for name in names)


def roles(clouds: Clouds, answers: Answers) -> Listing:
    """Return the roles of the account, with the principals that each trusts. Roles that fit the runtime are first."""
    other = _other_account(clouds, answers.text("aws.account"))
    if other:
        return Listing(note=other)
    pages = _read(clouds, "iam", "list_roles", "Roles", {"MaxItems": 500}, ("Marker", "Marker"))
    usable = [role for role in pages.items if not role["Path"].startswith("/aws-service-role/")]
    choices = [_role(role, answers) for role in usable]
    return Listing(sorted(choices, key=lambda choice: not choice.recommended), pages.note)


def job_definitions(clouds: Clouds, answers: Answers) -> Listing:
    """Return the newest revision of each active job definition, with its job role. Those of the platform are first."""
    token = ("nextToken", "nextToken")
    pages = _read(clouds, "batch", "describe_job_definitions", "jobDefinitions", {"status": "ACTIVE"}, token)
    newest: dict[str, Json] = {}
    for definition in sorted(pages.items, key=lambda definition: int(definition["revision"])):
        newest[definition["jobDefinitionName"]] = definition
    runtime = RUNTIMES.get(answers.text("aws.runtime"))
    platform = runtime.platform if runtime else "EC2"

    def order(definition: Json) -> tuple[bool, str]:
        return platform not in _platforms(definition), definition["jobDefinitionName"]

    return Listing([_job_definition(definition) for definition in sorted(newest.values(), key=order)], pages.note)


def task_definitions(clouds: Clouds, _answers: Answers) -> Listing:
    """Return the families of active task definitions. The first 25 have a note with both of their roles."""
    token = ("nextToken", "nextToken")
    pages = _read(clouds, "ecs", "list_task_definition_families", "families", {"status": "ACTIVE"}, token)
    with Readers(8) as pool:
        notes = list(pool.map(partial(_task_note, clouds), pages.items[:_NAMED_ROLES]))
    unread = [""] * (len(pages.items) - len(notes))
    families = zip(pages.items, notes + unread, strict=True)
    return Listing([Choice(family, family, note) for family, note in families], pages.note)


def functions(clouds: Clouds, _answers: Answers) -> Listing:
    """Return the Lambda functions of the region, with their roles."""
    pages = _read(clouds, "lambda", "list_functions", "Functions", {}, ("NextMarker", "Marker"))
    choices = [_function(function) for function in pages.items]
    return Listing(sorted(choices, key=lambda choice: choice.value), pages.note)


def instances(clouds: Clouds, _answers: Answers) -> Listing:
    """Return the EC2 instances of the region that are not terminated, with their names and instance profiles."""
    wanted = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
    pages = _read(clouds, "ec2", "describe_instances", "Reservations", {"Filters": wanted}, ("NextToken", "NextToken"))
    found = [instance for reservation in pages.items for instance in reservation["Instances"]]
    return Listing([_instance(instance) for instance in found], pages.note)


def _read(
    clouds: Clouds, service: str, operation: str, key: str, arguments: dict[str, Any], token: tuple[str, str]
) -> Pages:
    """Read all pages of an AWS list. `token` is the name of the page token in answers and in calls."""
    answer_name, call_name = token

    def fetch(page_token: str) -> Json:
        page = {call_name: page_token} if page_token else {}
        return clouds.aws.quick_call(service, operation, **arguments, **page)

    return read_pages(fetch, key, answer_name)


def _other_account(clouds: Clouds, wanted: str) -> str:
    """Return why the roles of an account cannot be listed; empty if the operator's credentials are for it."""
    own = aws_operator(clouds).account
    if not wanted or own == wanted:
        return ""
    return _(
        "your AWS credentials are for account {own}, so the wizard cannot list the roles of account {wanted}; type "
        "the role name"
    ).format(own=own, wanted=wanted)


def _role(role: Json, answers: Answers) -> Choice:
    policy = role.get("AssumeRolePolicyDocument") or {}
    runtime = RUNTIMES.get(answers.text("aws.runtime"))
    fits = _trusts(policy, runtime, answers) if runtime else False
    trusted = list(_trusted(policy))
    names = ", ".join(trusted)
    note = _("the role trusts {names}").format(names=names) if trusted else ""
    if runtime and runtime.service and not fits and runtime.service.title in trusted:
        note = translated(_CONDITIONS[fits]).format(names=names)
    return Choice(role["RoleName"], role["RoleName"], note, recommended=fits is True)


def _trusts(policy: Json, runtime: Runtime, answers: Answers) -> bool | None:
    """Return whether the runtime can assume a role with this trust policy; None if that is not known."""
    service = runtime.trusted_service(answers.text("aws.account"), answers.text("aws.region"))
    return trust.trusts_service(policy, service, datetime.now(UTC)).allowed


def _trusted(policy: Json) -> Iterator[str]:
    """Yield the principals that the policy's statements allow, each once, by their usual names."""
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
        yield _("everyone")
    if not isinstance(principal, dict):
        return
    for kind, names in principal.items():
        for name in [names] if isinstance(names, str) else names:
            yield _principal_title(kind, name)


def _principal_title(kind: str, name: str) -> str:
    if kind == "Service":
        services = [runtime.service for runtime in RUNTIMES.values() if runtime.service]
        titles = _SERVICES | {service.principal: service.title for service in services}
        return titles.get(name, name)
    if kind != "AWS":
        return name.rpartition("/")[2]
    if name == "*":
        return _("everyone")
    account = _ACCOUNT.match(name)
    return _("account {account}").format(account=account[1] if account else name)


def _platforms(definition: Json) -> list[str]:
    return list(definition.get("platformCapabilities") or ["EC2"])


def _job_definition(definition: Json) -> Choice:
    name = definition["jobDefinitionName"]
    titles = {"FARGATE": "Fargate"}
    platforms = ", ".join(titles.get(platform, platform) for platform in _platforms(definition))
    roles = next(_job_roles(definition), {})
    job_role = roles.get("jobRoleArn") or roles.get("taskRoleArn")
    note = _(_BOTH_ROLES).format(
        kind="job role", role=_role_of(job_role), execution=_role_of(roles.get("executionRoleArn"))
    )
    return Choice(name, name, f"{note}, {platforms}")


def _job_roles(definition: Json) -> Iterator[Json]:
    """Yield the objects of a job definition that have its roles."""
    if "containerProperties" in definition:
        yield definition["containerProperties"]
    yield from definition.get("ecsProperties", {}).get("taskProperties", [])


def _task_note(clouds: Clouds, family: str) -> str:
    """Return a note with both roles of a family's newest revision; empty if it cannot be read."""
    try:
        answer = clouds.aws.quick_call("ecs", "describe_task_definition", taskDefinition=family)
    except CloudError:
        return ""
    found = answer["taskDefinition"]
    role, execution = _role_of(found.get("taskRoleArn")), _role_of(found.get("executionRoleArn"))
    return _(_BOTH_ROLES).format(kind="task role", role=role, execution=execution)


def _function(function: Json) -> Choice:
    name, role, runtime = function["FunctionName"], _role_of(function["Role"]), function.get("Runtime", "image")
    return Choice(name, name, _(_FUNCTION).format(role=role, runtime=runtime))


def _instance(instance: Json) -> Choice:
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", ())}
    profile = _role_of(instance.get("IamInstanceProfile", {}).get("Arn"))
    name = tags.get("Name", "")
    words = {"name": name, "profile": profile, "state": instance["State"]["Name"]}
    note = (_(_NAMED_INSTANCE) if name else _(_INSTANCE)).format(**words)
    return Choice(instance["InstanceId"], instance["InstanceId"], note)


def _role_of(arn: str | None) -> str:
    return arn.rpartition("/")[2] if arn else _("none")


READERS: dict[str, Callable[[Clouds, Answers], Listing]] = {
    "aws-profiles": profiles,
    "aws-accounts": accounts,
    "aws-regions": regions,
    "aws-roles": roles,
    "job-definitions": job_definitions,
    "task-definitions": task_definitions,
    "functions": functions,
    "instances": instances,
}
"""The reader of each list, by the name of the list."""
