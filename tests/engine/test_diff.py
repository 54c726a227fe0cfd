"""What differs, and what has to be done about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.fakes import Flapping, Thing
from wizard.engine.resource import Change, Refused, owned

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
STATES = st.recursive(
    st.dictionaries(st.text(max_size=5), SCALARS | st.lists(SCALARS, max_size=2), max_size=4),
    lambda inner: st.dictionaries(st.text(max_size=5), SCALARS | inner, max_size=4),
    max_leaves=8,
)


def change(before, after):
    return Change(Thing("a", after), before, after)


@given(wanted=STATES, others=STATES)
def test_what_others_add_is_never_a_difference(wanted, others):
    assert change(merged(others, wanted), wanted).action == "none"


def merged(others, wanted):
    both = {key: merged(others[key], value) for key, value in wanted.items() if nested(others.get(key), value)}
    return {**others, **wanted, **both}


def nested(one, other):
    return isinstance(one, dict) and isinstance(other, dict) and other


@given(wanted=STATES, now=STATES)
def test_only_own_keys_are_kept_of_a_state_and_the_difference_stays_the_same(wanted, now):
    assert change(owned(now, wanted), wanted).fields == change(now, wanted).fields


def test_an_own_key_that_differs_is_a_field_with_its_value_before_and_after():
    assert change({"size": 1, "etag": "x"}, {"size": 2}).fields == [("size", 1, 2)]


def test_dicts_are_gone_into_and_lists_compared_whole():
    before = {"mapping": {"subject": "arn", "theirs": "x"}, "members": ["a", "b"]}
    wanted = {"mapping": {"subject": "id", "role": "r"}, "members": ["a"]}
    assert change(before, wanted).fields == [
        ("mapping.subject", "arn", "id"),
        ("mapping.role", None, "r"),
        ("members", ["a", "b"], ["a"]),
    ]


@pytest.mark.parametrize(
    ("before", "action"),
    [
        (None, "create"),
        ({}, "update"),
        ({"size": 2}, "update"),
        ({"size": 1}, "none"),
        ({"size": 1, "state": "ACTIVE"}, "none"),
        ({"size": 1, "state": "DELETED"}, "undelete"),
    ],
)
def test_the_action_follows_from_before_and_after(before, action):
    assert change(before, {"size": 1}).action == action


def test_a_resource_is_known_by_kind_and_name_alone():
    assert {Thing("a"), Thing("a", {"size": 2}), Flapping("a"), Thing("b")} == {Thing("a"), Thing("b")}


def test_a_kind_that_cannot_take_back_says_so():
    with pytest.raises(Refused, match="cannot delete thing a"):
        Thing("a").delete(None)
    with pytest.raises(Refused, match="cannot restore thing a"):
        Thing("a").restore(None, change({}, {"size": 1}))
