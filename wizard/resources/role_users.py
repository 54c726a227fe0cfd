"""Who uses an IAM role: its policies, its instance profiles, and what runs with it in its region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.federation.trust import Policy, statements
from wizard.language import _
from wizard.resources.pool_users import Going

_POLICY = "The role has the policy {policy}, which the run did not attach."
_PROFILE = "The instance profile {profile} contains the role."
_RUNS = "The {kind} {name} in {region} runs with the role."
_STATEMENTS = "The trust policy of the role has statements that the run did not write."
_GONE = "The former role {role} no longer exists."
_AT_ONCE = 10
"""How many ECS services one call describes."""
_USED = "AWS reports that the role {role} was last used on {date}, in {region}."
_NOT_USED = "AWS has not recorded a use of the role {role}."


def users(clouds: Clouds, region: str, role: dict[str, Any], wanted: Policy, going: Going) -> list[str]:
    """Return what a role has, and what runs with it, beside what goes, one sentence each. Raises CloudError.

    `role` is the answer of iam:GetRole, and `wanted` the trust policy that the run wrote.
    """
    name, arn = str(role["RoleName"]), str(role["Arn"])
    gone = {resource.name for resource in going}
    found = []
    if statements(role["AssumeRolePolicyDocument"]) != statements(wanted):
        found.append(_(_STATEMENTS))
    for policy in _pages(clouds, "iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name):
        found.append(_(_POLICY).format(policy=policy["PolicyName"]))
    for policy in _pages(clouds, "iam", "list_role_policies", "PolicyNames", RoleName=name):
        found.append(_(_POLICY).format(policy=policy))
    for profile in _pages(clouds, "iam", "list_instance_profiles_for_role", "InstanceProfiles", RoleName=name):
        if profile["Arn"] not in gone:
            found.append(_(_PROFILE).format(profile=profile["InstanceProfileName"]))
    for kind, definition, its_arn in _running_with(clouds, arn):
        if its_arn not in gone:
            found.append(_(_RUNS).format(kind=kind, name=definition, region=region))
    return found


def former_gone(clouds: Clouds, former: str | None) -> list[str]:
    """Return that a former role, given by name or ARN, does not exist any more, as a sentence. Raises CloudError."""
    if not former:
        return []
    name = former.rpartition("/")[2]
    try:
        clouds.aws.call("iam", "get_role", RoleName=name)
    except CloudError as error:
        if error.reason == "NoSuchEntity":
            return [_(_GONE).format(role=name)]
        raise
    return []


def last_use(role: dict[str, Any]) -> str:
    """Return when a role was last used, as one sentence. Source: IAM API reference, RoleLastUsed."""
    last = role.get("RoleLastUsed") or {}
    if not last.get("LastUsedDate"):
        return _(_NOT_USED).format(role=role["RoleName"])
    date = str(last["LastUsedDate"])[:10]
    return _(_USED).format(role=role["RoleName"], date=date, region=last.get("Region", "unknown region"))


def _running_with(clouds: Clouds, arn: str) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and ARN (without a revision) of what runs with a role in the region of the operator's setup."""
    for job in _pages(clouds, "batch", "describe_job_definitions", "jobDefinitions", "nextToken", status="ACTIVE"):
        if job.get("containerProperties", {}).get("jobRoleArn") == arn:
            yield (
                "job definition",
                f"{job['jobDefinitionName']}:{job['revision']}",
                _unversioned(job["jobDefinitionArn"]),
            )
    for function in _pages(clouds, "lambda", "list_functions", "Functions", "NextMarker", "Marker"):
        if function.get("Role") == arn:
            yield "Lambda function", str(function["FunctionName"]), str(function["FunctionArn"])
    families = _pages(clouds, "ecs", "list_task_definition_families", "families", "nextToken", status="ACTIVE")
    newest = {}
    for family in families:
        task = clouds.aws.call("ecs", "describe_task_definition", taskDefinition=family)["taskDefinition"]
        newest[task["taskDefinitionArn"]] = task.get("taskRoleArn") == arn
        if task.get("taskRoleArn") == arn:
            yield "task definition", f"{family}:{task['revision']}", _unversioned(task["taskDefinitionArn"])
    yield from _services_with(clouds, arn, newest)


def _services_with(clouds: Clouds, arn: str, known: dict[str, bool]) -> Iterator[tuple[str, str, str]]:
    """Yield the ECS services that run a revision with a role. `known` says it of the newest revisions, by ARN."""
    for cluster in _pages(clouds, "ecs", "list_clusters", "clusterArns", "nextToken"):
        services = list(_pages(clouds, "ecs", "list_services", "serviceArns", "nextToken", cluster=cluster))
        for start in range(0, len(services), _AT_ONCE):
            some = services[start : start + _AT_ONCE]
            for service in clouds.aws.call("ecs", "describe_services", cluster=cluster, services=some)["services"]:
                revision = service.get("taskDefinition")
                if revision and revision not in known:
                    task = clouds.aws.call("ecs", "describe_task_definition", taskDefinition=revision)["taskDefinition"]
                    known[revision] = task.get("taskRoleArn") == arn
                if known.get(revision) and service.get("status") == "ACTIVE":
                    name = f"{cluster.rpartition('/')[2]}/{service['serviceName']}"
                    yield "ECS service", name, str(service["serviceArn"])


def _unversioned(arn: str) -> str:
    return arn.rpartition(":")[0]


def _pages(
    clouds: Clouds, service: str, operation: str, key: str, token: str = "Marker", sent: str = "", **arguments: Any
) -> Iterator[Any]:
    """Yield the entries of a list. `token` is the field of the answer that has the next page's token."""
    page: dict[str, str] = {}
    while True:
        answer = clouds.aws.call(service, operation, **arguments, **page)
        yield from answer.get(key) or ()
        following = answer.get(token)
        if not following or answer.get("IsTruncated") is False:
            return
        page = {sent or token: following}
