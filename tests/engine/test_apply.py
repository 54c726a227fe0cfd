"""Applying a plan: order, side by side, failure, stopping."""

import signal
import threading

import pytest

from tests.engine.fakes import Exists, Slow, Thing
from wizard import language
from wizard.engine.plan import plan
from wizard.engine.resource import Refused


def results(result):
    return {
        "done": [change.resource.name for change in result.done],
        "failed": [failure.change.resource.name for failure in result.failures],
        "skipped": [change.resource.name for change in result.skipped],
    }


def test_a_plan_is_made_so_and_the_next_plan_is_empty(bench):
    base = Thing("base")
    things = [base, Thing("top", needs=(base,))]
    result = bench.apply(plan(things, bench.clouds))
    assert result.ok
    assert results(result) == {"done": ["base", "top"], "failed": [], "skipped": []}
    assert plan(things, bench.clouds).empty


def test_an_empty_plan_writes_nothing_not_even_a_journal(bench):
    bench.clouds.things["a"] = {"size": 1}
    result = bench.apply(plan([Thing("a")], bench.clouds))
    assert result.ok and result.run is None
    assert bench.clouds.writes_tried() == []
    assert not bench.path.parent.exists()
    assert bench.events == []


def test_what_is_in_place_already_is_neither_written_nor_read_again(bench):
    bench.clouds.things["a"] = {"size": 1}
    bench.apply(plan([Thing("a"), Thing("b")], bench.clouds))
    assert bench.clouds.calls.count(("read", "a")) == 1
    assert bench.clouds.wrote == [("create", "b")]


def test_independent_changes_run_at_the_same_time(bench):
    everyone = threading.Barrier(8, timeout=5)
    things = [Thing(f"thing-{number}") for number in range(8)]
    for thing in things:
        bench.clouds.then("create", thing.name, everyone.wait)
    assert bench.apply(plan(things, bench.clouds)).ok


def test_a_dependant_starts_after_what_it_needs_is_done_and_says_what_it_waits_for(bench):
    base = Thing("base")
    made = plan([Thing("top", needs=(base,))], bench.clouds)
    waiting = threading.Event()

    def listen(event):
        bench.events.append(event)
        if event.kind == "waiting":
            waiting.set()

    bench.clouds.then("create", "base", lambda: waiting.wait(5))
    assert bench.apply_to(made, listen).ok
    told = [(event.kind, event.change.resource.name) for event in bench.events]
    assert told.index(("done", "base")) < told.index(("started", "top"))
    assert bench.said("top")[0] == ("waiting", "waiting for thing base")


def test_a_need_that_is_in_place_hands_on_what_it_waits_for_itself(bench):
    base = Thing("base")
    middle = Thing("middle", needs=(base,))
    bench.clouds.things["middle"] = {"size": 1}
    bench.clouds.then("create", "base", Refused("no"))
    result = bench.apply(plan([Thing("top", needs=(middle,))], bench.clouds))
    assert results(result) == {"done": [], "failed": ["base"], "skipped": ["top"]}


def test_after_a_failure_dependants_are_skipped_and_the_rest_is_finished(bench):
    bad = Thing("bad")
    child = Thing("child", needs=(bad,))
    things = [bad, Thing("good"), child, Thing("grandchild", needs=(child,))]
    bench.clouds.then("create", "bad", Refused("Quota exceeded for pools"))
    result = bench.apply(plan(things, bench.clouds))
    assert results(result) == {"done": ["good"], "failed": ["bad"], "skipped": ["child", "grandchild"]}
    assert result.failures[0].error.message == "Quota exceeded for pools"
    assert bench.said("bad")[-1] == ("failed", "Quota exceeded for pools")
    assert bench.said("child")[-1] == ("skipped", "needs thing bad")
    assert not result.ok and not result.interrupted
    assert bench.journal.runs()[0].outcome == "failed"


def test_a_programming_error_is_raised_after_the_rest_is_finished(bench):
    bad = Thing("bad")
    bench.clouds.then("create", "bad", KeyError("a bug"))
    with pytest.raises(KeyError, match="a bug"):
        bench.apply(plan([bad, Thing("good"), Thing("child", needs=(bad,))], bench.clouds))
    assert bench.clouds.wrote == [("create", "good")]
    assert bench.journal.runs()[0].outcome == "failed"


def test_a_stop_request_lets_what_runs_finish_and_begins_nothing_else(bench):
    stop, first = threading.Event(), Thing("first")
    bench.clouds.then("create", "first", stop.set)
    result = bench.apply(plan([first, Thing("second", needs=(first,))], bench.clouds), stop=stop)
    assert results(result) == {"done": ["first"], "failed": [], "skipped": ["second"]}
    assert result.interrupted
    assert bench.said("second")[-1] == ("skipped", "the wizard did not start this change, because the run was stopped")
    assert bench.journal.runs()[0].outcome == "interrupted"


def test_a_stop_that_comes_when_all_is_begun_interrupts_nothing(bench):
    stop = threading.Event()
    bench.clouds.then("create", "only", stop.set)
    result = bench.apply(plan([Thing("only")], bench.clouds), stop=stop)
    assert result.ok and not result.interrupted
    assert bench.journal.runs()[0].outcome == "done"


@pytest.mark.parametrize("long", [True, False])
def test_a_stop_request_leaves_only_long_operations_to_their_cloud(bench, long):
    stop, slow = threading.Event(), Slow("slow", long=long)
    bench.time.then.append(stop.set)
    result = bench.apply(plan([slow, Thing("second", needs=(slow,))], bench.clouds), stop=stop)
    skipped = ["slow", "second"] if long else ["second"]
    assert results(result) == {"done": [] if long else ["slow"], "failed": [], "skipped": skipped}
    assert result.interrupted
    assert (
        bench.said("slow")[-1] == ("skipped", "the wizard stopped waiting; the operation slow continues in the cloud")
    ) is long
    (write,) = bench.journal.writes(bench.journal.runs()[0].id)
    assert (write.outcome, write.operation) == ("started" if long else "done", "operations/slow")


def test_an_interrupt_in_the_main_thread_is_a_stop_request(bench):
    stop, first = threading.Event(), Thing("first")
    main = threading.main_thread().ident

    def interrupt():
        signal.pthread_kill(main, signal.SIGINT)
        assert stop.wait(5)

    bench.clouds.then("create", "first", interrupt)
    result = bench.apply(plan([first, Thing("second", needs=(first,))], bench.clouds), stop=stop)
    assert results(result) == {"done": ["first"], "failed": [], "skipped": ["second"]}
    (run,) = bench.journal.runs()
    assert run.outcome == "interrupted"
    assert [(write.name, write.outcome) for write in bench.journal.writes(run.id)] == [("first", "done")]


def test_events_are_delivered_one_at_a_time(bench):
    inside, overlapped = threading.Lock(), threading.Event()

    def listen(event):
        if not inside.acquire(blocking=False):
            return overlapped.set()
        bench.events.append(event)
        if len(bench.events) == 1:
            assert not overlapped.wait(0.2)
        return inside.release()

    things = [Thing(f"thing-{number}") for number in range(20)]
    assert bench.apply_to(plan(things, bench.clouds), listen).ok
    for thing in things:
        assert [kind for kind, _ in bench.said(thing.name)] == ["started", "done"]


def test_two_applies_at_once_lose_nothing_and_double_nothing(bench):
    base = Thing("base")
    things = [base, *(Thing(f"thing-{number}", needs=(base,)) for number in range(5))]
    plans = [plan(things, bench.clouds), plan(things, bench.clouds)]
    for thing in things:
        for verb in ("read", "create"):
            both = threading.Barrier(2, timeout=10)
            bench.clouds.then(verb, thing.name, both.wait, both.wait)
    outcomes = []
    runs = [threading.Thread(target=lambda made=made: outcomes.append(bench.apply(made))) for made in plans]
    for run in runs:
        run.start()
    for run in runs:
        run.join(30)
    assert [outcome.ok for outcome in outcomes] == [True, True]
    assert sorted(bench.clouds.wrote) == sorted(("create", thing.name) for thing in things)
    assert plan(things, bench.clouds).empty
    written = [write for run in bench.journal.runs() for write in bench.journal.writes(run.id)]
    assert sorted(write.name for write in written if write.outcome == "done") == sorted(thing.name for thing in things)
    assert all(write.error.endswith("already exists") for write in written if write.outcome == "failed")


def test_a_clash_with_something_else_is_stale(bench):
    def taken():
        bench.clouds.things["a"] = {"size": 9}
        raise Exists("a already exists")

    made = plan([Thing("a")], bench.clouds)
    bench.clouds.then("create", "a", taken)
    (failure,) = bench.apply(made).failures
    assert "size was not set, and is now 9" in failure.error.message


def test_what_another_process_made_after_the_review_is_found(bench):
    things = [Thing("a"), Thing("b")]
    made = plan(things, bench.clouds)
    bench.clouds.things |= {"a": {"size": 1}}
    result = bench.apply(made)
    assert [change.resource.name for change in result.found] == ["a"]
    assert [change.resource.name for change in result.done] == ["b"]
    assert not result.is_of_others
    del bench.clouds.things["b"]
    again = plan(things, bench.clouds)
    bench.clouds.things |= {"b": {"size": 1}}
    assert bench.apply(again).is_of_others


def test_a_run_that_is_refused_before_it_begins_is_not_recorded(bench):
    def refuse(runs):
        assert [run.title for run in runs] == ["the run before"]
        raise Refused("another run is in the way")

    bench.journal.end(bench.journal.begin("the run before", ""), "done")
    with pytest.raises(Refused, match="in the way"):
        bench.apply(plan([Thing("a")], bench.clouds), check=refuse)
    assert bench.clouds.writes_tried() == []
    assert len(bench.journal.runs()) == 1


def test_what_people_read_is_in_their_language_and_the_journal_in_english(bench):
    def refuse():
        raise Refused(language.translated("the wizard cannot delete {resource}").format(resource="a"))

    bench.clouds.then("create", "a", refuse)
    with language.speaking("ja"):
        made = plan([Thing("a")], bench.clouds)
    language.use("ja")
    try:
        result = bench.apply(made)
    finally:
        language.use("en")
    (failed,) = [event for event in bench.events if event.kind == "failed"]
    assert failed.text == "a は wif-wizard では削除できません"
    (write,) = bench.journal.writes(result.run)
    assert write.error == "the wizard cannot delete a"
