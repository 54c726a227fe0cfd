"""Reads of one command: each is made once, whoever asks, and a write drops what was read."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from wizard.clouds.errors import CloudError
from wizard.clouds.shared_reads import ReadsBeforeWrite, ReadsInFlight, SharedReads


def test_many_threads_share_one_read() -> None:
    reads, calls, together = SharedReads(), [], Barrier(8)

    def ask(_: int) -> str:
        together.wait()
        return reads.once("cluster", lambda: calls.append(1) or "answer")  # type: ignore[func-returns-value]

    with ThreadPoolExecutor(max_workers=8) as threads:
        assert set(threads.map(ask, range(8))) == {"answer"}
    assert len(calls) == 1


def test_a_refusal_is_shared_too_but_each_caller_can_add_its_own_hint() -> None:
    reads, calls = SharedReads(), []

    def refuse() -> None:
        calls.append(1)
        raise CloudError("iam", "get", 403, "PERMISSION_DENIED", "no")

    errors = []
    for _ in range(2):
        with pytest.raises(CloudError) as refused:
            reads.once("policy", refuse)
        errors.append(refused.value)
    errors[0].hint = "ask"
    assert (len(calls), errors[1].hint) == (1, "")


def test_a_write_drops_every_answer() -> None:
    reads, calls = SharedReads(), []
    for _ in range(2):
        reads.once("pool", lambda: calls.append(1))
        reads.drop()
    assert len(calls) == 2


def test_a_read_in_flight_is_shared_only_while_it_runs() -> None:
    reads, calls, together = ReadsInFlight(), [], Barrier(2)

    def ask() -> str:
        together.wait()
        return reads.once("cluster", slow)

    def slow() -> str:
        calls.append(1)
        time.sleep(0.2)  # the other one asks meanwhile
        return "answer"

    with ThreadPoolExecutor(max_workers=2) as threads:
        both = [threads.submit(ask) for _ in range(2)]
        assert [each.result() for each in both] == ["answer", "answer"]
    assert len(calls) == 1
    reads.once("cluster", slow)
    assert len(calls) == 2


def test_after_a_write_nobody_joins_a_read_that_began_before_it() -> None:
    reads, calls = ReadsInFlight(), []
    started, go_on = Event(), Event()

    def slow() -> str:
        started.set()
        go_on.wait()
        return "before the write"

    with ThreadPoolExecutor(max_workers=1) as threads:
        first = threads.submit(reads.once, "cluster", slow)
        started.wait()
        reads.drop()
        assert reads.once("cluster", lambda: calls.append(1) or "after") == "after"  # type: ignore[func-returns-value]
        go_on.set()
        assert first.result() == "before the write"


def test_reads_before_a_write_are_shared_and_every_later_one_is_made() -> None:
    reads, calls = ReadsBeforeWrite(), []
    for _ in range(2):
        reads.once("policy", lambda: calls.append(1))
    assert len(calls) == 1
    reads.drop()
    for _ in range(2):
        reads.once("policy", lambda: calls.append(1))
    assert len(calls) == 3
