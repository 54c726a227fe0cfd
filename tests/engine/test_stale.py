"""What was reviewed is what is done, or nothing is."""

import pytest

from tests.engine.fakes import SwitchedOff, Thing
from wizard.engine.plan import plan
from wizard.engine.stale import StalePlan

WANTED = {"size": 1, "mapping": {"subject": "arn", "role": "r"}}


def refusal(bench, before, now, wanted=WANTED):
    """What is said when the state moves between review and apply; None if nothing is."""
    if before is not None:
        bench.clouds.things["a"] = before
    made = plan([Thing("a", wanted)], bench.clouds)
    bench.clouds.things.clear()
    if now is not None:
        bench.clouds.things["a"] = now
    failures = bench.apply(made).failures
    assert all(isinstance(failure.error, StalePlan) for failure in failures)
    return failures[0].error.message if failures else None


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"size": 2}, {"size": 3}, "size was 2, and is now 3"),
        ({"mapping": {"subject": "x"}}, {"mapping": {"subject": "y"}}, 'mapping.subject was "x", and is now "y"'),
        ({"size": 2}, {}, "size was 2, and is now not set"),
        ({"size": 2}, None, "the resource existed when you reviewed the plan, and does not exist now"),
        (
            {"size": 2},
            {"size": 2, "state": "DELETED"},
            "the resource existed when you reviewed the plan, and is now deleted",
        ),
        (
            None,
            {"size": 1, "state": "DELETED"},
            "the resource did not exist when you reviewed the plan, and is now in the deleted state",
        ),
        (None, {"size": 4}, "size was not set, and is now 4"),
    ],
)
def test_a_plan_whose_state_moved_is_refused_before_the_write_and_says_what_moved(bench, before, now, said):
    assert said in refusal(bench, before, now)
    assert bench.clouds.writes_tried() == []
    assert bench.journal.writes(bench.journal.runs()[0].id) == []


def test_what_is_so_by_now_is_done_without_a_write(bench):
    assert refusal(bench, {"size": 2}, dict(WANTED)) is None
    assert bench.clouds.writes_tried() == []
    assert bench.said("a")[-1] == ("done", "already in place")


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"size": 2, "mapping": {"subject": "x"}}, {"size": 1, "mapping": {"subject": "x"}}),
        (None, {"size": 1}),
        (None, {"size": 1, "mapping": {"subject": ""}}),
        ({"size": 2, "etag": "x"}, {"size": 2, "etag": "y"}),
        ({"size": 1, "state": "DELETED"}, {"size": 1, "state": "ACTIVE"}),
    ],
)
def test_what_came_nearer_to_what_is_wanted_or_is_not_ours_is_no_move(bench, before, now):
    assert refusal(bench, before, now) is None
    assert bench.clouds.wrote == [("update", "a")]


def test_a_blind_change_is_read_after_its_needs_and_made_from_what_is_found(bench):
    switch = Thing("switch")
    blind = Thing("a", WANTED, needs=(switch,))
    bench.clouds.things["a"] = {"size": 1}
    bench.clouds.then("read", "a", SwitchedOff("off"), SwitchedOff("off"), SwitchedOff("off"))
    result = bench.apply(plan([blind], bench.clouds))
    assert result.ok
    assert bench.clouds.wrote == [("create", "switch"), ("update", "a")]
    assert ("settling", "not visible yet: off") in bench.said("a")
    write = bench.journal.writes(result.run)[1]
    assert (write.action, write.before) == ("update", {"size": 1})


def test_a_blind_change_that_finds_everything_in_place_writes_nothing(bench):
    bench.clouds.things["a"] = dict(WANTED)
    bench.clouds.then("read", "a", SwitchedOff("off"))
    assert bench.apply(plan([Thing("a", WANTED)], bench.clouds)).ok
    assert bench.clouds.writes_tried() == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"size": 7}, "size was not set, and is now 7"),
        (
            {**WANTED, "state": "DELETED"},
            "the wizard could not read the resource for the review, and the resource is now deleted",
        ),
    ],
)
def test_a_blind_change_never_overwrites_or_brings_back_what_nobody_could_review(bench, found, said):
    bench.clouds.things["a"] = found
    bench.clouds.then("read", "a", SwitchedOff("off"))
    (failure,) = bench.apply(plan([Thing("a", WANTED)], bench.clouds)).failures
    assert said in failure.error.message
    assert bench.clouds.writes_tried() == []


class Shared(Thing):
    """A thing whose other users lose it by any change."""

    def losers(self, change):
        return [f"{user} loses it" for user in change.before["users"]]


def test_a_loss_that_the_review_did_not_show_stops_the_change(bench):
    bench.clouds.things["a"] = {"size": 2, "users": ["first"]}
    made = plan([Shared("a", WANTED)], bench.clouds)
    bench.clouds.things["a"] = {"size": 2, "users": ["first", "second"]}
    (failure,) = bench.apply(made).failures
    assert isinstance(failure.error, StalePlan)
    assert "the review did not show this loss: second loses it" in failure.error.message
    assert "first loses it" not in failure.error.message
    assert bench.clouds.writes_tried() == []


def test_a_loss_that_the_review_showed_does_not_stop_the_change(bench):
    bench.clouds.things["a"] = {"size": 2, "users": ["first", "second"]}
    made = plan([Shared("a", WANTED)], bench.clouds)
    bench.clouds.things["a"] = {"size": 2, "users": ["first"]}
    assert bench.apply(made).ok
