"""Random trust policies and other writers. Trust policies have no etag: within one round trip, the last writer wins."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from tests.properties.tried import Foreign, Harm, Json, Run
from wizard.clouds.errors import CloudError
from wizard.federation import trust
from wizard.modes.aws.runtimes import RUNTIMES
from wizard.resources.aws_role import Role

ACCOUNT, REGION, NAME = "111122223333", "ap-northeast-1", "made-up-role"
SERVICE = RUNTIMES["ecs-fargate"].trusted_service(ACCOUNT, REGION)
OURS: Json = trust.trust_policy(SERVICE)["Statement"][0]
SID = "WifWizardRuntimeEcsTasksApNortheast1"
TOLD, DENIED = "someone else", "denies the role"


class Stored:
    """The role. Each write of the wizard is compared with what it read just before."""

    def __init__(self, document: Json, foreign: Foreign) -> None:
        self.document = copy.deepcopy(document)
        self.start = trust.statements(copy.deepcopy(document))
        self.harm = Harm()
        self.overwritten = 0
        """How often another writer was within the one round trip, and lost."""
        self.read: Json = {}
        self.written: Json | None = None
        self.last: tuple[str, Json] = ("", {})
        """The last call of the wizard, and the policy that it read or wrote."""
        self.reverting = False
        self._foreign = foreign

    def call(self, service: str, operation: str, **arguments: Any) -> Json:
        """Answer a call of IAM."""
        self._foreign.act()
        if operation == "get_role":
            self.last = (operation, copy.deepcopy(self.document))
            arn = f"arn:aws:iam::{ACCOUNT}:role/{NAME}"
            return {"Role": {"Arn": arn, "AssumeRolePolicyDocument": copy.deepcopy(self.document)}}
        if operation != "update_assume_role_policy":
            raise CloudError(service, operation, 403, "AccessDenied", "not authorized")
        new = json.loads(arguments["PolicyDocument"])
        self._compare(self.last[1], new)
        self.overwritten += self.last[1] != self.document
        self.read = self.last[1]
        self.document, self.written, self.last = new, copy.deepcopy(new), (operation, new)
        return {}

    def _compare(self, read: Json, new: Json) -> None:
        if self.last[0] != "get_role":
            self.harm.foreign_lost.append(f"{self.last[0]} is between the last read and the write")
        before, after = trust.statements(read), trust.statements(new)
        for statement in before:
            if after.count(statement) < before.count(statement) and not (self.reverting and is_ours(statement)):
                harm = self.harm.lost if statement in self.start else self.harm.foreign_lost
                harm.append(f"the wizard removed {statement}")
        came = [statement for statement in after if statement not in before]
        self.harm.other += [f"the wizard added {each}" for each in came if self.reverting or not is_ours(each)]
        if len([each for each in after if is_ours(each)]) > 1:
            self.harm.twice.append(f"our statement is there twice: {new}")
        kept = [statement for statement in after if statement in before]
        if kept != [statement for statement in before if statement in after]:
            self.harm.other.append(f"the wizard changed the order of {before} to {after}")
        if {**read, "Statement": 0} != {**new, "Statement": 0}:
            self.harm.other.append(f"the wizard wrote {new} over {read}")


def is_ours(statement: Json) -> bool:
    """Return whether the wizard adds this statement, under its Sid or under the Sid with a number."""
    return statement == {**OURS, "Sid": statement.get("Sid")} and str(statement.get("Sid")).startswith(SID)


_principals = st.sampled_from(
    [
        {"Service": "ec2.amazonaws.com"},
        {"Service": ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        {"Federated": "cognito-identity.amazonaws.com"},
        "*",
    ]
)
_conditions = st.sampled_from(
    [
        {"StringEquals": {"sts:ExternalId": "made-up"}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/other"}},
        {"StringEquals": {"aws:SourceAccount": "444455556666"}},
    ]
)
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
        "Principal": _principals,
        "Action": st.sampled_from(["sts:AssumeRole", ["sts:AssumeRole", "sts:TagSession"], "sts:SetSourceIdentity"]),
    },
    optional={"Condition": _conditions, "Sid": st.sampled_from(["Theirs", "", SID, f"{SID}2"]), "Note": st.integers()},
)
_lists = st.lists(statements, min_size=1, max_size=4, unique_by=lambda each: each.get("Sid") or str(each))
documents = st.fixed_dictionaries(
    {"Statement": _lists | statements},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17"]), "Id": st.just("made-up")},
)


@dataclass(frozen=True)
class Edit:
    """What another writer does: adds a statement of theirs, or edits or removes one by its number."""

    verb: str
    statement: Json = field(hash=False)
    number: int = 0

    def make(self, document: Json) -> None:
        """Make the edit."""
        found = trust.statements(document)
        chosen = self.number % len(found) if found else 0
        taken = {each.get("Sid") for each in found if each.get("Sid")}
        if self.verb == "remove" and len(found) > 1:
            del found[chosen]
        elif self.verb == "edit" and found:
            found[chosen] = {**found[chosen], "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-madeup"}}}
        elif self.statement.get("Sid") not in taken:
            found.append(copy.deepcopy(self.statement))
        document["Statement"] = found


edits = st.builds(Edit, st.sampled_from(["add", "add", "edit", "remove"]), statements, st.integers(0, 5))
schedules = st.dictionaries(st.integers(0, 7), st.lists(edits, min_size=1, max_size=2), max_size=3)
Schedule = Mapping[int, list[Edit]]


@dataclass(frozen=True)
class Case:
    """A trust policy, and what others do: before which call of apply and of the revert, and between the two."""

    document: Json = field(hash=False)
    during: tuple[Schedule, Schedule] = field(hash=False)
    between: list[Edit] = field(hash=False)


cases = st.builds(
    Case,
    documents,
    st.one_of(st.just(({}, {})), st.tuples(schedules, schedules)),
    st.just([]) | st.lists(edits, max_size=2),
)


def check(case: Case, folder: Path) -> tuple[Harm, int]:
    """Apply and revert one case. Returns what went wrong, and how often another writer was within the round trip."""
    parts: list[dict[int, list[Callable[[], None]]]] = [{}, {}, {}, {}]
    foreign = Foreign(*parts)
    stored = Stored(case.document, foreign)
    for part, schedule in zip((parts[0], parts[2]), case.during, strict=True):
        part.update({call: [_maker(stored, edit) for edit in made] for call, made in schedule.items()})
    run = Run(Role(ACCOUNT, REGION, NAME, SERVICE), clouds_of(stored), folder)
    _first(run, stored)
    foreign.next_part()
    run.apply_until_done()
    for edit in case.between:
        edit.make(stored.document)
    stored.reverting = True
    foreign.next_part()
    left = run.revert_until_done(foreign.next_part)
    _check_reverted(case, stored, left)
    return stored.harm, stored.overwritten


def _first(run: Run, stored: Stored) -> None:
    """Apply among other writers. What they changed beside our write must be told."""
    try:
        planned = run.plan()
    except Exception as error:  # noqa: BLE001 (a policy that denies the service is refused)
        assert DENIED in str(error), error
        return
    run.apply(planned)
    seen, sent = stored.last[1], stored.written
    # The policy from before the write can also be an old answer of IAM.
    if sent is None or seen == stored.read:
        return
    differ = _distinct(seen) != _distinct(sent)
    if differ and TOLD not in run.texts[-1] and DENIED not in run.texts[-1]:
        stored.harm.other.append(f"not told: {seen} is there, {sent} was written: {run.texts}")
    if not differ and TOLD in run.texts[-1]:
        stored.harm.other.append(f"told of nothing: {run.texts}")


def _distinct(document: Json) -> set[str]:
    return {json.dumps(statement, sort_keys=True) for statement in trust.statements(document)}


def _check_reverted(case: Case, stored: Stored, left: Any) -> None:
    remaining = [each for each in trust.statements(stored.document) if is_ours(each)]
    there_before = [each for each in stored.start if is_ours(each)]
    if remaining and not there_before:
        stored.harm.other.append(f"{remaining} is there after the revert: {left}")
    quiet = case.during == ({}, {}) and not case.between
    if quiet and trust.statements(stored.document) != stored.start:
        stored.harm.other.append(f"{stored.document} is there after the revert, and {case.document} was")


def _maker(stored: Stored, edit: Edit) -> Callable[[], None]:
    return lambda: edit.make(stored.document)


def clouds_of(stored: Stored) -> Any:
    """Return sessions that have only the role."""
    return SimpleNamespace(environ={}, projects={}, google=None, google_iam=None, aws=stored)
