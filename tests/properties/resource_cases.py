"""Random policies of resources of every type, and random access lists of datasets; with other writers."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from tests.properties import allow_cases
from tests.properties.allow_cases import OTHERS, OURS, Case, Edit, conditions, members
from tests.properties.resource_sessions import StoredDataset, canonical, is_grant, resource_clouds
from tests.properties.tried import Harm, Json, Run
from tests.resources.test_resource_grants import ROLES
from wizard.resources.resource_grants import ResourceGrants
from wizard.setup.resource_types import DATASET, ResourceName, parse

NAMES = [name for on in ROLES if (name := parse(on))]
"""A resource of each type."""
DATASET_ROLES = ("roles/bigquery.dataViewer", "roles/bigquery.dataEditor", "projects/made-up-project/roles/own")
_TABLE = {"projectId": "made-up-project", "datasetId": "reports", "tableId": "summary"}
_AUTHORIZED: tuple[Json, ...] = (
    {"view": _TABLE},
    {"routine": {"projectId": "made-up-project", "datasetId": "reports", "routineId": "mask"}},
    {"dataset": {"dataset": {"projectId": "made-up-project", "datasetId": "reports"}, "targetTypes": ["VIEWS"]}},
    {"role": "OWNER", "specialGroup": "projectOwners"},
    {"role": "READER", "domain": "team.example"},
    {"role": "READER", "futureMember": "x"},
)
"""What an access list has beside roles for members: some authorize queries, and one is of a kind that nobody knows."""


@dataclass(frozen=True)
class ListEdit(Edit):
    """What another writer does to the access list of a dataset."""

    def make(self, policy: Json) -> None:
        access = policy["access"] = policy.get("access") or []
        ours = entry(self.role, self.member, self.condition)
        if self.verb == "audit":
            policy["description"] = "changed by someone else"
            access.append(copy.deepcopy(_AUTHORIZED[0]))
        elif self.verb == "remove":
            policy["access"] = [each for each in access if canonical(each) != ours]
        elif ours not in [canonical(each) for each in access]:
            access.insert(0, ours)


def entry(role: str, member: str, condition: Json | None = None) -> Json:
    """Return an entry of an access list, as BigQuery returns it."""
    made: Json = {"role": role, "iamMember": member}
    return canonical(made | {"condition": copy.deepcopy(condition)} if condition else made)


_dataset_roles = st.sampled_from(DATASET_ROLES)
_entries = st.builds(entry, _dataset_roles, members, st.none() | conditions) | st.sampled_from(_AUTHORIZED)
_datasets = st.fixed_dictionaries(
    {"id": st.just("made-up-project:orders")},
    optional={
        "access": st.none() | st.lists(_entries, max_size=6),
        "description": st.just("orders of the shop"),
        "labels": st.just({"team": "shop"}),
    },
)
_edits = st.builds(
    ListEdit, st.sampled_from(["add", "add", "remove", "audit"]), _dataset_roles, members, st.none() | conditions
)
_schedules = st.dictionaries(st.integers(0, 6), st.lists(_edits, min_size=1, max_size=2), max_size=3)


@dataclass(frozen=True)
class ResourceCase(Case):
    """A case on a resource."""

    on: ResourceName | None = None


@st.composite
def cases(draw: st.DrawFn) -> ResourceCase:
    """A policy of a resource of any type, and what happens to it."""
    on = draw(st.sampled_from(NAMES))
    if on.type is DATASET:
        return draw(datasets())
    policy = draw(allow_cases.stored_policies(null=True))
    few = st.lists(allow_cases.edits, max_size=3)
    during = draw(allow_cases.schedules), draw(allow_cases.schedules)
    return ResourceCase(True, policy, draw(allow_cases.wanted), draw(few), during, draw(few), on)


@st.composite
def datasets(draw: st.DrawFn) -> ResourceCase:
    """A dataset with an access list, and what happens to it."""
    wanted = st.dictionaries(
        _dataset_roles, st.lists(st.sampled_from(OURS), min_size=1, unique=True).map(tuple), min_size=1
    )
    few = st.lists(_edits, max_size=3)
    on = next(name for name in NAMES if name.type is DATASET)
    return ResourceCase(
        True, draw(_datasets), draw(wanted), draw(few), (draw(_schedules), draw(_schedules)), draw(few), on
    )


def check_beside(case: ResourceCase, folder: Path) -> tuple[Harm, int]:
    """Apply and revert one case. Returns what went wrong, and how many writes had a stale etag."""
    on = case.on
    assert on is not None
    kind = StoredDataset if on.type is DATASET else allow_cases.Stored
    return allow_cases.check_run(
        case,
        kind,
        lambda stored: Run(ResourceGrants(on.project, dict(case.wanted), on=on), resource_clouds(stored, on), folder),
    )


__all__ = ["OTHERS", "ResourceCase", "cases", "check_beside", "datasets", "is_grant"]
