"""In which runtime a role's workload runs: by what names the role, and by the role's trust policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wizard.clouds.errors import CloudError
from wizard.clouds.session import Clouds
from wizard.engine.readers import Readers
from wizard.federation.aws_identities import RoleSessions
from wizard.federation.trust import named_services, trusts_service
from wizard.language import _
from wizard.modes.aws import rules
from wizard.modes.aws.live.definitions import RunsWorkload, functions, job_definitions, task_definitions
from wizard.modes.aws.runtimes import with_role

_UNKNOWN = "ec2"
_GIVEN = "the runtime is {runtime}"
_BY_USE = "the runtime is {runtime}, because the {user} has the role {role}"
_BY_TRUST = "the runtime is {runtime}, which is the first runtime that the trust policy of the role {role} allows"
_BY_NAME = (
    "the doctor expects the runtime {runtime}, because the trust policy of the role {role} names the service of this "
    "runtime first. However, the policy does not let this service assume the role"
)
_NOT_KNOWN = "the doctor does not know the runtime, so it checks the role {role} as the role of an EC2 instance"


@dataclass(frozen=True)
class RoleRuntime:
    """The name of a runtime, and where it comes from, in one sentence."""

    name: str
    told: str = ""


def named(runtime: str) -> RoleRuntime | None:
    """Return a runtime that is known by its name; None for an empty name."""
    return RoleRuntime(runtime, _(_GIVEN).format(runtime=runtime)) if runtime else None


def read(clouds: Clouds, sessions: RoleSessions, region: str) -> RoleRuntime:
    """Return the runtime of the role's workload. What cannot be read does not decide it."""
    policy = _trust_policy(clouds, sessions)
    decisions = dict(_decisions(policy, sessions.account, region))
    user = _user(clouds, sessions, decisions)
    if user:
        return RoleRuntime(user.runtime, _(_BY_USE).format(runtime=user.runtime, user=user.title, role=sessions.role))
    allowed, by_name = _first(decisions), _by_name(policy)
    template = _(_BY_TRUST) if allowed else _(_BY_NAME) if by_name else _(_NOT_KNOWN)
    runtime = allowed or by_name or _UNKNOWN
    return RoleRuntime(runtime, template.format(runtime=runtime, role=sessions.role))


def trusted(clouds: Clouds, sessions: RoleSessions, region: str) -> str:
    """Return the first runtime that the role's trust policy lets in, else one that it may let in; else ""."""
    return _first(dict(_decisions(_trust_policy(clouds, sessions), sessions.account, region)))


def _trust_policy(clouds: Clouds, sessions: RoleSessions) -> Any:
    """Return the role's trust policy; None if it cannot be read."""
    try:
        return clouds.aws.call("iam", "get_role", RoleName=sessions.role)["Role"]["AssumeRolePolicyDocument"]
    except CloudError:
        return None


def _decisions(policy: Any, account: str, region: str) -> Iterator[tuple[str, bool | None]]:
    if policy is None:
        return
    now = datetime.now(UTC)
    for runtime in with_role().values():
        yield runtime.name, trusts_service(policy, runtime.trusted_service(account, region), now).allowed


def _first(decisions: dict[str, bool | None]) -> str:
    for wanted in (True, None):
        for name, allowed in decisions.items():
            if allowed is wanted:
                return name
    return ""


def _by_name(policy: Any) -> str:
    """Return the first runtime whose service the policy names under any condition; empty if it names none."""
    services = named_services(policy)
    for name, runtime in with_role().items():
        if runtime.service and runtime.service.principal in services:
            return name
    return ""


def _user(clouds: Clouds, sessions: RoleSessions, decisions: dict[str, bool | None]) -> RunsWorkload | None:
    """Return what runs a workload with the role: something that the trust policy allows, if there are several.

    Task definitions are read one by one, so they are read only if nothing else has the role, and if the trust policy
    does not tell the runtime.
    """
    users = _with_role(clouds, sessions, (job_definitions, functions))
    if not users and not _first(decisions):
        users = _with_role(clouds, sessions, (task_definitions,))
    working = [user for user in users if decisions.get(user.runtime)]
    return next(iter([*working, *users]), None)


def _with_role(
    clouds: Clouds, sessions: RoleSessions, lists: Iterable[Callable[[Clouds], Iterable[RunsWorkload]]]
) -> list[RunsWorkload]:
    def read_list(list_: Callable[[Clouds], Iterable[RunsWorkload]]) -> list[RunsWorkload]:
        try:
            return [each for each in list_(clouds) if _is_role(each.role, sessions)]
        except CloudError:  # what cannot be read does not decide
            return []

    with Readers() as readers:
        return [user for users in readers.map(read_list, lists) for user in users]


def _is_role(arn: str, sessions: RoleSessions) -> bool:
    found = rules.role_arn(arn)
    return found is not None and (found.account, found.name) == (sessions.account, sessions.role)
