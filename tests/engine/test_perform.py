"""One change on its way: writing, waiting, and believing only what reads back."""

import json
from contextlib import nullcontext
from itertools import pairwise

import pytest

from tests.engine.fakes import Early, Exists, FakeCloud, Flapping, Going, Slow, SwitchedOff, Thing
from wizard.engine.plan import plan
from wizard.engine.resource import Refused


def hide(bench, name):
    """A step that makes the thing read as not there from now on; `show` undoes it."""
    hidden = {}

    def step():
        hidden.update({name: bench.clouds.things.pop(name)})

    return step, lambda: bench.clouds.things.update(hidden)


def test_success_comes_from_reading_again_never_from_the_reply(bench):
    step, show = hide(bench, "a")
    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("read", "a", None, step)
    bench.time.then.extend([lambda: None, lambda: None, show])
    assert bench.apply(made).ok
    assert bench.said("a") == [
        ("started", "create"),
        ("settling", "waiting until the new resource is visible"),
        ("done", "created"),
    ]
    assert len(bench.time.pauses) == 3


def test_what_reads_back_differently_is_waited_for_by_its_keys(bench):
    bench.clouds.things["a"] = {"size": 2, "colour": "red"}
    made = plan([Thing("a", {"size": 1, "colour": "red"})], bench.clouds)
    bench.clouds.then("read", "a", None, lambda: bench.clouds.things["a"].update(size=2))
    bench.time.then.append(lambda: bench.clouds.things["a"].update(size=1))
    assert bench.apply(made).ok
    assert ("settling", "waiting until reads return the new values of size") in bench.said("a")
    assert bench.said("a")[-1] == ("done", "updated")


def test_pauses_grow_to_one_second_and_end_at_the_deadline(bench):
    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("read", "a", None, hide(bench, "a")[0])
    (failure,) = bench.apply(made).failures
    assert failure.error.message == "timed out after 120 s: waiting until the new resource is visible"
    assert bench.time.pauses == sorted(bench.time.pauses)
    assert (bench.time.pauses[0], bench.time.pauses[-1]) == (0.05, 1.0)
    assert 120 <= bench.time.now <= 121
    (write,) = bench.journal.writes(bench.journal.runs()[0].id)
    assert (write.outcome, write.error) == ("done", "timed out after 120 s: waiting until the new resource is visible")


def test_several_steady_reads_in_a_row_are_asked_for_where_a_kind_flaps(bench):
    made = plan([Flapping("a")], bench.clouds)
    gone = Early("Service account does not exist.")
    bench.clouds.then("read", "a", None, None, None, gone, None, gone)
    assert bench.apply(made).ok
    reads = bench.clouds.calls[bench.clouds.calls.index(("create", "a")) + 1 :]
    assert len(reads) == 2 + 1 + 1 + 1 + 3
    assert bench.time.pauses == pytest.approx([0.05, 0.05, 0.075, 0.05, 0.075, 0.05, 0.05])
    assert [text for kind, text in bench.said("a") if kind == "settling"][:3] == [
        "1 of 3 consecutive reads succeeded",
        "2 of 3 consecutive reads succeeded",
        "not visible yet: Service account does not exist.",
    ]


def test_a_write_that_is_only_too_early_is_made_again(bench):
    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("create", "a", Early("pool does not exist"), Early("pool does not exist"))
    result = bench.apply(made)
    assert result.ok
    assert bench.clouds.writes_tried() == [("create", "a")] * 3
    assert ("settling", "not visible yet: pool does not exist") in bench.said("a")
    assert len(bench.journal.writes(result.run)) == 1


def test_a_write_that_stays_too_early_fails_with_the_clouds_own_words(bench):
    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("create", "a", *[Early("pool does not exist")] * 200)
    (failure,) = bench.apply(made).failures
    assert failure.error.message == "pool does not exist"
    assert bench.journal.writes(bench.journal.runs()[0].id)[0].outcome == "failed"


def test_a_refused_read_after_the_write_fails_the_change(bench):
    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("read", "a", None, Refused("The caller does not have permission"))
    (failure,) = bench.apply(made).failures
    assert failure.error.message == "The caller does not have permission"
    (write,) = bench.journal.writes(bench.journal.runs()[0].id)
    assert (write.outcome, write.error) == ("done", "The caller does not have permission")


def test_an_api_that_is_only_just_on_is_waited_for_when_reading_back(bench):
    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("read", "a", None, SwitchedOff("enabled recently"))
    assert bench.apply(made).ok


def test_after_a_transient_refusal_nobody_knows_whether_it_was_written(bench):
    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("create", "a", Refused("no answer", transient=True))
    assert not bench.apply(made).ok
    (write,) = bench.journal.writes(bench.journal.runs()[0].id)
    assert (write.outcome, write.finished, write.error) == ("started", None, "no answer")


def test_a_creation_refused_because_it_exists_is_read_until_it_shows(bench):
    made = plan([Flapping("a")], bench.clouds)
    bench.clouds.then("create", "a", Exists("a already exists"))
    bench.time.then.extend([lambda: None, lambda: bench.clouds.things.update(a={"size": 1})])
    result = bench.apply(made)
    assert result.ok
    assert bench.clouds.writes_tried() == [("create", "a")]
    assert [write.outcome for write in bench.journal.writes(result.run)] == ["failed"]
    assert bench.said("a")[-1] == ("done", "already in place")


def test_a_creation_refused_because_it_exists_fails_if_it_never_shows(bench):
    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("create", "a", Exists("a already exists"))
    (failure,) = bench.apply(made).failures
    assert failure.error.message == "timed out after 120 s: waiting until the new resource is visible"


@pytest.mark.parametrize("words", [Refused("a is deleted already"), Early("there is no a")], ids=["gone", "early"])
def test_a_deletion_is_done_when_another_run_has_deleted_it(bench, words):
    bench.clouds.things["a"] = {"size": 1}
    made = plan([Going("a")], bench.clouds)

    def deleted_by_another():
        del bench.clouds.things["a"]
        raise words

    bench.clouds.then("delete", "a", deleted_by_another)
    assert bench.apply(made).ok
    assert sum(bench.time.pauses) < 1, "it is not waited for"
    assert bench.said("a")[-1] == ("done", "already deleted")


def test_a_long_wait_is_never_silent_for_ten_seconds(bench):
    bench.clouds.then("create", "a", Exists("a already exists"))
    assert not bench.apply(plan([Thing("a")], bench.clouds)).ok
    moments = [event.elapsed for event in bench.events]
    assert moments[-1] >= 120
    assert max(later - earlier for earlier, later in pairwise(moments)) <= 10


def test_an_undelete_is_followed_by_an_update_of_what_else_differs(bench):
    bench.clouds.things["a"] = {"size": 5, "state": "DELETED"}
    result = bench.apply(plan([Thing("a")], bench.clouds))
    assert result.ok
    assert bench.clouds.wrote == [("undelete", "a"), ("update", "a")]
    assert bench.said("a")[-1] == ("done", "undeleted and updated")
    first, second = bench.journal.writes(result.run)
    assert (first.action, first.before) == ("undelete", {"state": "DELETED", "size": 5})
    assert (second.action, second.before) == ("update", {"size": 5})


def test_an_undelete_alone_is_enough_where_nothing_else_differs(bench):
    bench.clouds.things["a"] = {"size": 1, "state": "DELETED"}
    assert bench.apply(plan([Thing("a")], bench.clouds)).ok
    assert bench.clouds.wrote == [("undelete", "a")]
    assert bench.said("a")[-1] == ("done", "undeleted")


def test_an_operation_is_polled_with_progress_and_its_name_is_recorded_first(bench):
    made = plan([Slow("a")], bench.clouds)
    seen = []
    bench.clouds.then("poll", "a", lambda: seen.extend(bench.journal.writes(bench.journal.runs()[0].id)))
    assert bench.apply(made).ok
    assert [(write.operation, write.outcome) for write in seen] == [("operations/a", "started")]
    assert [text for kind, text in bench.said("a") if kind == "progress"] == [f"{n} of 4 nodes" for n in (1, 2, 3)]
    assert bench.clouds.calls.count(("poll", "a")) == 4


@pytest.mark.parametrize(("transient", "outcome"), [(False, "failed"), (True, "started")])
def test_an_operation_that_fails_is_a_failure_with_its_own_words(bench, transient, outcome):
    made = plan([Slow("a", error=Refused("no more addresses", transient=transient))], bench.clouds)
    (failure,) = bench.apply(made).failures
    assert failure.error.message == "no more addresses"
    (write,) = bench.journal.writes(bench.journal.runs()[0].id)
    assert (write.operation, write.outcome) == ("operations/a", outcome)


def test_elapsed_is_counted_from_the_start_of_the_change(bench):
    bench.apply(plan([Slow("a")], bench.clouds))
    assert bench.events[0].elapsed == 0
    assert bench.events[-1].elapsed == pytest.approx(sum(bench.time.pauses))
    assert json.dumps([event.text for event in bench.events])


def test_a_write_that_took_effect_although_its_answer_was_lost_is_found_by_reading(bench):
    made = plan([Flapping("a")], bench.clouds)

    def write_and_lose():
        bench.clouds.write("create", "a", {"size": 1})
        raise Refused("connection reset", lost=True)

    bench.clouds.then("create", "a", write_and_lose)
    result = bench.apply(made)
    assert result.ok
    assert bench.clouds.writes_tried() == [("create", "a")]
    assert [(write.outcome, write.error) for write in bench.journal.writes(result.run)] == [("done", None)]
    assert bench.said("a")[1] == (
        "settling",
        (
            "the wizard got no answer to the write request (connection reset), so the wizard reads the resource to "
            "check the result"
        ),
    )
    assert bench.said("a")[-1] == ("done", "created")


def test_a_write_that_was_lost_on_its_way_is_made_again_after_a_read(bench):
    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("create", "a", Refused("connection reset", lost=True))
    result = bench.apply(made)
    assert result.ok
    assert bench.clouds.calls == [
        ("read", "a"),
        ("read", "a"),
        ("create", "a"),
        ("read", "a"),
        ("create", "a"),
        ("read", "a"),
    ]
    assert [write.outcome for write in bench.journal.writes(result.run)] == ["started", "done"]


def test_a_lost_answer_to_a_creation_that_reads_late_is_never_recorded_as_failed(bench):
    made = plan([Thing("a")], bench.clouds)
    step, show = hide(bench, "a")

    def write_and_lose():
        bench.clouds.write("create", "a", {"size": 1})
        raise Refused("connection reset", lost=True)

    bench.clouds.then("create", "a", write_and_lose, show)
    bench.clouds.then("read", "a", None, step)
    result = bench.apply(made)
    assert result.ok
    assert [write.outcome for write in bench.journal.writes(result.run)] == ["done", "failed"]
    assert bench.said("a")[-1] == ("done", "created")


def test_a_write_whose_answers_are_all_lost_fails_as_not_known(bench):
    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("create", "a", *[Refused("connection reset", lost=True)] * 300)
    (failure,) = bench.apply(made).failures
    assert failure.error.message == "connection reset"
    assert {write.outcome for write in bench.journal.writes(bench.journal.runs()[0].id)} == {"started"}


def test_only_the_first_attempt_to_write_shares_the_read_before_it(bench):
    made = plan([Thing("a")], bench.clouds)
    views = []

    def before_write(clouds):
        view = FakeCloud()
        view.things, view.wrote = clouds.things, clouds.wrote
        view.then("create", "a", Early("not yet"))
        views.append(view)
        return nullcontext(view)

    bench.clouds.calls.clear()
    assert bench.apply(made, before_write=before_write).ok
    assert [view.calls for view in views] == [[("read", "a"), ("create", "a")]]
    assert bench.clouds.calls == [("create", "a"), ("read", "a")]
