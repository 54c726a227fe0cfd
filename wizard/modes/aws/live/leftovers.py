"""Finds what live tests left in AWS that were killed: by the journal of this machine, and by name and Sid in AWS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from wizard.clouds.aws import Aws
from wizard.clouds.errors import CloudError
from wizard.engine.journal import Journal, Temporary
from wizard.federation.trust import statements
from wizard.federation.trust_edit import LIVE_TEST_SID
from wizard.language import _, translated
from wizard.modes.aws.live import trusted
from wizard.modes.aws.live.task import removal
from wizard.modes.aws.live.task.wanted import PREFIX, started
from wizard.modes.leftover import Leftover
from wizard.phrases import named
from wizard.resources.trust_quota import AwsCalls

Json = dict[str, Any]

_REMOVE: dict[str, Callable[[AwsCalls, str, Mapping[str, Any]], None]] = {
    removal.JOB: removal.remove_job,
    removal.TASK: removal.remove_task,
    removal.FUNCTION: removal.remove_function,
    trusted.KIND: trusted.remove_statement,
}
"""The kind of a record -> what removes it."""

LONGEST = timedelta(hours=1)
"""No live test takes longer, so what is older is of a test that was killed."""

_PAGES = 5
"""The most pages of a list that are searched."""

_SID = re.compile(rf"{LIVE_TEST_SID}[0-9a-f]{{8}}", re.ASCII)
_UNTIL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def in_journal(account: str | None, environ: Mapping[str, str], journal: Journal) -> list[Leftover]:
    """Return what the journal says that killed tests of this machine left in an account. Raises JournalError.

    Without an account, it is that of the operator's credentials. Returns nothing if they are for another account.
    """
    left_on_aws = [each for each in journal.abandoned() if each.kind in _REMOVE]
    found = [each for each in left_on_aws if account in (None, each.place.get("account"))]
    leftovers = []
    for left in found:
        aws = Aws(environ, str(left.place["region"]))
        try:
            if str(aws.caller()["Account"]) != left.place["account"]:
                continue
        except CloudError:
            continue
        leftovers.append(_recorded(left, aws, journal))
    return leftovers


def _recorded(left: Temporary, aws: Aws, journal: Journal) -> Leftover:
    remove = partial(removal.but_for_logs, partial(_REMOVE[left.kind], aws, left.name, left.place))
    is_statement = left.kind == trusted.KIND
    what = _statement(left.place["role"], left.place["sid"]) if is_statement else named(left.kind, left.name)
    return Leftover(what, True, remove, partial(journal.forget, left.id))


def _statement(role: str, sid: str) -> str:
    return _("{kind} {sid} of the role {role}").format(kind=translated(trusted.KIND), sid=sid, role=role)


def in_cloud(aws: Aws, role: str | None, runtime: str, now: datetime | None = None) -> list[Leftover]:
    """Return what is in AWS by the names and Sids of live tests, of this machine and others.

    `role` is the name of the workload's role, and `runtime` that of the setup, which decides what is searched. What
    may not be read is not searched.
    """
    now = now or datetime.now(UTC)
    found: list[Leftover] = []
    searches: list[Iterator[Leftover]] = [_one_offs(aws, runtime, now)]
    if role is not None:
        searches.append(_statements(aws, role, now))
    for search in searches:
        try:
            found += search
        except CloudError:
            continue
    return found


def _statements(aws: Aws, role: str, now: datetime) -> Iterator[Leftover]:
    """Yield the temporary statements in the trust policy of a role."""
    document = aws.call("iam", "get_role", RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    for statement in statements(document):
        sid = str(statement.get("Sid", ""))
        if _SID.fullmatch(sid):
            remove = partial(trusted.remove_statement, aws, sid, {"role": role, "sid": sid})
            yield Leftover(_statement(role, sid), _has_ended(statement, now), remove)


def _has_ended(statement: Json, now: datetime) -> bool:
    """Return whether the condition of a temporary statement has ended it."""
    until = (statement.get("Condition") or {}).get("DateLessThan", {}).get("aws:CurrentTime", "")
    if not isinstance(until, str) or not _UNTIL.fullmatch(until):
        return False
    return datetime.fromisoformat(until) < now


def _one_offs(aws: Aws, runtime: str, now: datetime) -> Iterator[Leftover]:
    """Yield the definitions and functions of one-off tests, by their name."""
    if runtime.startswith("batch"):
        jobs = _pages(aws, "batch", "describe_job_definitions", "jobDefinitions", "nextToken", status="ACTIVE")
        names: Iterator[str] = (str(job["jobDefinitionName"]) for job in jobs)
        kind, remove = removal.JOB, removal.remove_job_definitions
    elif runtime.startswith("ecs"):
        query = {"familyPrefix": PREFIX, "status": "ACTIVE"}
        names = _pages(aws, "ecs", "list_task_definition_families", "families", "nextToken", **query)
        kind, remove = removal.TASK, removal.remove_family
    elif runtime == "lambda":
        functions = _pages(aws, "lambda", "list_functions", "Functions", "NextMarker", "Marker")
        names = (str(each["FunctionName"]) for each in functions)
        kind, remove = removal.FUNCTION, partial(removal.remove_function, _place={})
    else:
        return
    for name in dict.fromkeys(names):
        begun = started(name)
        if begun is not None:
            yield Leftover(
                named(kind, name), now - begun > LONGEST, partial(removal.but_for_logs, partial(remove, aws, name))
            )


def _pages(
    aws: Aws, service: str, operation: str, key: str, token: str, sent: str = "", **arguments: Any
) -> Iterator[Any]:
    page: dict[str, str] = {}
    for _page in range(_PAGES):
        answer = aws.call(service, operation, **arguments, **page)
        yield from answer.get(key) or ()
        if not answer.get(token):
            return
        page = {sent or token: answer[token]}
