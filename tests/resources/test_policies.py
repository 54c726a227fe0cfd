"""A shared policy is added to, and nothing in it is lost."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.clouds.errors import CloudError
from wizard.engine.patience import Time
from wizard.resources import policies

PRINCIPAL = (
    "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-pool"
    "/attribute.aws_role/arn:aws:sts::123456789012:assumed-role/r"
)
WANTED = {"roles/storage.objectViewer": (PRINCIPAL,)}


def test_a_grant_is_written_as_gcloud_writes_it() -> None:
    """The request that gcloud 528 sends for `projects add-iam-policy-binding` (recorded)."""
    read = {
        "bindings": [{"members": ["user:a@example.com"], "role": "roles/owner"}],
        "etag": "BwXhqDUcs3Y=",
        "version": 1,
    }
    assert policies.with_grants(read, WANTED) == {
        "bindings": [
            {"members": ["user:a@example.com"], "role": "roles/owner"},
            {"members": [PRINCIPAL], "role": "roles/storage.objectViewer"},
        ],
        "etag": "BwXhqDUcs3Y=",
        "version": 3,
    }


def test_a_policy_that_was_never_set_has_only_an_etag() -> None:
    written = policies.with_grants({"etag": "ACAB"}, WANTED)
    assert written == {
        "etag": "ACAB",
        "version": 3,
        "bindings": [{"role": "roles/storage.objectViewer", "members": [PRINCIPAL]}],
    }


def test_a_member_under_a_condition_does_not_count_as_granted() -> None:
    condition = {"title": "office hours", "expression": "request.time.getHours() < 18"}
    policy = {"bindings": [{"role": "roles/storage.objectViewer", "members": [PRINCIPAL], "condition": condition}]}
    assert policies.present(policy, WANTED) == {}
    written = policies.with_grants(policy, WANTED)
    assert written is not None
    assert written["bindings"][0] == policy["bindings"][0]
    assert written["bindings"][1] == {"role": "roles/storage.objectViewer", "members": [PRINCIPAL]}


OTHER = {"roles/owner": (PRINCIPAL,), "roles/storage.objectViewer": ("user:b@x.example",)}
"""What another setup wants on the same policy."""

_members = st.lists(
    st.sampled_from(["user:a@x.example", "user:b@x.example", "deleted:user:c@x.example?uid=1", PRINCIPAL])
)
_unknown = st.dictionaries(st.sampled_from(["bindingId", "note"]), st.text(max_size=3) | st.lists(st.integers()))
_bindings = st.builds(
    lambda known, unknown: {**unknown, **known},
    st.fixed_dictionaries(
        {"role": st.sampled_from(["roles/owner", "roles/storage.objectViewer", "projects/x/roles/own"])},
        optional={
            "members": _members,
            "condition": st.none() | st.fixed_dictionaries({"expression": st.text(max_size=5), "title": st.text()}),
        },
    ),
    _unknown,
)
_policies = st.builds(
    lambda known, unknown: {**unknown, **known},
    st.fixed_dictionaries(
        {"etag": st.just("x"), "version": st.sampled_from([1, 3])}, optional={"bindings": st.lists(_bindings)}
    ),
    st.dictionaries(st.sampled_from(["auditConfigs", "rules", "kind"]), st.text(max_size=3) | st.lists(st.integers())),
)


def taken_back(written: policies.Json, before: policies.Json) -> policies.Json:
    """A policy without what was added: new members are at the ends of bindings, and new bindings at the end."""
    result = copy.deepcopy(written)
    if "bindings" not in before:
        result.pop("bindings")
        return result
    result["bindings"] = result["bindings"][: len(before["bindings"])]
    for new, old in zip(result["bindings"], before["bindings"], strict=True):
        if "members" not in old:
            new.pop("members", None)
        else:
            new["members"] = new["members"][: len(old["members"])]
    return result


@given(_policies)
def test_a_policy_without_what_was_added_is_the_policy_that_was_read(policy: policies.Json) -> None:
    before = copy.deepcopy(policy)
    written = policies.with_grants(policy, WANTED)
    assert policy == before, "the policy that was read is not changed in place"
    if written is None:
        assert policies.present(policy, WANTED) == {role: list(members) for role, members in WANTED.items()}
        return
    assert written["version"] == 3
    assert {**taken_back(written, before), "version": before["version"]} == before
    assert policies.with_grants(written, WANTED) is None, "a second time, nothing is missing"


@given(_policies)
def test_two_setups_on_one_policy_do_not_disturb_each_other(policy: policies.Json) -> None:
    first = policies.with_grants(policy, WANTED) or policy
    second = policies.with_grants(first, OTHER) or first
    assert policies.with_grants(second, WANTED) is None
    assert policies.with_grants(second, OTHER) is None
    assert {**taken_back(second, first), "version": 0} == {**first, "version": 0}


CONFLICT = CloudError("crm", "setIamPolicy", 409, "ABORTED", "There were concurrent policy changes.")


class Clock:
    """A clock that moves only while somebody pauses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self.time = Time(lambda: self.now, self.pause)

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def test_a_conflict_is_read_again_and_nobodys_member_is_lost() -> None:
    stored = {"etag": "1", "bindings": [{"role": "roles/owner", "members": ["user:a@x.example"]}]}
    writes = []

    def write(policy: dict[str, object]) -> None:
        writes.append(policy)
        if len(writes) == 1:  # somebody else was quicker
            stored["etag"] = "2"
            stored["bindings"].append({"role": "roles/viewer", "members": ["user:b@x.example"]})  # type: ignore[attr-defined]
            raise CONFLICT
        stored.update(policy)  # type: ignore[arg-type]

    clock = Clock()
    policies.add(lambda: copy.deepcopy(stored), write, WANTED, clock.time)
    assert clock.pauses == [0.05]
    assert [each["role"] for each in stored["bindings"]] == [  # type: ignore[index]
        "roles/owner",
        "roles/viewer",
        "roles/storage.objectViewer",
    ]
    assert [policy["etag"] for policy in writes] == ["1", "2"]


def test_the_pauses_between_conflicts_grow_to_one_second_and_end() -> None:
    clock = Clock()
    writes = []

    def write(policy: dict[str, object]) -> None:
        writes.append(policy)
        raise CONFLICT

    with pytest.raises(CloudError, match="concurrent policy changes"):
        policies.add(lambda: {"etag": "1"}, write, WANTED, clock.time)
    assert clock.pauses == sorted(clock.pauses)
    assert (clock.pauses[0], clock.pauses[-1]) == (0.05, 1.0)
    assert 20 <= clock.now < 21
    assert len(writes) == len(clock.pauses) + 1


def test_a_grant_that_somebody_else_adds_meanwhile_is_theirs() -> None:
    granted = {"etag": "2", "bindings": [{"role": role, "members": list(members)} for role, members in WANTED.items()]}
    reads = iter([{"etag": "1"}, granted])
    writes = []

    def write(policy: dict[str, object]) -> None:
        writes.append(policy)
        raise CONFLICT

    with pytest.raises(policies.GrantedMeanwhile, match="someone else granted"):
        policies.add(lambda: next(reads), write, WANTED, Clock().time)
    assert len(writes) == 1


@pytest.mark.parametrize("stored", [{"bindings": None}, {"bindings": [{"role": "roles/owner", "members": None}]}])
def test_a_list_that_is_null_is_an_empty_one(stored: dict[str, object]) -> None:
    assert policies.present(stored, OTHER) == {}
    assert policies.without_grants(stored, OTHER) is None
    written = policies.with_grants(stored, OTHER)
    assert written is not None
    assert policies.present(written, OTHER) == {role: list(members) for role, members in OTHER.items()}


def test_only_a_binding_that_the_removal_empties_is_removed() -> None:
    condition = {"title": "office hours", "expression": "request.time.getHours() < 18"}
    others = [{"role": "roles/owner", "condition": condition}, {"role": "roles/owner"}]
    stored = {"bindings": [{"role": "roles/owner", "members": [PRINCIPAL]}, *others]}
    written = policies.without_grants(stored, {"roles/owner": (PRINCIPAL,)})
    assert written is not None
    assert written["bindings"] == others


def test_a_refusal_that_is_no_conflict_is_not_tried_again() -> None:
    calls = []

    def write(policy: dict[str, object]) -> None:
        calls.append(policy)
        raise CloudError("crm", "setIamPolicy", 403, "PERMISSION_DENIED", "The caller does not have permission")

    with pytest.raises(CloudError, match="does not have permission"):
        policies.add(lambda: {"etag": "1"}, write, WANTED)
    assert len(calls) == 1
