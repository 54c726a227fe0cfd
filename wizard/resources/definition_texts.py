"""What a plan says about a definition: both of its roles, who switches, and what stays on the old revision."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from wizard.language import N_, _
from wizard.resources.callers import MOST, Callers

BESIDE = N_(
    "While the wizard was registering revision {ours} of {name}, someone else registered revision {theirs}. Revision "
    "{ours} does not include the changes in revision {theirs}. Make these changes again in a new revision that is "
    "based on revision {ours}."
)
SWITCHES = N_(
    "the wizard registers a new revision, and keeps revision {revision}. Programs that start {name} without a revision "
    "number use the new revision immediately"
)
LOSES_ROLE = N_("{workloads} of {name} lose the role {old}: AWS then denies the actions that {role} does not allow")
LOSES_HOST_ROLE = N_(
    "{workloads} of {name} on EC2 hosts no longer use the instance role of their host: AWS then denies the actions "
    "that {role} does not allow"
)

_ROLES = (
    "In revision {revision}, the {title} ({key}) is {role}, and the execution role (executionRoleArn) is {execution}. "
    "The container gets only the credentials of the {title}. AWS uses the execution role to pull the image and to "
    "write logs."
)
_ONLY_EXECUTION = (
    "{role} is only the execution role of {name}, so the container does not get the credentials of that role. The "
    "plan also sets the role as the {title}."
)
_KEYS_IN_ENVIRONMENT = (
    "The container has AWS_ACCESS_KEY_ID in its environment. AWS SDKs and Google's auth libraries use that key instead "
    "of the {title}. Remove the variable from the container's definition."
)
_PINNED = "{who} names revision {revision} of {name}, and continues to use that revision."
_FOLLOWS = "{who} names {name} without a revision, and uses the new revision immediately."
_SERVICE = (
    "The ECS service {cluster}/{service} continues to use revision {revision} until you update the service. Add the "
    "service to aws.services in the setup, or run: {command}"
)
_JOBS = (
    "The last job of revision {revision} in the job queue {queue} was submitted on {day}. A caller that names the "
    "revision continues to use that revision."
)
_UNKNOWN = {
    "no permission": (
        "The wizard could not check {what} for revisions of {name}, because you do not have the permission {detail}."
    ),
    "not readable": (
        "The wizard could not read {what}: {detail}. The wizard cannot tell whether {what} name a revision of {name}."
    ),
    "too many": (
        "The wizard reads only the first {most} results for {what}, so the wizard cannot tell whether the other "
        "results name a revision of {name}."
    ),
    "computed": (
        "{what} computes the task or job definition at run time, so the wizard cannot tell whether the definition is "
        "a revision of {name}."
    ),
}
"""Why something is not known about the callers -> what to say about it."""


@dataclass(frozen=True)
class Seen:
    """A revision of a definition: its roles as ARNs, and the names of all variables of the workload's container."""

    name: str
    revision: int
    title: str
    """What its role is called: job role or task role."""
    key: str
    """The key of the role in the definition."""
    role: str | None
    execution: str | None
    variables: frozenset[str]


def about_roles(seen: Seen, wanted: str) -> Iterator[str]:
    """Yield both roles of a revision, and what is wrong with them. `wanted` is the ARN of the workload's role."""
    execution, role = _named(seen.execution), _named(seen.role)
    yield _(_ROLES).format(revision=seen.revision, title=seen.title, key=seen.key, role=role, execution=execution)
    if seen.execution == wanted and seen.role != wanted:
        yield _(_ONLY_EXECUTION).format(role=short(wanted), name=seen.name, title=seen.title)
    if "AWS_ACCESS_KEY_ID" in seen.variables:
        yield _(_KEYS_IN_ENVIRONMENT).format(title=seen.title)


def about_callers(callers: Callers, name: str, newest: int, updated: frozenset[str]) -> Iterator[str]:
    """Yield who stays on a revision, who switches, and what is not known.

    `newest` is the revision that already has what the setup wants, or 0. `updated` are the services in the setup.
    """
    for caller in callers.found:
        if caller.revision not in (0, newest):
            yield _(_PINNED).format(who=caller.who, revision=caller.revision, name=name)
        if not caller.revision and not newest:
            yield _(_FOLLOWS).format(who=caller.who, name=name)
    for service in callers.services:
        if service.revision == newest or f"{service.cluster}/{service.name}" in updated:
            continue
        command = update_service(service.cluster, service.name, name)
        yield _(_SERVICE).format(
            cluster=service.cluster, service=service.name, revision=service.revision, command=command
        )
    for jobs in callers.jobs:
        if jobs.revision != newest:
            yield _(_JOBS).format(revision=jobs.revision, queue=jobs.queue, day=jobs.day)
    for unknown in callers.unknown:
        yield _(_UNKNOWN[unknown.why]).format(what=unknown.what, detail=unknown.detail, name=name, most=MOST)


def update_service(cluster: str, service: str, family: str) -> str:
    """Return the command that starts a deployment of the newest revision of a family."""
    names = f"--cluster {shlex.quote(cluster)} --service {shlex.quote(service)}"
    return f"aws ecs update-service {names} --task-definition {shlex.quote(family)}"


def short(arn: str) -> str:
    """Return the name of a role with this ARN."""
    return arn.rpartition("/")[2]


def _named(arn: str | None) -> str:
    return short(arn) if arn else "none"
