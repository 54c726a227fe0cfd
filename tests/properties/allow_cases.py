"""Random allow policies, wanted grants, and other writers; and what must hold for each of them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.properties.allow_policy import Stored, account_clouds, as_message, project_clouds
from tests.properties.tried import Foreign, Harm, Json, Run
from wizard.resources.grants import ProjectGrants, ServiceAccountGrants

PROJECT, EMAIL = "made-up-project", "app@made-up-project.iam.gserviceaccount.com"
POOL = "iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/made-up"
OURS = (
    f"principal://{POOL}/subject/ns/app/sa/app",
    f"principalSet://{POOL}/attribute.aws_role/app",
    f"serviceAccount:{EMAIL}",
)
"""Members that setups want. Others grant to them, too."""
OTHERS = (
    "user:a@team.example",
    "group:b@team.example",
    f"deleted:serviceAccount:{EMAIL}?uid=123456789012345678901",
    "deleted:user:c@team.example?uid=1",
    "allAuthenticatedUsers",
)
ROLES = ("roles/storage.objectViewer", "roles/iam.workloadIdentityUser", "projects/made-up-project/roles/own")
HOLDS = 'request.time < timestamp("2100-01-01T00:00:00Z")'
EXPRESSIONS = (HOLDS, 'request.time < timestamp("2001-01-01T00:00:00Z")', 'resource.name.startsWith("x")')

members = st.sampled_from([*OURS, *OTHERS])
roles = st.sampled_from(ROLES)
conditions = st.fixed_dictionaries(
    {"title": st.sampled_from(["", "office hours"]), "expression": st.sampled_from(EXPRESSIONS)}
)
wanted = st.dictionaries(roles, st.lists(st.sampled_from(OURS), min_size=1, unique=True).map(tuple), min_size=1)


def bindings(null: bool) -> st.SearchStrategy[Json]:
    """A binding; `null` allows lists that are null, and fields that no client knows."""
    lists: st.SearchStrategy[Any] = st.lists(members, max_size=5)
    known = {"members": st.none() | lists if null else lists, "condition": conditions}
    unknown = st.dictionaries(st.sampled_from(["bindingId", "note"]), st.text(max_size=3)) if null else st.just({})
    return st.builds(
        lambda mine, more: {**more, **mine}, st.fixed_dictionaries({"role": roles}, optional=known), unknown
    )


AUDIT: Json = {"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ", "exemptedMembers": [OTHERS[0]]}]}


@st.composite
def stored_policies(draw: st.DrawFn, null: bool) -> Json:
    """A policy without its etag; now and then one that is full, or nearly."""
    optional: dict[str, st.SearchStrategy[Any]] = {
        "version": st.sampled_from([1, 3]),
        "auditConfigs": st.just([AUDIT]),
        "bindings": st.lists(bindings(null), max_size=5) | (st.none() if null else st.nothing()),
    }
    if null:
        optional |= {"rules": st.none() | st.just([{"permissions": ["a.b.c"]}]), "futureField": st.integers()}
    policy: Json = draw(st.fixed_dictionaries({}, optional=optional))
    if draw(st.integers(0, 9)) == 0:
        full = [f"user:{number}@many.example" for number in range(1500 - draw(st.integers(0, 20)))]
        policy["bindings"] = [*(policy.get("bindings") or []), {"role": "roles/viewer", "members": full}]
    return policy


@dataclass(frozen=True)
class Edit:
    """What another writer does to a policy."""

    verb: str
    role: str
    member: str
    condition: Json | None = field(default=None, hash=False)

    def make(self, policy: Json) -> None:
        """Make the edit. A grant that is there is not added once more, as Google Cloud merges equal grants."""
        found = policy["bindings"] = policy.get("bindings") or []
        same = [each for each in found if each["role"] == self.role and each.get("condition") == self.condition]
        if self.verb == "audit":
            policy["auditConfigs"] = [{**AUDIT, "service": "storage.googleapis.com"}]
        elif self.verb == "remove":
            for binding in same:
                binding["members"] = [each for each in binding.get("members") or () if each != self.member]
            policy["bindings"] = [each for each in found if each.get("members")]
        elif not any(self.member in (each.get("members") or ()) for each in same):
            condition = {"condition": copy.deepcopy(self.condition)} if self.condition else {}
            found.insert(0, {"role": self.role, "members": [self.member], **condition})


edits = st.builds(Edit, st.sampled_from(["add", "add", "remove", "audit"]), roles, members, st.none() | conditions)
schedules = st.dictionaries(st.integers(0, 6), st.lists(edits, min_size=1, max_size=2), max_size=3)
Schedule = Mapping[int, list[Edit]]


@dataclass(frozen=True)
class Case:
    """A policy, what is wanted of it, and what others do.

    `during` has what they do before which call: of the plan and apply, and of the revert. `between` is what they do
    between the two, and `reviewed` what they do between the plan and its apply.
    """

    of_project: bool
    policy: Json = field(hash=False)
    wanted: Mapping[str, tuple[str, ...]] = field(hash=False)
    reviewed: list[Edit] = field(hash=False)
    during: tuple[Schedule, Schedule] = field(hash=False)
    between: list[Edit] = field(hash=False)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """An allow policy of a project or of a service account, and what happens to it."""
    of_project = draw(st.booleans())
    policy = draw(stored_policies(null=of_project))
    policy = policy if of_project else as_message(policy)
    quiet = draw(st.integers(0, 3)) == 0
    if quiet:
        return Case(of_project, policy, draw(wanted), [], ({}, {}), [])
    few = st.lists(edits, max_size=3)
    return Case(of_project, policy, draw(wanted), draw(few), (draw(schedules), draw(schedules)), draw(few))


def check(case: Case, folder: Path) -> Harm:
    """Apply and revert one case. Returns what went wrong."""
    return check_beside(case, folder)[0]


def check_beside(case: Case, folder: Path) -> tuple[Harm, int]:
    """Apply and revert one case. Returns what went wrong, and how many writes had a stale etag."""
    return check_run(case, Stored, lambda stored: _run(case, stored, folder))


def check_run(case: Case, kind: type[Stored], run_of: Callable[[Stored], Run]) -> tuple[Harm, int]:
    """Apply and revert one case, whose policy is stored as `kind`, through the run for it."""
    parts: list[dict[int, list[Callable[[], None]]]] = [{}, {}, {}, {}]
    foreign = Foreign(*parts)
    stored = kind(case.policy, case.wanted, foreign)
    for part, schedule in zip((parts[0], parts[2]), case.during, strict=True):
        part.update({call: [stored.change(edit.make) for edit in made] for call, made in schedule.items()})
    run = run_of(stored)
    planned = run.plan()
    _make(stored, case.reviewed)
    done = run.apply(planned).ok
    foreign.next_part()
    done = done or run.apply_until_done()
    _check_applied(case, stored, done)
    _make(stored, case.between)
    stored.reverting = True
    foreign.next_part()
    left = run.revert_until_done(foreign.next_part)
    if left is None or left:
        stored.harm.other.append(f"the revert leaves {left}: {run.texts}")
    remaining = {entry for entry in stored.added if entry in _now(stored)}
    if remaining:
        stored.harm.other.append(f"{remaining} is there after the revert: {left}")
    return stored.harm, stored.conflicts


def _run(case: Case, stored: Stored, folder: Path) -> Run:
    if case.of_project:
        return Run(ProjectGrants(PROJECT, dict(case.wanted)), project_clouds(stored), folder)
    return Run(ServiceAccountGrants(PROJECT, dict(case.wanted), email=EMAIL), account_clouds(stored), folder)


def _make(stored: Stored, made: list[Edit]) -> None:
    for edit in made:
        stored.change(edit.make)()


def _now(stored: Stored) -> set[tuple[str, str, str]]:
    return set(stored.entries(stored.policy))


def _check_applied(case: Case, stored: Stored, done: bool) -> None:
    there = _now(stored)
    if not done and len(there) < 1400:
        stored.harm.other.append("the wizard refuses a policy that has room")
    for role, wanted_members in case.wanted.items():
        for member in wanted_members if done else ():
            conditions_held = [text for found, who, text in there if (found, who) == (role, member)]
            if not any(text == "" or "2100" in text for text in conditions_held):
                stored.harm.other.append(f"{member} has not got {role} after apply")
