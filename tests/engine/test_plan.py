"""From resources to a plan."""

import threading

import pytest

from tests.engine.fakes import FakeCloud, SwitchedOff, Thing
from wizard.engine.plan import Plan, PlanError, plan
from wizard.engine.resource import Refused


def names(made: Plan) -> list[str]:
    return [change.resource.name for change in made.changes]


def test_needs_are_found_however_deep_and_each_thing_is_planned_once():
    base = Thing("base")
    left, right = Thing("left", needs=(base,)), Thing("right", needs=(Thing("base"),))
    top = Thing("top", needs=(left, right))
    made = plan([top, right], FakeCloud())
    assert sorted(names(made)) == ["base", "left", "right", "top"]
    assert names(made)[0] == "base"
    assert names(made)[-1] == "top"


def test_a_need_comes_first_whatever_the_order_of_the_list():
    base = Thing("base")
    assert names(plan([Thing("top", needs=(base,)), base], FakeCloud())) == ["base", "top"]


def test_reading_is_side_by_side():
    cloud, everyone = FakeCloud(), threading.Barrier(12, timeout=5)
    things = [Thing(f"thing-{number}") for number in range(12)]
    for thing in things:
        cloud.then("read", thing.name, everyone.wait)
    assert len(plan(things, cloud).changes) == 12


def test_a_circle_is_refused_with_the_names_in_it_before_anything_is_read():
    cloud, one, two, three = FakeCloud(), Thing("one"), Thing("two"), Thing("three")
    for needing, needed in ((one, two), (two, three), (three, one)):
        object.__setattr__(needing, "needs", (needed,))
    with pytest.raises(PlanError) as refusal:
        plan([one], cloud)
    assert all(f"thing {name}" in str(refusal.value) for name in ("one", "two", "three"))
    assert cloud.calls == []


def test_one_thing_wanted_in_two_ways_is_refused():
    with pytest.raises(PlanError, match="describes thing a twice"):
        plan([Thing("a", {"size": 1}), Thing("b", needs=(Thing("a", {"size": 2}),))], FakeCloud())


def test_the_summary_counts_what_has_to_be_done():
    cloud = FakeCloud(b={"size": 7}, c={"size": 1, "state": "DELETED"}, d={"size": 1}, e={"size": 1, "more": True})
    made = plan([Thing(name) for name in "abcde"], cloud)
    assert made.summary == {"create": 1, "update": 1, "undelete": 1, "in_place": 2}
    assert [change.resource.name for change in made.pending] == ["a", "b", "c"]
    assert not made.empty


def test_a_plan_with_everything_in_place_is_empty():
    assert plan([Thing("a")], FakeCloud(a={"size": 1})).empty
    assert plan([], FakeCloud()).empty


def test_what_cannot_be_read_yet_is_planned_blind_with_the_reason():
    cloud = FakeCloud()
    cloud.then("read", "a", SwitchedOff("The API has not been used before or it is disabled."))
    (change,) = plan([Thing("a")], cloud).changes
    assert (change.action, change.before, change.blind) == ("create", None, "the plan switches it on")


def test_any_other_refused_read_is_raised():
    cloud = FakeCloud()
    cloud.then("read", "b", Refused("The caller does not have permission"))
    with pytest.raises(Refused, match="The caller does not have permission"):
        plan([Thing("a"), Thing("b")], cloud)
